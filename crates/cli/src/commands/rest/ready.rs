//! `--ready`: asks a running server's admin server, as container health checks do.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rest::config::Options;
use rest::standalone::{Address, admin_address};

/// How long the admin server may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where it was asked; an error when it is not ready, or not there.
pub(super) fn ask(options: &Options) -> anyhow::Result<String> {
    let Some(address) = admin_address(options)? else {
        bail!("there is no admin server to ask: set admin-server-port");
    };
    match address {
        Address::Tcp { host, port, .. } => {
            let name = options.value("admin-server-host");
            let Some(host) = host.filter(|_| !name.starts_with(['*', '!'])) else {
                bail!(
                    "admin-server-host is {name:?}, any address of this machine: name one, localhost for example"
                );
            };
            let bracketed = if host.contains(':') { format!("[{host}]") } else { host.clone() };
            let url = format!("http://{bracketed}:{port}/ready");
            let stream = TcpStream::connect((host.as_str(), port))
                .with_context(|| format!("can't connect to {url}"))?;
            stream.set_read_timeout(Some(PATIENCE))?;
            expect_ready(stream, &url)?;
            Ok(url)
        }
        Address::Unix { path, .. } => {
            let shown = format!("{} /ready", path.display());
            let stream = UnixStream::connect(&path).with_context(|| format!("can't connect to {shown}"))?;
            stream.set_read_timeout(Some(PATIENCE))?;
            expect_ready(stream, &shown)?;
            Ok(shown)
        }
    }
}

fn expect_ready(mut stream: impl Read + Write, asked: &str) -> anyhow::Result<()> {
    stream.write_all(b"GET /ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).unwrap_or("nothing");
    if !status.starts_with('2') {
        bail!("{asked} answers {status}: not ready");
    }
    Ok(())
}

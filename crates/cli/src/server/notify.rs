//! Telling whoever started the server that it is ready: the sd_notify protocol, a datagram on the socket `NOTIFY_SOCKET`.
//!
//! systemd (`Type=notify`) understands it, and `start --detach` waits for it.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

const VARIABLE: &str = "NOTIFY_SOCKET";
const READY: &[u8] = b"READY=1";

/// How often the waiting side looks whether the server still lives.
const LOOK: Duration = Duration::from_millis(200);

/// Says that requests are answered now. Without a `NOTIFY_SOCKET` nobody listens, which is fine.
pub(crate) fn ready() {
    let Some(socket) = std::env::var_os(VARIABLE) else { return };
    let told = UnixDatagram::unbound().and_then(|sender| sender.send_to(READY, Path::new(&socket)));
    if let Err(error) = told {
        tracing::warn!(%error, "NOTIFY_SOCKET is set but could not be told");
    }
}

/// The waiting side: a socket in a folder of its own.
#[derive(Debug)]
pub(crate) struct Waiter {
    socket: UnixDatagram,
    folder: std::path::PathBuf,
}

impl Waiter {
    /// Makes the socket in the system's temporary folder, where paths are short enough for one.
    pub(crate) fn new() -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("ferrobase-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let path = folder.join("notify");
        let _left_over = std::fs::remove_file(&path);
        let socket = UnixDatagram::bind(&path)?;
        socket.set_read_timeout(Some(LOOK))?;
        Ok(Self { socket, folder })
    }

    /// What the server's environment needs.
    pub(crate) fn variable(&self) -> (&'static str, std::path::PathBuf) {
        (VARIABLE, self.folder.join("notify"))
    }

    /// Blocks until the server says it is ready (`true`) or ended (`false`).
    pub(crate) fn wait(&self, server: &mut Child) -> std::io::Result<bool> {
        let mut message = [0; 64];
        loop {
            match self.socket.recv(&mut message) {
                Ok(length) if message.get(..length) == Some(READY) => return Ok(true),
                Ok(_other_message) => {}
                Err(error)
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    ) => {}
                Err(error) => return Err(error),
            }
            if server.try_wait()?.is_some() {
                return Ok(false);
            }
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

//! `ferrobase rest`: the REST room alone on any database, configured like PostgREST and in its place.

mod ready;

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use rest::config::{Options as Configuration, example};
use rest::standalone::{self, Address, Standalone};
use tokio::net::{TcpListener, TcpSocket, UnixListener};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use crate::output::print;

/// Connections open at once; further ones wait in the kernel's queue.
const CONNECTIONS: usize = 10_000;

#[derive(Debug, clap::Args)]
#[command(
    disable_version_flag = true,
    after_help = "Options come from the file, then from PGRST_… variables, then from the database \
    (alter role authenticator set pgrst.…); later ones win. SIGUSR1 and SIGUSR2 reload them and the schema cache.\n\n\
    Examples:\n  \
    ferrobase rest postgrest.conf\n  \
    ferrobase rest --example > postgrest.conf                    a file with every option, to begin with\n  \
    PGRST_DB_URI=postgres://… PGRST_DB_ANON_ROLE=anon ferrobase rest\n  \
    ferrobase rest --dump-config postgrest.conf                  what is in force"
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Options {
    /// A PostgREST configuration file
    config: Option<PathBuf>,
    /// Print the options in force, the database's included, as such a file
    #[arg(long)]
    dump_config: bool,
    /// Print what the schema cache knows, as JSON
    #[arg(long, conflicts_with = "dump_config")]
    dump_schema: bool,
    /// Ask the admin server of a running one whether it is ready
    #[arg(long, conflicts_with_all = ["dump_config", "dump_schema"])]
    ready: bool,
    /// Print a file that explains every option
    #[arg(short, long)]
    example: bool,
    /// Print the version, and which PostgREST's behaviour it follows
    #[arg(short = 'v', long)]
    version: bool,
}

pub(crate) fn run(options: Options) -> anyhow::Result<()> {
    if options.example {
        return print(&example());
    }
    if options.version {
        let ours = env!("CARGO_PKG_VERSION");
        return print(&format!("ferrobase {ours} (PostgREST {})\n", rest::POSTGREST_VERSION));
    }
    let configuration =
        Configuration::load(options.config.as_deref()).context("the configuration is wrong")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if options.dump_config {
        let (text, missing) = runtime.block_on(standalone::dump(configuration))?;
        print(&text)?;
        if let Some(error) = missing {
            eprintln!("without the options that the database sets: {error}");
        }
        return Ok(());
    }
    if options.dump_schema {
        let schema = runtime.block_on(standalone::dump_schema(&configuration))?;
        return print(&format!("{schema}\n"));
    }
    if options.ready {
        print(&format!("OK: {}\n", ready::ask(&configuration)?))?;
        return Ok(());
    }
    let logging = start_logging(configuration.value("log-level"))?;
    runtime.block_on(serve(configuration, options.config, logging))
}

async fn serve(
    configuration: Configuration,
    path: Option<PathBuf>,
    set_level: impl Fn(&str) + Send + 'static,
) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let room = Arc::new(Standalone::start(configuration, path).context("the configuration is wrong")?);
    reload_on_signals(&room)?;
    let mut level = room.log_level();
    tokio::spawn(async move {
        while level.changed().await.is_ok() {
            set_level(&level.borrow_and_update());
        }
    });
    let (stopped, stopping) = watch::channel(false);
    let admin = room.admin.clone().map(|address| {
        let room = Arc::clone(&room);
        let handle = move |request: Request<Incoming>| {
            let room = Arc::clone(&room);
            async move { room.administer(request.uri().path()).await }
        };
        tokio::spawn(listen(address, handle, stopping.clone()))
    });
    let handle = {
        let room = Arc::clone(&room);
        move |request| answer(Arc::clone(&room), request)
    };
    let mut server = tokio::spawn(listen(room.server.clone(), handle, stopping));
    tokio::select! {
        ended = &mut server => ended??,
        () = stop => {
            stopped.send_replace(true);
            server.await??;
        }
    }
    if let Some(admin) = admin {
        stopped.send_replace(true);
        admin.await??;
    }
    room.close().await;
    Ok(())
}

/// Answers a request, and notes how it went.
async fn answer(room: Arc<Standalone>, request: Request<Incoming>) -> Response<Body> {
    let line = (request.method().clone(), request.uri().clone());
    let response = room.handle(gateway::bounded(request, &gateway::Limits::default())).await;
    let status = response.status();
    let (method, path) = (line.0.as_str(), line.1.path());
    if status.is_server_error() {
        let cause = response.extensions().get::<base::Cause>().map_or("unknown", |cause| cause.0.as_ref());
        tracing::error!(target: "requests", method, path, status = status.as_u16(), cause);
    } else if status.is_client_error() {
        tracing::warn!(target: "requests", method, path, status = status.as_u16());
    } else {
        tracing::info!(target: "requests", method, path, status = status.as_u16());
    }
    response
}

/// Serves at this address until it is time to stop.
async fn listen<H, A>(address: Address, handle: H, mut stopping: watch::Receiver<bool>) -> anyhow::Result<()>
where
    H: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let stop = async move {
        // an error means that nobody is left who could say it: time to stop, too
        let _told = stopping.wait_for(|stop| *stop).await;
    };
    match address {
        Address::Tcp { host, port, shared } => {
            let host = host.unwrap_or_else(|| "0.0.0.0".to_owned());
            let listener = bind(&host, port, shared)
                .await
                .with_context(|| format!("can't listen on {host}, port {port}"))?;
            eprintln!("listening on {}", listener.local_addr()?);
            gateway::serve_handler(listener, CONNECTIONS, move |request, _peer| handle(request), stop).await;
        }
        Address::Unix { path, mode } => {
            let shown = path.display();
            // a socket that a killed process left behind
            let _none_there = std::fs::remove_file(&path);
            let listener = UnixListener::bind(&path).with_context(|| format!("can't listen on {shown}"))?;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode))?;
            eprintln!("listening on {shown}");
            gateway::serve_handler(listener, CONNECTIONS, move |request, ()| handle(request), stop).await;
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

async fn bind(host: &str, port: u16, shared: bool) -> io::Result<TcpListener> {
    if !shared {
        return TcpListener::bind((host, port)).await;
    }
    let address =
        tokio::net::lookup_host((host, port)).await?.next().ok_or(io::ErrorKind::AddrNotAvailable)?;
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    socket.listen(1024)
}

fn reload_on_signals(room: &Arc<Standalone>) -> io::Result<()> {
    for kind in [SignalKind::user_defined1(), SignalKind::user_defined2()] {
        let mut signal = signal(kind)?;
        let room = Arc::clone(room);
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                room.reload();
            }
        });
    }
    Ok(())
}

fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Starts logging at this level, and tells how to change it. Requests are logged at PostgREST's levels: 5xx as errors, 4xx as
/// warnings, the others as information. What is wrong with the server itself is always told.
fn start_logging(level: &str) -> anyhow::Result<impl Fn(&str) + Send + 'static> {
    let filter = filter(level).with_context(|| format!("the option log-level cannot be {level:?}"))?;
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(false)
        .with_filter_reloading();
    let handle = logging.reload_handle();
    logging.init();
    Ok(move |level: &str| {
        if let Some(filter) = self::filter(level) {
            // it fails only when nobody logs any more
            let _set = handle.reload(filter);
        }
    })
}

fn filter(level: &str) -> Option<EnvFilter> {
    let (server, requests) = match level {
        "crit" => ("error", "off"),
        "error" | "warn" | "info" => ("warn", level),
        "debug" => ("debug", "debug"),
        _ => return None,
    };
    Some(EnvFilter::new(format!("{server},requests={requests}")))
}

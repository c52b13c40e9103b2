//! `ferrobase start`: everything from an empty folder to a served project.

use std::fs::File;
use std::io::{IsTerminal as _, Read as _, Seek as _, SeekFrom};
use std::num::NonZero;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use base::clock::{Clock as _, SystemClock};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

use super::setup::{self, PostgresOptions};
use crate::project::{Branch, Project, ProjectOptions, StateDir};
use crate::server::notify::Waiter;
use crate::server::{self, Server, lock::RunLock};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase start --foundation saas         a new project from a foundation, state in ./.ferrobase\n  \
    ferrobase start --project ~/shop          the project whose supabase/ folder is there\n  \
    ferrobase start --port 55321 --detach     a second project, in the background\n  \
    ferrobase start --branch auto             a database, keys and a port of its own for the git branch\n  \
    DATABASE_URL=postgres://… ferrobase start your own PostgreSQL 15 or newer instead of a managed one")]
pub(crate) struct Options {
    #[command(flatten)]
    project: ProjectOptions,
    /// Start from a foundation that the binary carries, when the folder has no supabase/ of its own
    #[arg(long, value_name = "NAME")]
    foundation: Option<String>,
    /// Port of the API; the database gets the next one [default: `[api].port` of config.toml, or 54321]
    #[arg(long, value_name = "N", env = "FERROBASE_PORT")]
    port: Option<u16>,
    /// Serve in the background, and return once requests are answered
    #[arg(long)]
    detach: bool,
    /// Use this PostgreSQL instead of a managed one; its user must be allowed to create roles
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    #[command(flatten)]
    postgres: PostgresOptions,
}

pub(crate) fn run(options: Options) -> anyhow::Result<()> {
    let ports = Project::ports(&options.project)?;
    Branch::begin(&options.project, ports.api, SystemClock.now())?;
    let state = StateDir::of(&options.project)?;
    if let (true, Some(card)) = (RunLock::is_held(&state), state.card()) {
        bail!("already running at {} (process {}); `ferrobase stop` ends it", card.api_url, card.pid);
    }
    let project = Project::open(&options.project, options.foundation.as_deref(), options.port)?;
    if options.detach {
        return detach(&project);
    }
    start_logging();
    runtime(options.database_url.is_none())?.block_on(serve(options, project))
}

/// A managed Postgres needs more of the machine than the server does: half of the cores are left to it. Fewer threads
/// also wake each other less, which is a tenth of what a small request costs.
fn runtime(postgres_is_here: bool) -> std::io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    if postgres_is_here && std::env::var_os("TOKIO_WORKER_THREADS").is_none() {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        builder.worker_threads(cores.div_ceil(2));
    }
    builder.enable_all().build()
}

async fn serve(options: Options, project: Project) -> anyhow::Result<()> {
    // from here on Ctrl-C waits for an orderly end instead of leaving a half-made database behind
    let stop = stop_signal()?;
    tokio::pin!(stop);
    project.state.create()?;
    let Some(_lock) = RunLock::take(&project.state)? else {
        bail!("another server for {} is just starting", project.state.path().display());
    };
    let database = match options.database_url {
        Some(url) => server::Database::External(url.parse().context("DATABASE_URL")?),
        None => server::Database::Managed(setup::find_or_install(options.postgres.postgres_bin.as_deref())?),
    };
    let server = tokio::select! {
        server = Server::start(&project, database) => server?,
        name = &mut stop => {
            eprintln!("{name}: stopped before it was ready");
            return Ok(());
        }
    };
    eprint!("{}", server.summary(&options.project, console::colors_enabled_stderr()));
    server::notify::ready();
    server.run(async { eprintln!("\n{}: stopping", stop.await) }).await
}

/// Resolves to the name of the first signal that asks for an end.
fn stop_signal() -> anyhow::Result<impl Future<Output = &'static str>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    // a closed terminal must not kill a detached server; in the foreground it ends it like Ctrl-C
    let mut hangup = signal(SignalKind::hangup())?;
    let detached = std::env::var_os(DETACHED).is_some();
    Ok(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => return "Ctrl-C",
                _ = terminate.recv() => return "SIGTERM",
                _ = hangup.recv() => if !detached { return "SIGHUP" },
            }
        }
    })
}

/// Tells a server that it has no terminal.
const DETACHED: &str = "FERROBASE_DETACHED";

/// Starts the same command without `--detach` in a process group of its own and waits until it is ready.
fn detach(project: &Project) -> anyhow::Result<()> {
    project.state.create()?;
    let log = project.state.log();
    let mut file = File::options()
        .create(true)
        .read(true)
        .append(true)
        .open(&log)
        .with_context(|| format!("can't write {}", log.display()))?;
    let begin = file.metadata()?.len();
    let waiter = Waiter::new()?;
    let (name, socket) = waiter.variable();
    let arguments = std::env::args_os().skip(1).filter(|argument| argument != "--detach");
    let mut server = Command::new(std::env::current_exe()?)
        .args(arguments)
        .env(name, socket)
        .env(DETACHED, "1")
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file.try_clone()?)
        .process_group(0)
        .spawn()?;
    let step = crate::progress::Step::begin("Starting");
    if !waiter.wait(&mut server)? {
        // what this start wrote, not the ones before it
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(begin))?;
        file.read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&text);
        let tail =
            text.lines().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n");
        bail!("the server ended while it started; the end of {}:\n{tail}", log.display());
    }
    let card = project.state.card().context("the server is ready but left no card")?;
    step.done_as(&format!("{} (process {}, log {})", card.api_url, card.pid, log.display()));
    Ok(())
}

fn start_logging() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("FERROBASE_LOG").unwrap_or_else(|_unset| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

//! A private PostgreSQL server: found on the machine, created on first use, started, supervised, stopped.
//!
//! ```text
//! <directory>/            ClusterConfig::directory (or a place the server's user can reach, see `account`)
//!   data/                 PostgreSQL's data directory; only ever appears complete (initdb works in data.partial)
//!   run/                  Unix socket, mode 0700: who can enter is trusted, so local connections need no password
//!   server/               the installation with more trusted extensions, see `trusted`
//!   postgres.log          what the server says
//!   lock                  held by the one process that manages this cluster
//! ```
//!
//! The server outlives us when we are killed; the next [`Cluster::start`] adopts it. This module must not know
//! what lives in the databases.

mod account;
mod directory;
mod error;
mod extension;
mod initdb;
mod install;
mod postmaster;
mod supervisor;
mod trusted;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::watch;

use crate::config::{ConnectConfig, Host};
use directory::Directory;
use postmaster::{Launch, Postmaster};
use supervisor::Supervisor;

pub use error::ClusterError;
pub use extension::SqlExtension;
pub use install::{Installation, find, find_all};

/// The superuser a cluster is created with.
pub const SUPERUSER: &str = "supabase_admin";

/// How long a server may take to become ready; recovery after a crash included.
const START_TIMEOUT: Duration = Duration::from_mins(2);

/// What to run.
#[derive(Debug, Clone)]
pub struct ClusterConfig {
    /// Where everything of this cluster lies; made when it does not exist.
    pub directory: PathBuf,
    /// TCP port on 127.0.0.1; `None` for the Unix socket only.
    pub port: Option<u16>,
    /// Folder with the server binaries; `None` to look for them (see [`find`]).
    pub binaries: Option<PathBuf>,
    /// Lines for the server's configuration, after our own: `("fsync", "off")`.
    pub settings: Vec<(String, String)>,
    /// Extensions in plain SQL that this cluster has besides those of the installation.
    pub extensions: &'static [SqlExtension],
    /// Whether data must survive a crash of the machine. Only tests say no.
    pub durable: bool,
    /// How long the server may take to become ready; recovery after a crash included.
    pub start_timeout: Duration,
}

impl ClusterConfig {
    /// A durable cluster in this directory, on the Unix socket only.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            port: None,
            binaries: None,
            settings: Vec::new(),
            extensions: &[],
            durable: true,
            start_timeout: START_TIMEOUT,
        }
    }

    /// Also listening on this port of 127.0.0.1.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// With the binaries of this folder (`…/bin`).
    #[must_use]
    pub fn with_binaries(mut self, binaries: Option<PathBuf>) -> Self {
        self.binaries = binaries;
        self
    }

    /// With one more line of configuration.
    #[must_use]
    pub fn with_setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// With these extensions, wherever the installation does not have its own.
    #[must_use]
    pub fn with_extensions(mut self, extensions: &'static [SqlExtension]) -> Self {
        self.extensions = extensions;
        self
    }

    /// For tests: nothing is flushed to disk.
    #[must_use]
    pub fn not_durable(mut self) -> Self {
        self.durable = false;
        self
    }
}

/// What the server is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It takes connections.
    Ready,
    /// It ended by itself and is being started again.
    Restarting {
        /// How often it was tried since it was last ready, from 1.
        attempt: u32,
    },
    /// It was stopped on request.
    Stopped,
}

/// How to stop a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// Wait until all clients have left.
    Smart,
    /// Roll back open transactions and end.
    Fast,
}

/// How a start went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// A new cluster was created.
    Created,
    /// The existing one was started.
    Started,
    /// It was running already, left behind by a process that was killed.
    Adopted,
}

/// A running, supervised server. Dropping it leaves the server running; [`Cluster::stop`] ends it.
#[derive(Debug)]
pub struct Cluster {
    directory: Directory,
    installation: Installation,
    port: Option<u16>,
    started: Started,
    supervisor: Supervisor,
    /// Held while this process manages the cluster.
    _lock: std::fs::File,
}

impl Cluster {
    /// Makes the cluster if it does not exist, starts it if it does not run, and returns when it takes
    /// connections.
    pub async fn start(config: ClusterConfig) -> Result<Self, ClusterError> {
        let account = account::for_server()?;
        let directory = Directory::locate(&config.directory, account.as_ref())?;
        directory.prepare(account.as_ref())?;
        let lock = directory.lock()?;
        let installation = install::for_data(config.binaries.as_deref(), directory.data_version()?)?;

        let created = !directory.is_initialised();
        if created {
            initdb::create(&installation, &directory, account.as_ref(), config.durable).await?;
        }
        directory.spread_databases();
        let changed = initdb::configure(&installation, &directory, &config, account.as_ref())?;

        let launch = Launch {
            installation: trusted::installation(&installation, &directory, account.as_ref(), &config),
            directory: directory.clone(),
            account,
            port: config.port,
            start_timeout: config.start_timeout,
        };
        let adopted = adopt(&launch, changed).await?;
        let started = match (&adopted, created) {
            (Some(_), _) => Started::Adopted,
            (None, true) => Started::Created,
            (None, false) => Started::Started,
        };
        let postmaster = if let Some(running) = adopted {
            running
        } else {
            check_port_is_free(config.port)?;
            launch.start().await?
        };
        tracing::debug!(directory = %directory.root().display(), ?started, "postgres is ready");
        let supervisor = Supervisor::watch(launch, postmaster);
        Ok(Self { directory, installation, port: config.port, started, supervisor, _lock: lock })
    }

    /// How the start went.
    pub fn started(&self) -> Started {
        self.started
    }

    /// Where the cluster really lies: as configured, or below `/var/lib/ferrobase` when we run as root and the
    /// server's user cannot reach the configured place.
    pub fn directory(&self) -> &Path {
        self.directory.root()
    }

    /// The file with the server's messages.
    pub fn log_file(&self) -> PathBuf {
        self.directory.log_file()
    }

    /// The binaries in use.
    pub fn installation(&self) -> &Installation {
        &self.installation
    }

    /// TCP port on 127.0.0.1, if any.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Process id of the postmaster now; another one after a restart.
    pub fn process_id(&self) -> Option<u32> {
        self.supervisor.process_id()
    }

    /// A connection over the Unix socket, trusted without password.
    pub fn connect_config(&self, user: &str, database: &str) -> ConnectConfig {
        ConnectConfig::new(Host::Unix(self.directory.socket_dir().to_owned()), user)
            .with_port(socket_port(self.port))
            .with_database(database)
    }

    /// Tells when the server goes away and comes back.
    pub fn state(&self) -> watch::Receiver<State> {
        self.supervisor.state()
    }

    /// Ends the server and returns when it has ended.
    pub async fn stop(self, how: Shutdown) -> Result<(), ClusterError> {
        self.supervisor.stop(how).await
    }
}

/// Stops a server that nobody manages any more. `false` when none runs there, an error when a living process
/// manages it (that one has to be asked).
pub async fn stop_left_behind(directory: &Path, how: Shutdown) -> Result<bool, ClusterError> {
    let account = account::for_server()?;
    let directory = Directory::locate(directory, account.as_ref())?;
    if !directory.is_initialised() {
        return Ok(false);
    }
    let _lock = directory.lock()?;
    match Postmaster::running_in(&directory) {
        Some(postmaster) => postmaster.stop(how).await.map(|()| true),
        None => Ok(false),
    }
}

/// Deletes a cluster that does not run, with all its data; `false` when there is none.
///
/// # Errors
/// When a living process manages it, and when a file cannot be deleted.
pub async fn delete(directory: &Path) -> Result<bool, ClusterError> {
    let account = account::for_server()?;
    let directory = Directory::locate(directory, account.as_ref())?;
    if !directory.root().exists() {
        return Ok(false);
    }
    let _lock = directory.lock()?;
    if let Some(running) = Postmaster::running_in(&directory) {
        running.stop(Shutdown::Fast).await?;
    }
    std::fs::remove_dir_all(directory.root()).map_err(error::io_error("delete", directory.root()))?;
    Ok(true)
}

/// How to reach the server that runs in this directory, whoever manages it; `None` when none runs or it is about
/// to end. Waits for one that is still starting.
pub async fn running(directory: &Path) -> Result<Option<ConnectConfig>, ClusterError> {
    let account = account::for_server()?;
    let directory = Directory::locate(directory, account.as_ref())?;
    let Some(postmaster) = Postmaster::running_in(&directory) else { return Ok(None) };
    if postmaster.is_stopping() {
        return Ok(None);
    }
    postmaster.wait_until_ready(&directory, START_TIMEOUT).await?;
    let connect = ConnectConfig::new(Host::Unix(directory.socket_dir().to_owned()), SUPERUSER)
        .with_port(postmaster.port().unwrap_or_else(|| socket_port(None)))
        .with_database("postgres");
    Ok(Some(connect))
}

/// A port that is free now: for a first start that has no wish.
pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The server that already runs in this directory, if it is what we would start; otherwise it is ended.
async fn adopt(launch: &Launch, configuration_changed: bool) -> Result<Option<Postmaster>, ClusterError> {
    let Some(running) = Postmaster::running_in(&launch.directory) else { return Ok(None) };
    let as_wanted =
        running.port() == Some(socket_port(launch.port)) && running.listens_on_tcp() == launch.port.is_some();
    if as_wanted && !configuration_changed && !running.is_stopping() {
        running.wait_until_ready(&launch.directory, launch.start_timeout).await?;
        return Ok(Some(running));
    }
    running.stop(Shutdown::Fast).await?;
    Ok(None)
}

fn check_port_is_free(port: Option<u16>) -> Result<(), ClusterError> {
    let Some(port) = port else { return Ok(()) };
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(source) if source.kind() == std::io::ErrorKind::AddrInUse => {
            Err(ClusterError::PortTaken { port })
        }
        Err(source) => Err(ClusterError::Port { port, source }),
    }
}

/// The socket's file is named after a port even when the server does not listen on one.
fn socket_port(port: Option<u16>) -> u16 {
    port.unwrap_or(5432)
}

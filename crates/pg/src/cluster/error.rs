//! What can go wrong with a managed server, each with the way out.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why there is no running server.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No server binaries on this machine.
    #[error(
        "no PostgreSQL server (version 15 or newer) was found. Looked in: {}. Install one with `{install}`, \
         or set FERROBASE_POSTGRES_BIN to the folder that holds `postgres` and `initdb`",
        searched.join(", ")
    )]
    NotFound {
        /// Folders and patterns that were searched.
        searched: Vec<String>,
        /// The command that installs one here.
        install: &'static str,
    },
    /// The data was made by a version that is not installed (any more).
    #[error(
        "the data in {} belongs to PostgreSQL {wanted}, but only version {} is installed. Install PostgreSQL {wanted} \
         again, or move the data with pg_upgrade",
        .data.display(), found.join(" and ")
    )]
    VersionMissing {
        /// The data directory.
        data: PathBuf,
        /// Major version it needs.
        wanted: u32,
        /// Major versions that are there.
        found: Vec<String>,
    },
    /// Another process manages this cluster.
    #[error("another process already runs the database in {}", .directory.display())]
    Locked {
        /// The cluster's directory.
        directory: PathBuf,
    },
    /// Something else listens there.
    #[error(
        "port {port} is already in use: stop the program that uses it, or choose another port for the database"
    )]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// The port cannot be used for another reason.
    #[error("cannot listen on port {port}: {source}")]
    Port {
        /// The port.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// We run as root, and there is nobody to run the server as.
    #[error(
        "PostgreSQL does not run as root, and no unprivileged user could be made to run it ({reason}). Create one, \
         for example with `useradd --system ferrobase`, or run Ferrobase as an ordinary user"
    )]
    NoAccount {
        /// What failed.
        reason: String,
    },
    /// initdb failed.
    #[error("the database could not be created in {}: {output}", .directory.display())]
    Initdb {
        /// Where.
        directory: PathBuf,
        /// What initdb said.
        output: String,
    },
    /// The server ended while starting.
    #[error("PostgreSQL did not start ({status}). The end of {}:\n{log}", .log_file.display())]
    Exited {
        /// How it ended.
        status: String,
        /// Its log.
        log_file: PathBuf,
        /// Last lines of the log.
        log: String,
    },
    /// The server did not become ready, or did not end, in time.
    #[error("PostgreSQL did not {what} within {waited:?}; see {}", .log_file.display())]
    Timeout {
        /// `become ready` or `stop`.
        what: &'static str,
        /// How long we waited.
        waited: Duration,
        /// Its log.
        log_file: PathBuf,
    },
    /// A file or a process could not be used.
    #[error("cannot {what} {}: {source}", .path.display())]
    Io {
        /// What was tried: `create`, `read`, `run` …
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// For `map_err`: an IO error with what was tried on which path.
pub(super) fn io_error(
    what: &'static str,
    path: impl Into<PathBuf>,
) -> impl FnOnce(io::Error) -> ClusterError {
    let path = path.into();
    move |source| ClusterError::Io { what, path, source }
}

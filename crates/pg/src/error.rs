//! What can go wrong between us and Postgres, and the server's own error with all its fields.
//!
//! Knows nothing of HTTP: a room maps these to its protocol. No variant ever holds a password.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::time::Duration;

/// Any failure of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server answered with an error; its transaction was rolled back.
    #[error("{0}")]
    Db(Box<DbError>),
    /// No connection could be made. The service is unavailable, the request is not at fault.
    #[error("cannot connect to Postgres at {target}: {reason}")]
    Connect {
        /// Address that was tried, without user and password.
        target: String,
        /// Why it failed.
        #[source]
        reason: ConnectFailure,
    },
    /// The connection ended in the middle of the work: whether a commit happened is unknown.
    #[error("the connection to Postgres was closed")]
    Closed,
    /// The pool was closed by its owner.
    #[error("the connection pool is closed")]
    PoolClosed,
    /// No connection became free in time.
    #[error("no database connection became free within {waited:?}")]
    PoolTimeout {
        /// How long the caller waited.
        waited: Duration,
    },
    /// Too many callers already wait for a connection.
    #[error("too many requests are waiting for a database connection")]
    PoolFull,
    /// TLS could not be set up or the certificate was refused.
    #[error("TLS with Postgres failed: {0}")]
    Tls(Cow<'static, str>),
    /// The server refused the credentials, or demands a method that is not supported.
    #[error("Postgres refused to authenticate user {user:?}: {reason}")]
    Auth {
        /// The role that tried to connect.
        user: String,
        /// Reason, as told by the server or by the method.
        reason: Cow<'static, str>,
    },
    /// The peer does not speak the protocol, or speaks it wrongly.
    #[error("protocol violation: {0}")]
    Protocol(Cow<'static, str>),
    /// The statement cannot be sent: a NUL byte in its text, or too many parameters.
    #[error("the statement cannot be sent: {0}")]
    Encode(Cow<'static, str>),
    /// A value in a result is not of the type asked for.
    #[error("column {column} cannot be read as {expected}")]
    Decode {
        /// Position of the column, from 0.
        column: usize,
        /// Type that was asked for.
        expected: &'static str,
    },
    /// The work left a transaction open; it was rolled back.
    #[error("a statement opened a transaction and did not end it; it was rolled back")]
    TransactionLeftOpen,
    /// An operation had a time limit and reached it.
    #[error("Postgres did not answer in time")]
    Timeout,
    /// A connection URL or setting is wrong.
    #[error("invalid connection setting: {0}")]
    Config(Cow<'static, str>),
    /// The operating system reported an error on the socket or a file.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Why a connection could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ConnectFailure {
    /// The socket could not be opened or broke off.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The server answered and refused (it starts up, has no free slot, has no such database …).
    #[error("{0}")]
    Refused(Box<DbError>),
    /// The server did not answer within `connect_timeout`.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// It is not what `target_session_attrs` asks for.
    #[error("its sessions are not {0}")]
    Unsuitable(&'static str),
}

impl Error {
    /// The server's error, when that is what happened.
    pub fn db(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) | Self::Connect { reason: ConnectFailure::Refused(error), .. } => Some(error),
            _ => None,
        }
    }

    /// SQLSTATE of the server's error.
    pub fn code(&self) -> Option<&str> {
        self.db().map(|error| error.code.as_str())
    }

    /// Whether the database could not be reached or has no room now: a later try may succeed.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Connect { .. }
            | Self::Closed
            | Self::PoolClosed
            | Self::PoolTimeout { .. }
            | Self::PoolFull
            | Self::Io(_)
            | Self::Timeout => true,
            Self::Db(error) => error.is_shutdown(),
            _ => false,
        }
    }

    pub(crate) fn protocol(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Protocol(what.into())
    }
}

impl From<Box<DbError>> for Error {
    fn from(error: Box<DbError>) -> Self {
        Self::Db(error)
    }
}

/// An error (or notice) as the server reported it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DbError {
    /// `ERROR`, `FATAL`, `PANIC`, or `WARNING`, `NOTICE`, `DEBUG`, `INFO`, `LOG`; never translated.
    pub severity: String,
    /// SQLSTATE, five characters.
    pub code: String,
    /// The primary message.
    pub message: String,
    /// A longer explanation.
    pub detail: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Character position in the statement, from 1.
    pub position: Option<u32>,
    /// Character position in `internal_query`, from 1.
    pub internal_position: Option<u32>,
    /// The statement a function generated, when that failed.
    pub internal_query: Option<String>,
    /// Call stack, innermost first (field `where`).
    pub where_: Option<String>,
    /// Schema of the object at fault.
    pub schema: Option<String>,
    /// Table at fault.
    pub table: Option<String>,
    /// Column at fault.
    pub column: Option<String>,
    /// Data type at fault.
    pub datatype: Option<String>,
    /// Constraint at fault.
    pub constraint: Option<String>,
    /// Function of the server's source that raised it: the same in every language.
    pub routine: Option<String>,
    /// Which statement of the flight failed, from 0 in order of `push`; `None` when it was none of them
    /// (a deferred constraint at commit, for example).
    pub statement: Option<usize>,
}

impl DbError {
    /// Whether the server ended the connection with this error.
    pub fn is_fatal(&self) -> bool {
        matches!(self.severity.as_str(), "FATAL" | "PANIC")
    }

    /// Whether the server shuts down, crashed or starts up (57P01, 57P02, 57P03).
    pub fn is_shutdown(&self) -> bool {
        matches!(self.code.as_str(), "57P01" | "57P02" | "57P03")
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.severity, self.message, self.code)?;
        if let Some(detail) = &self.detail {
            write!(f, "; {detail}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "; hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for DbError {}

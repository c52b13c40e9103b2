//! Connections shared by many callers, with limits.
use std::time::Duration;

use crate::client::Client;
use crate::config::ConnectConfig;
use crate::error::Error;
use crate::session::{Flight, Outcome};

/// Limits of a pool.
#[derive(Clone, Debug)]
pub struct PoolConfig {
    /// Most connections open at a time.
    pub max_connections: usize,
    /// Most callers waiting for a connection; one more is refused at once with [`Error::PoolFull`].
    pub max_waiting: usize,
    /// Longest wait for a connection.
    pub acquire_timeout: Duration,
    /// An idle connection is closed after this long.
    pub idle_timeout: Duration,
    /// A connection is replaced at this age (less up to a tenth, by chance).
    pub max_lifetime: Duration,
    /// Whether statements stay prepared on the server; `false` behind a transaction pooler.
    pub prepared_statements: bool,
    /// Prepared statements kept per connection.
    pub statement_cache_capacity: usize,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            max_connections: 10,
            max_waiting: 1000,
            acquire_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(10),
            max_lifetime: Duration::from_mins(30),
            prepared_statements: true,
            statement_cache_capacity: 256,
        }
    }
}

/// Figures of a pool at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolStatus {
    /// Connections open or being opened.
    pub open: usize,
    /// Open connections nobody uses.
    pub idle: usize,
    /// Callers waiting.
    pub waiting: usize,
    /// Most connections.
    pub max: usize,
}

/// Connections shared by many callers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pool {}

impl Pool {
    /// A pool; connects when first used.
    pub fn new(_connect: ConnectConfig, _pool: PoolConfig) -> Self {
        Self {}
    }
    /// Runs a flight on a connection of the pool.
    #[expect(clippy::unused_async, reason = "interface first")]
    pub async fn run(&self, _flight: Flight) -> Result<Outcome, Error> {
        Err(Error::Closed)
    }
    /// Takes a connection.
    #[expect(clippy::unused_async, reason = "interface first")]
    pub async fn get(&self) -> Result<Client, Error> {
        Err(Error::Closed)
    }
    /// The pool's figures.
    pub fn status(&self) -> PoolStatus {
        PoolStatus { open: 0, idle: 0, waiting: 0, max: 0 }
    }
    /// Refuses new work, waits for running work, closes all connections.
    #[expect(clippy::unused_async, reason = "interface first")]
    pub async fn close(&self) {}
}

//! One connection in the hands of a caller.
use crate::config::ConnectConfig;
use crate::error::Error;
use crate::row::Row;
use crate::session::{Flight, Outcome, StatementResult};
use crate::value::Param;

/// A connection, pooled or stand-alone.
#[derive(Debug)]
pub struct Client {}

impl Client {
    /// Opens a connection that belongs to no pool.
    #[expect(clippy::unused_async, reason = "interface first")]
    pub async fn connect(_config: &ConnectConfig) -> Result<Self, Error> {
        Err(Error::Closed)
    }
    /// Runs a flight.
    #[expect(clippy::unused_async, reason = "interface first")]
    pub async fn run(&mut self, _flight: Flight) -> Result<Outcome, Error> {
        Err(Error::Closed)
    }
    /// Runs statements by the simple protocol, in one implicit transaction.
    #[expect(clippy::unused_async, reason = "interface first")]
    pub async fn script(&mut self, _sql: &str) -> Result<Vec<StatementResult>, Error> {
        Err(Error::Closed)
    }
    /// Runs one statement.
    #[expect(clippy::unused_async, reason = "interface first")]
    pub async fn query(&mut self, _sql: &str, _params: &[Param]) -> Result<Vec<Row>, Error> {
        Err(Error::Closed)
    }
}

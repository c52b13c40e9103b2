//! One connection in the hands of a caller, taken from a pool or opened for itself.

use std::{fmt, io};

use bytes::Bytes;
use futures_util::Stream;

use crate::config::ConnectConfig;
use crate::error::Error;
use crate::pool::Lease;
use crate::row::Row;
use crate::session::{Flight, Outcome, Said, Statement, StatementResult};
use crate::value::Param;
use crate::wire::backend::TransactionStatus;
use crate::wire::connection::Connection;
use crate::wire::connector::Connector;

/// Prepared statements kept by a connection that belongs to no pool.
const STATEMENT_CACHE: usize = 64;

/// A connection, pooled or stand-alone. Dropping it gives it back or closes it; what was running is
/// cancelled on the server. A pooled connection that ran a [`script`](Self::script) is reset before others
/// get it.
#[derive(Debug)]
pub struct Client {
    lease: Lease,
}

impl Client {
    /// Opens a connection that belongs to no pool.
    ///
    /// # Errors
    /// [`Error::Connect`], [`Error::Auth`] or [`Error::Tls`].
    pub async fn connect(config: &ConnectConfig) -> Result<Self, Error> {
        let connection = Connector::new(config.clone()).connect(STATEMENT_CACHE).await?;
        Ok(Self { lease: Lease::stand_alone(connection) })
    }

    pub(crate) fn pooled(lease: Lease) -> Self {
        Self { lease }
    }

    /// Runs a flight: one network round trip, one transaction.
    ///
    /// # Errors
    /// [`Error::Db`] when a statement failed (then none took effect), [`Error::Closed`] when the connection
    /// was lost and it is unknown whether the transaction was committed.
    pub async fn run(&mut self, flight: Flight) -> Result<Outcome, Error> {
        self.lease.settled().await?.fly(&flight).await
    }

    /// Runs statements by the simple protocol, in one implicit transaction unless they say otherwise: for
    /// migrations and DDL. A transaction left open is rolled back.
    ///
    /// # Errors
    /// As for [`run`](Self::run), and [`Error::TransactionLeftOpen`].
    pub async fn script(&mut self, sql: &str) -> Result<Vec<StatementResult>, Error> {
        self.lease.settled().await?.script(sql).await
    }

    /// Runs `copy … from stdin` with this data, in the format the statement names; returns the number of rows.
    ///
    /// # Errors
    /// As for [`run`](Self::run); [`Error::Io`] when the source of the data fails. Nothing is copied then.
    pub async fn copy_in(
        &mut self,
        sql: &str,
        data: impl Stream<Item = Result<Bytes, io::Error>>,
    ) -> Result<u64, Error> {
        self.lease.settled().await?.copy_in(sql, data).await
    }

    /// Runs one statement and returns its rows.
    ///
    /// # Errors
    /// As for [`run`](Self::run).
    pub async fn query(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, Error> {
        let statement = Statement::new(sql.to_owned()).bind_all(params.iter().cloned());
        let outcome = self.run(Flight::from(statement)).await?;
        Ok(outcome.results.into_iter().next().map(|result| result.rows).unwrap_or_default())
    }

    /// The server's version as `server_version_num` writes it: 150018 is 15.18.
    ///
    /// # Errors
    /// As for [`run`](Self::run).
    pub async fn server_version(&mut self) -> Result<u32, Error> {
        let rows = self.query("select current_setting('server_version_num')", &[]).await?;
        Ok(rows
            .first()
            .and_then(|row| row.text(0))
            .and_then(|version| version.parse().ok())
            .unwrap_or_default())
    }

    /// The connection for a conversation: a transaction stays open from one call to the next, as in psql. What is
    /// open when the session is dropped is rolled back before the client does anything else.
    ///
    /// # Errors
    /// [`Error::Closed`] when the connection was lost.
    pub async fn session(&mut self) -> Result<Session<'_>, Error> {
        Ok(Session { connection: self.lease.settled().await? })
    }
}

/// A conversation with the server, statement by statement. For tools; requests fly.
pub struct Session<'a> {
    connection: &'a mut Connection,
}

impl Session<'_> {
    /// Runs statements by the simple protocol. An error of the server is part of the answer: what the statements
    /// before it said is there too.
    ///
    /// # Errors
    /// When the connection ends, also by a fatal error of the server.
    pub async fn say(&mut self, sql: &str) -> Result<Said, Error> {
        self.connection.say(sql).await
    }

    /// Whether a transaction is open.
    pub fn in_transaction(&self) -> bool {
        self.connection.status() != TransactionStatus::Idle
    }

    /// Runs one statement with parameters and returns its rows.
    ///
    /// # Errors
    /// As for [`Client::run`].
    pub async fn query(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, Error> {
        let statement = Statement::new(sql.to_owned()).bind_all(params.iter().cloned());
        Ok(self.connection.ask(statement).await?.rows)
    }
}

impl fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

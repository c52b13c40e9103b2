//! Everything Ferrobase knows about PostgreSQL: the wire protocol, connections, the flight, the pool,
//! notifications, the managed cluster and the catalog.
//!
//! Parameters and results travel as text; no type OIDs, no describe round trip. The crate must not know
//! HTTP, JSON shapes of any protocol, or any room.
//!
//! # A flight
//! ```ignore
//! let pool = Pool::new("postgres://authenticator@localhost/app".parse()?, PoolConfig::default());
//! let mut flight = Flight::new();
//! flight.push(Statement::new("select set_config('role', $1, true)").bind(role));
//! let jobs = flight.push(Statement::new("select id from jobs where owner = $1").bind(owner).cache_key_role(role));
//! let outcome = pool.run(flight).await?;
//! let ids: Vec<Uuid> = outcome.results[jobs].rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
//! ```
//! One write, one Sync, one transaction. What always holds:
//!
//! - All statements of a flight take effect or none does; after an error the connection is clean.
//! - Local settings end with the flight, so a role never reaches the next caller of a connection.
//! - Dropping a future cancels its work on the server. A permit of the pool is free again only when the
//!   connection is clean or closed.
//! - A flight is flown a second time only where it is proved that the first had no effect: the session had
//!   ended before, or a cached statement no longer fits the schema and its transaction was rolled back; or it
//!   is a read of a [`Convoy`] whose connection ended before its turn. [`Error::Closed`] means that nobody knows.
//!
//! # Map
//! `session` describes flights, `pool` lends connections, `convoy` lets reads of one shape share one, `client`
//! is one in the hands of a caller, `listen` hears notifications; `wire` is what they stand on: `backend` reads
//! messages, `frontend` writes them, `connector` and `authentication` open a session, `connection` keeps its
//! account, `flying` and `copying` use it, `statement_cache` knows what is prepared. `cluster` runs a server,
//! `catalog` reads its schema.

pub mod catalog;
pub mod cluster;
pub mod config;
mod convoy;
pub mod error;
pub mod listen;
mod params;
pub mod pool;
pub mod row;
pub mod session;
pub mod value;
pub mod wire;

mod array;
mod client;

pub use client::{Client, Session};
pub use config::{ChannelBinding, ConnectConfig, Host, SslMode, TargetSession};
pub use convoy::Convoy;
pub use error::{ConnectFailure, DbError, Error};
pub use params::Params;
pub use pool::{Pool, PoolConfig, PoolStatus};
pub use row::{FromText, Row};
pub use session::{
    Begin, ColumnName, Flight, Isolation, Outcome, Said, SqlText, Statement, StatementResult, Tag,
};
pub use value::{Param, ToParam};

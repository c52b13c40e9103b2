//! Everything Ferrobase knows about PostgreSQL: the wire protocol, connections, the flight, the pool,
//! notifications, the managed cluster and the catalog.
//!
//! Parameters and results travel as text; no type OIDs, no describe round trip. The crate must not know
//! HTTP, JSON shapes of any protocol, or any room.

pub mod catalog;
pub mod cluster;
pub mod config;
pub mod error;
pub mod listen;
pub mod pool;
pub mod row;
pub mod session;
pub mod value;
pub mod wire;

mod array;
mod client;

pub use client::Client;
pub use config::{ChannelBinding, ConnectConfig, Host, SslMode};
pub use error::{ConnectFailure, DbError, Error};
pub use pool::{Pool, PoolConfig, PoolStatus};
pub use row::{FromText, Row};
pub use session::{Begin, ColumnName, Flight, Isolation, Outcome, SqlText, Statement, StatementResult, Tag};
pub use value::{Param, ToParam};

//! What a database's schema is: read from the catalogue, compared, printed as SQL and as types.
//!
//! Knows PostgreSQL's catalogue and nothing of projects, folders or the network.

pub mod access;
pub mod types;

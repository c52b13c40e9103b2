//! The crate against a real Postgres.

mod cluster;
mod codec;
mod connecting;
mod flights;
mod listening;
mod pooling;
mod server;

//! The crate against a real Postgres.

mod codec;
mod connecting;
mod flights;
mod listening;
mod pooling;
mod server;

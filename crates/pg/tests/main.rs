//! The crate against a real Postgres.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cluster;
mod codec;
mod connecting;
mod convoys;
mod flights;
mod imposter;
mod listening;
mod pooling;
mod server;

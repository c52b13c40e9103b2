//! The wire protocol: messages, the socket, TLS, the handshake and one connection that flies flights.
//!
//! Knows nothing of pools. Only [`backend`] is public, for the codec's property and fuzz tests.

pub mod backend;

pub(crate) mod cancel;
pub(crate) mod connection;
pub(crate) mod connector;
pub(crate) mod statement_cache;
pub(crate) mod stream;

mod authentication;
mod certificate;
mod copying;
mod flying;
mod frontend;
mod tls;

//! The crate against a real Postgres.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod http;
mod jobs;
mod migrate;
mod pgtap;
mod platform;
mod surfaces;
mod template;

//! The schema crate against a real Postgres.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod diff;
mod types;

//! The crate against a real Postgres.

mod platform;

//! Tests of the crate against a real Postgres.

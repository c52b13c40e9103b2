//! The schema crate against a real Postgres.

//! The room behind its real router, on a real database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod admin;
mod attacks;
mod concurrency;
mod harness;
mod metadata;
mod refresh;
mod schema;
mod session;
mod signup;
mod trouble;
mod user;

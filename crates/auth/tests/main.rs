//! The room behind its real router, on a real database.

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

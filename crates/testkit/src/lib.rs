//! Test tools: a database of its own for every test, in tens of milliseconds.
//!
//! ```no_run
//! # async fn example() {
//! let database = testkit::TestDb::foundation("saas").await;
//! let mut postgres = database.client("postgres").await;
//! postgres.query("select count(*) from auth.users", &[]).await.unwrap();
//! # }
//! ```
//!
//! All test processes share one cluster below the target folder; whichever comes first starts it, and it stays
//! for the next run (`cargo run -p ferrobase-testkit -- stop` ends it). A database is a clone of a template: the
//! platform alone, or the platform with a project's migrations and seed. Templates are keyed by a hash of what
//! they were made from, so that a changed migration makes a new one and nothing else does.
//!
//! How fast that is stands in the README of this crate.

mod database;
pub mod foundations;
pub mod parts;
mod server;
mod template;

pub use database::TestDb;
pub use server::stop;

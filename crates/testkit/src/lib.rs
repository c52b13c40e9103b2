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
//! Measured on two busy cores with PostgreSQL 15 and nothing flushed to disk: starting the cluster for the first
//! time 0.7 s, the platform's template 0.3 s, a clone 20 ms (10 MB, `file_copy`; `wal_log` took 22 to 40 ms), dropping
//! it 7 ms.

mod database;
mod server;
mod template;

pub use database::TestDb;
pub use server::stop;

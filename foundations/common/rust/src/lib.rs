//! What the Rust service layers of the foundations share.
//!
//! It knows a Supabase project's REST API and nothing of any foundation's tables, of Postgres or of the server; only
//! the feature `served`, for tests, starts one.

mod client;
mod error;
#[cfg(feature = "served")]
pub mod served;
mod settings;
pub mod webhook;

pub use client::Client;
pub use error::Error;
pub use settings::{Settings, SettingsError};

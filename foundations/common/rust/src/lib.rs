//! What the Rust service layers of the foundations share beside `ferrobase-client`: their settings, the signatures of
//! webhooks, and with the feature `served`, for tests, a server of their own and the check of
//! what is generated.
//!
//! It knows nothing of any foundation's tables.

#[cfg(feature = "served")]
pub mod generated;
#[cfg(feature = "served")]
pub mod served;
mod settings;
pub mod webhook;

pub use settings::{Settings, SettingsError};

#![doc = include_str!("../README.md")]

pub mod factories;
mod rows;
mod service;

pub use foundation::{Error, Settings, SettingsError, webhook};
pub use rows::{
    Consumption, CurrentUsage, EventOutcome, LedgerEntry, LedgerKind, Plan, Refund, StoredFile, Subscription,
    SubscriptionStatus, UsageCounter, User,
};
pub use service::{DatabaseService, get_db};

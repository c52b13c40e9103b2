#![doc = include_str!("../README.md")]

mod calls;
pub mod factories;
mod service;
#[rustfmt::skip]
pub mod types;

pub use calls::{Consumption, EventOutcome, Refund};
pub use ferrobase_client::Error;
pub use foundation::{Settings, SettingsError, webhook};
pub use service::{DatabaseService, get_db, is_quota_exceeded};
pub use types::public::{
    CurrentUsageRow as CurrentUsage, FilesToPurgeRow as StoredFile, PlanLimitsPlan as Plan,
    SubscriptionsRow as Subscription, SubscriptionsStatus as SubscriptionStatus,
    UsageCountersRow as UsageCounter, UsageLedgerKind as LedgerKind, UsageLedgerRow as LedgerEntry,
    UsersRow as User,
};

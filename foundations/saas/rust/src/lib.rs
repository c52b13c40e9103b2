#![doc = include_str!("../README.md")]

mod error;
pub mod factories;
mod service;
#[rustfmt::skip]
pub mod types;

pub use error::Error;
pub use foundation::{Settings, SettingsError};
pub use service::{DatabaseService, get_db};
pub use types::public::{
    AssetsRow as Asset, JobsInsert as NewJob, JobsRow as Job, JobsStatus as JobStatus,
    JobsUpdate as JobChange, SubscriptionAuditRow as SubscriptionAudit, SubscriptionsRow as Subscription,
    SubscriptionsStatus as SubscriptionStatus, SubscriptionsTier as Tier, UsersRow as User,
    UsersUpdate as UserChange,
};

#![doc = include_str!("../README.md")]

mod change;
mod error;
pub mod factories;
mod rows;
mod service;
mod settings;

pub use change::{Change, JobChange, NewJob, UserChange};
pub use error::Error;
pub use rows::{Asset, Job, JobStatus, Subscription, SubscriptionAudit, SubscriptionStatus, Tier, User};
pub use service::{DatabaseService, get_db};
pub use settings::{Settings, SettingsError};

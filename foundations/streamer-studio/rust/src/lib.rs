#![doc = include_str!("../README.md")]

mod service;
#[rustfmt::skip]
pub mod types;

pub use ferrobase_client::Error;
pub use foundation::{Settings, SettingsError};
pub use service::DatabaseService;
pub use types::public::{GenerationJobsRow as Job, SubscriptionsRow as Subscription, UsersRow as User};

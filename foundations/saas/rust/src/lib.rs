//! The SaaS foundation from Rust: typed rows, the database service, and factories for tests.
//!
//! Speaks to the REST API with a service key, as any Supabase client would; it knows neither Postgres nor the server.

pub mod factories;
mod rows;
mod service;

pub use rows::{
    Asset, Job, JobChange, JobStatus, NewJob, Subscription, SubscriptionAudit, SubscriptionStatus, Tier,
    User, UserChange,
};
pub use service::{DatabaseService, Error};

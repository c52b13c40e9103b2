//! Rows for tests with sensible defaults; any field can be given instead:
//! `Job { user_id, ..JobFactory::create(now) }`.
//!
//! Every id is new. `now` is the caller's, and all times of a row are reckoned from it. Postgres keeps microseconds,
//! so a row comes back from the database as it went in when `now` has no finer part.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::{Asset, Job, JobStatus, Subscription, SubscriptionStatus, Tier, User};

fn next(counter: &AtomicU32) -> u32 {
    counter.fetch_add(1, Ordering::Relaxed) + 1
}

/// Makes rows of `users`.
#[derive(Debug)]
pub struct UserFactory;

impl UserFactory {
    /// Free and active, nothing used, no avatar; the nth is `Test User n`, `usern@test.com`.
    pub fn create(now: DateTime<Utc>) -> User {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = next(&COUNTER);
        User {
            id: Uuid::new_v4(),
            email: Some(format!("user{number}@test.com")),
            name: Some(format!("Test User {number}")),
            avatar_url: None,
            subscription_tier: Tier::Free,
            subscription_status: Some(SubscriptionStatus::Active),
            monthly_usage: 0,
            usage_reset_at: now,
            created_at: now,
            updated_at: now,
        }
    }

    /// Of the pro tier.
    pub fn create_pro(now: DateTime<Utc>) -> User {
        User { subscription_tier: Tier::Pro, ..Self::create(now) }
    }

    /// Of the studio tier.
    pub fn create_studio(now: DateTime<Utc>) -> User {
        User { subscription_tier: Tier::Studio, ..Self::create(now) }
    }

    /// Of the enterprise tier.
    pub fn create_enterprise(now: DateTime<Utc>) -> User {
        User { subscription_tier: Tier::Enterprise, ..Self::create(now) }
    }
}

/// Makes rows of `jobs`.
#[derive(Debug)]
pub struct JobFactory;

impl JobFactory {
    /// Queued, of type `generation`, with the parameters `{}`.
    pub fn create(now: DateTime<Utc>) -> Job {
        Job {
            id: Uuid::new_v4(),
            user_id: Uuid::new_v4(),
            job_type: "generation".into(),
            status: JobStatus::Queued,
            progress: 0,
            error_message: None,
            parameters: Some(json!({})),
            result: None,
            created_at: now,
            updated_at: now,
            completed_at: None,
        }
    }

    /// Processing, `progress` percent done (50 where it does not matter).
    pub fn create_processing(now: DateTime<Utc>, progress: i32) -> Job {
        Job { status: JobStatus::Processing, progress, ..Self::create(now) }
    }

    /// Completed at `now` with the result `{"output": "test_output"}`.
    pub fn create_completed(now: DateTime<Utc>) -> Job {
        Job {
            status: JobStatus::Completed,
            progress: 100,
            result: Some(json!({"output": "test_output"})),
            completed_at: Some(now),
            ..Self::create(now)
        }
    }

    /// Failed at `now` with this message (`Test error` where it does not matter).
    pub fn create_failed(now: DateTime<Utc>, error_message: &str) -> Job {
        Job {
            status: JobStatus::Failed,
            error_message: Some(error_message.into()),
            completed_at: Some(now),
            ..Self::create(now)
        }
    }
}

/// Makes rows of `subscriptions`.
#[derive(Debug)]
pub struct SubscriptionFactory;

impl SubscriptionFactory {
    /// Pro and active for thirty days from `now`, renewing; the nth is `sub_testn` of `cus_testn`.
    pub fn create(now: DateTime<Utc>) -> Subscription {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = next(&COUNTER);
        Subscription {
            id: Uuid::new_v4(),
            user_id: Uuid::new_v4(),
            stripe_subscription_id: format!("sub_test{number}"),
            stripe_customer_id: format!("cus_test{number}"),
            tier: Tier::Pro,
            status: SubscriptionStatus::Active,
            current_period_start: now,
            current_period_end: now + Duration::days(30),
            cancel_at_period_end: false,
            created_at: now,
            updated_at: now,
        }
    }

    /// Ended.
    pub fn create_canceled(now: DateTime<Utc>) -> Subscription {
        Subscription { status: SubscriptionStatus::Canceled, ..Self::create(now) }
    }

    /// With a payment that is late.
    pub fn create_past_due(now: DateTime<Utc>) -> Subscription {
        Subscription { status: SubscriptionStatus::PastDue, ..Self::create(now) }
    }
}

/// Makes rows of `assets`.
#[derive(Debug)]
pub struct AssetFactory;

impl AssetFactory {
    /// An image of 1024 bytes without metadata; its URL and path end in its id.
    pub fn create(now: DateTime<Utc>) -> Asset {
        let id = Uuid::new_v4();
        Asset {
            id,
            job_id: Uuid::new_v4(),
            user_id: Uuid::new_v4(),
            asset_type: "image".into(),
            url: format!("https://storage.example.com/assets/{id}"),
            storage_path: format!("assets/{id}"),
            file_size: 1024,
            metadata: None,
            created_at: now,
        }
    }
}

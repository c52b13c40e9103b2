//! Rows for tests with sensible defaults. Change a field with struct update: `Job { progress: 5, ..JobFactory::create() }`.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::rows::{Asset, Job, JobStatus, Subscription, SubscriptionStatus, Tier, User};

fn next(counter: &AtomicU32) -> u32 {
    counter.fetch_add(1, Ordering::Relaxed) + 1
}

fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Makes users: free, active, nothing used.
#[derive(Debug)]
pub struct UserFactory;

impl UserFactory {
    /// A user of the free tier: `user1@test.com`, `user2@test.com` …
    pub fn create() -> User {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let (number, now) = (next(&COUNTER), now());
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

    /// A user of the pro tier.
    pub fn create_pro() -> User {
        User { subscription_tier: Tier::Pro, ..Self::create() }
    }

    /// A user of the studio tier.
    pub fn create_studio() -> User {
        User { subscription_tier: Tier::Studio, ..Self::create() }
    }

    /// A user of the enterprise tier.
    pub fn create_enterprise() -> User {
        User { subscription_tier: Tier::Enterprise, ..Self::create() }
    }
}

/// Makes jobs of type `generation`.
#[derive(Debug)]
pub struct JobFactory;

impl JobFactory {
    /// A queued job.
    pub fn create() -> Job {
        let now = now();
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

    /// A job half done.
    pub fn create_processing() -> Job {
        Job { status: JobStatus::Processing, progress: 50, ..Self::create() }
    }

    /// A job with its result.
    pub fn create_completed() -> Job {
        let job = Self::create();
        Job {
            status: JobStatus::Completed,
            progress: 100,
            result: Some(json!({"output": "test_output"})),
            completed_at: Some(job.created_at),
            ..job
        }
    }

    /// A job that failed with this message.
    pub fn create_failed(error_message: &str) -> Job {
        let job = Self::create();
        Job {
            status: JobStatus::Failed,
            error_message: Some(error_message.into()),
            completed_at: Some(job.created_at),
            ..job
        }
    }
}

/// Makes subscriptions: pro, active, thirty days.
#[derive(Debug)]
pub struct SubscriptionFactory;

impl SubscriptionFactory {
    /// An active subscription: `sub_test1`, `sub_test2` …
    pub fn create() -> Subscription {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let (number, now) = (next(&COUNTER), now());
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

    /// A subscription that ended.
    pub fn create_canceled() -> Subscription {
        Subscription { status: SubscriptionStatus::Canceled, ..Self::create() }
    }

    /// A subscription whose payment is late.
    pub fn create_past_due() -> Subscription {
        Subscription { status: SubscriptionStatus::PastDue, ..Self::create() }
    }
}

/// Makes assets: images of one KiB.
#[derive(Debug)]
pub struct AssetFactory;

impl AssetFactory {
    /// An image.
    pub fn create() -> Asset {
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
            created_at: now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_free_active_and_has_used_nothing() {
        let (one, two) = (UserFactory::create(), UserFactory::create());
        assert_eq!((one.subscription_tier, one.monthly_usage), (Tier::Free, 0));
        assert_eq!(one.subscription_status, Some(SubscriptionStatus::Active));
        assert!(one.email.as_ref().is_some_and(|email| email.ends_with("@test.com")));
        assert_ne!(one.email, two.email);
        let tiers =
            [UserFactory::create_pro(), UserFactory::create_studio(), UserFactory::create_enterprise()]
                .map(|user| user.subscription_tier);
        assert_eq!(tiers, [Tier::Pro, Tier::Studio, Tier::Enterprise]);
    }

    #[test]
    fn a_job_is_queued_and_its_variants_do_not_contradict_themselves() {
        let job = JobFactory::create();
        assert_eq!((job.status, job.progress, job.completed_at), (JobStatus::Queued, 0, None));
        assert_eq!(JobFactory::create_processing().progress, 50);
        let completed = JobFactory::create_completed();
        assert_eq!((completed.progress, completed.result), (100, Some(json!({"output": "test_output"}))));
        assert!(completed.completed_at.is_some());
        let failed = JobFactory::create_failed("Custom error");
        assert_eq!(failed.error_message.as_deref(), Some("Custom error"));
        assert!(failed.completed_at.is_some());
    }

    #[test]
    fn a_subscription_is_pro_for_thirty_days() {
        let subscription = SubscriptionFactory::create();
        assert!(subscription.stripe_subscription_id.starts_with("sub_test"));
        assert!(subscription.stripe_customer_id.starts_with("cus_test"));
        assert_eq!((subscription.tier, subscription.status), (Tier::Pro, SubscriptionStatus::Active));
        assert_eq!(subscription.current_period_end - subscription.current_period_start, Duration::days(30));
        assert_eq!(SubscriptionFactory::create_canceled().status, SubscriptionStatus::Canceled);
        assert_eq!(SubscriptionFactory::create_past_due().status, SubscriptionStatus::PastDue);
    }

    #[test]
    fn an_asset_is_an_image_of_one_kibibyte() {
        let asset = AssetFactory::create();
        assert_eq!((asset.asset_type.as_str(), asset.file_size), ("image", 1024));
        assert!(asset.url.starts_with("https://") && asset.storage_path.ends_with(&asset.id.to_string()));
    }
}

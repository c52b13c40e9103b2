//! The factories: their documented defaults, and that the real database accepts what they make.

use chrono::{DateTime, Duration, Utc};
use saas::factories::{AssetFactory, JobFactory, SubscriptionFactory, UserFactory};
use saas::{Job, JobStatus, SubscriptionStatus, Tier, User};
use serde_json::json;

use crate::start;

fn now() -> DateTime<Utc> {
    "2026-11-21T10:20:30.456789Z".parse().unwrap()
}

#[test]
fn user_factory_defaults() {
    let user = UserFactory::create(now());
    assert!(user.email.as_ref().unwrap().ends_with("@test.com"));
    assert_eq!((user.subscription_tier, user.monthly_usage), (Tier::Free, 0));
    assert_eq!(user.subscription_status, Some(SubscriptionStatus::Active));
    assert_eq!([user.usage_reset_at, user.created_at, user.updated_at], [now(); 3]);
    let another = UserFactory::create(now());
    assert!(user.email != another.email && user.name != another.name && user.id != another.id);
}

#[test]
fn user_factory_pro() {
    let user = User { email: Some("custom@test.com".into()), ..UserFactory::create_pro(now()) };
    assert_eq!((user.subscription_tier, user.email.as_deref()), (Tier::Pro, Some("custom@test.com")));
}

#[test]
fn job_factory_defaults() {
    let job = JobFactory::create(now());
    assert_eq!((job.job_type.as_str(), job.status, job.progress), ("generation", JobStatus::Queued, 0));
    assert_eq!((job.parameters, job.result, job.completed_at), (Some(json!({})), None, None));
}

#[test]
fn job_factory_completed() {
    let job = JobFactory::create_completed(now());
    assert_eq!((job.status, job.progress), (JobStatus::Completed, 100));
    assert_eq!(job.completed_at, Some(now()));
    assert_eq!(job.result, Some(json!({"output": "test_output"})));
}

#[test]
fn job_factory_failed() {
    let job = JobFactory::create_failed(now(), "Custom error");
    assert_eq!((job.status, job.error_message.as_deref()), (JobStatus::Failed, Some("Custom error")));
    assert_eq!(job.completed_at, Some(now()));
}

#[test]
fn subscription_factory_defaults() {
    let subscription = SubscriptionFactory::create(now());
    assert!(subscription.stripe_subscription_id.starts_with("sub_test"));
    assert!(subscription.stripe_customer_id.starts_with("cus_test"));
    assert_eq!((subscription.tier, subscription.status), (Tier::Pro, SubscriptionStatus::Active));
    assert_eq!(subscription.current_period_start, now());
    assert_eq!(subscription.current_period_end, now() + Duration::days(30));
    assert!(!subscription.cancel_at_period_end);
}

#[test]
fn asset_factory_defaults() {
    let asset = AssetFactory::create(now());
    assert_eq!((asset.asset_type.as_str(), asset.file_size), ("image", 1024));
    assert_eq!(asset.url, format!("https://storage.example.com/assets/{}", asset.id));
    assert_eq!(asset.storage_path, format!("assets/{}", asset.id));
}

#[test]
fn the_other_tiers_and_states() {
    assert_eq!(UserFactory::create_studio(now()).subscription_tier, Tier::Studio);
    assert_eq!(UserFactory::create_enterprise(now()).subscription_tier, Tier::Enterprise);
    let processing = JobFactory::create_processing(now(), 75);
    assert_eq!((processing.status, processing.progress), (JobStatus::Processing, 75));
    assert_eq!(SubscriptionFactory::create_canceled(now()).status, SubscriptionStatus::Canceled);
    assert_eq!(SubscriptionFactory::create_past_due(now()).status, SubscriptionStatus::PastDue);
}

#[tokio::test]
async fn the_database_accepts_every_row() {
    let (server, service) = start().await;
    let user_id = server.user("Ada").await;

    for user in [
        UserFactory::create(now()),
        UserFactory::create_studio(now()),
        UserFactory::create_enterprise(now()),
        UserFactory::create_pro(now()),
    ] {
        let user = User { id: user_id, ..user };
        let stored = service.upsert_user(&user).await.unwrap();
        // the one column a trigger sets
        assert_eq!(User { updated_at: user.updated_at, ..stored }, user);
    }

    let (queued, processing) = (JobFactory::create(now()), JobFactory::create_processing(now(), 50));
    let (completed, failed) =
        (JobFactory::create_completed(now()), JobFactory::create_failed(now(), "Test error"));
    let mut job_id = queued.id;
    for job in [queued, processing, failed, completed] {
        let job = Job { user_id, ..job };
        assert_eq!(service.insert_job(&job).await.unwrap(), job);
        assert_eq!(service.get_job(job.id).await.unwrap().as_ref(), Some(&job));
        job_id = job.id;
    }

    let asset =
        saas::Asset { job_id, user_id, metadata: Some(json!({"width": 8})), ..AssetFactory::create(now()) };
    assert_eq!(service.insert_asset(&asset).await.unwrap(), asset);

    for subscription in [
        SubscriptionFactory::create(now()),
        SubscriptionFactory::create_canceled(now()),
        SubscriptionFactory::create_past_due(now()),
    ] {
        let user_id = server.user("Grace").await;
        let subscription = saas::Subscription { user_id, ..subscription };
        assert_eq!(service.insert_subscription(&subscription).await.unwrap(), subscription);
        let user = service.get_user(user_id).await.unwrap().unwrap();
        assert_eq!(
            (user.subscription_tier, user.subscription_status),
            (subscription.tier, Some(subscription.status))
        );
    }
}

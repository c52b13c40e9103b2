//! The service's own operations.

use ferrobase_client::Error::Refused;
use saas::factories::{JobFactory, SubscriptionFactory};
use saas::types::public::Assets;
use saas::{DatabaseService, Error, Job, JobChange, JobStatus, NewJob, SubscriptionStatus, Tier, UserChange};
use serde_json::json;
use uuid::Uuid;

use crate::start;

fn named(name: &str) -> UserChange {
    UserChange { name: Some(Some(name.into())), ..UserChange::default() }
}

#[tokio::test]
async fn get_user_found() {
    let (server, service) = start().await;
    let id = server.user("Back End").await;
    let user = service.get_user(id).await.unwrap().expect("made by the sign-up");
    assert_eq!((user.id, user.name.as_deref()), (id, Some("Back End")));
    assert_eq!((user.subscription_tier, user.monthly_usage), (Tier::Free, 0));

    // the other kind of service key
    let service = DatabaseService::new(reqwest::Client::new(), &server.url, &server.keys.secret_key).unwrap();
    assert_eq!(service.get_user(id).await.unwrap(), Some(user));
}

#[tokio::test]
async fn get_user_not_found() {
    let (_server, service) = start().await;
    assert_eq!(service.get_user(Uuid::new_v4()).await.unwrap(), None);
    assert_eq!(service.get_job(Uuid::new_v4()).await.unwrap(), None);
}

#[tokio::test]
async fn create_job() {
    let (server, service) = start().await;
    let user_id = server.user("Ada").await;
    let parameters = Some(json!({"prompt": "ein Häschen 🐇"}));
    let new = NewJob { parameters: parameters.clone(), ..NewJob::new(user_id, "generation".into()) };
    let job = service.create_job(&new).await.unwrap();
    assert_eq!((job.status, job.progress, job.completed_at), (JobStatus::Queued, 0, None));
    assert_eq!((job.user_id, &job.parameters), (user_id, &parameters));
    assert_eq!(service.get_job(job.id).await.unwrap(), Some(job));
}

#[tokio::test]
async fn update_job() {
    let (server, service) = start().await;
    let now = "2026-11-21T10:20:30Z".parse().unwrap();
    let job = Job { user_id: server.user("Ada").await, ..JobFactory::create_processing(now, 25) };
    let job = service.insert_job(&job).await.unwrap();
    let change = JobChange {
        progress: Some(75),
        error_message: Some(Some("a hiccup".into())),
        ..JobChange::default()
    };
    let updated = service.update_job(job.id, &change).await.unwrap();
    assert_eq!((updated.progress, updated.status), (75, JobStatus::Processing));
    assert!(updated.updated_at != job.updated_at, "the database dates a change");

    let change = JobChange { error_message: Some(None), ..JobChange::default() };
    let updated = service.update_job(job.id, &change).await.unwrap();
    assert_eq!((updated.progress, updated.error_message.as_deref()), (75, None));
    assert_eq!(service.update_job(job.id, &JobChange::default()).await.unwrap(), updated);
}

#[tokio::test]
async fn update_user() {
    let (server, service) = start().await;
    let id = server.user("Ada").await;
    let before = service.get_user(id).await.unwrap().unwrap();
    let change = UserChange {
        avatar_url: Some(Some("https://example.com/grace.png".into())),
        subscription_tier: Some(Tier::Studio),
        subscription_status: Some(Some(SubscriptionStatus::Trialing)),
        monthly_usage: Some(3),
        usage_reset_at: Some("2026-11-01T00:00:00Z".parse().unwrap()),
        ..named("Grace")
    };
    let user = service.update_user(id, &change).await.unwrap();
    assert_eq!((user.name.as_deref(), user.monthly_usage), (Some("Grace"), 3));
    assert_eq!(user.avatar_url.as_deref(), Some("https://example.com/grace.png"));
    assert_eq!(user.subscription_tier, Tier::Studio);
    assert_eq!(user.subscription_status, Some(SubscriptionStatus::Trialing));
    assert_eq!((Some(user.usage_reset_at), &user.email), (change.usage_reset_at, &before.email));

    let cleared = UserChange {
        name: Some(None),
        avatar_url: Some(None),
        subscription_status: Some(None),
        ..UserChange::default()
    };
    let user = service.update_user(id, &cleared).await.unwrap();
    assert_eq!((user.name, user.avatar_url, user.subscription_status), (None, None, None));
    assert_eq!((user.subscription_tier, user.monthly_usage), (Tier::Studio, 3));
}

#[tokio::test]
async fn update_of_nobody_is_named() {
    let (_server, service) = start().await;
    let nobody = Uuid::new_v4();
    for change in [named("x"), UserChange::default()] {
        let error = service.update_user(nobody, &change).await.unwrap_err();
        assert_eq!(error.to_string(), format!("User not found: {nobody}"));
    }
    for change in [JobChange { progress: Some(1), ..JobChange::default() }, JobChange::default()] {
        let error = service.update_job(nobody, &change).await.unwrap_err();
        assert_eq!(error.to_string(), format!("Job not found: {nobody}"));
    }
}

#[tokio::test]
async fn a_tier_follows_its_subscription() {
    let (server, service) = start().await;
    let user_id = server.user("Ada").await;
    let now = "2026-11-21T10:20:30Z".parse().unwrap();
    let subscription = saas::Subscription { user_id, ..SubscriptionFactory::create(now) };
    service.insert_subscription(&subscription).await.unwrap();
    let change = UserChange { subscription_tier: Some(Tier::Enterprise), ..UserChange::default() };
    let Err(Error::Server(Refused { status, code, hint, .. })) = service.update_user(user_id, &change).await
    else {
        panic!("the subscription says pro");
    };
    assert_eq!((status, code.as_str()), (409, "PT409"));
    assert_eq!(hint.as_deref(), Some("Change public.subscriptions instead."));
}

#[tokio::test]
async fn deleting_the_auth_user_takes_everything_along() {
    let (server, service) = start().await;
    let id = server.user("Ada").await;
    let now = "2026-11-21T10:20:30Z".parse().unwrap();
    let job = Job { user_id: id, ..JobFactory::create(now) };
    service.insert_job(&job).await.unwrap();
    let asset = saas::Asset { job_id: job.id, user_id: id, ..saas::factories::AssetFactory::create(now) };
    service.insert_asset(&asset).await.unwrap();

    server.delete_account(id).await;

    assert_eq!(service.get_user(id).await.unwrap(), None);
    assert_eq!(service.get_job(job.id).await.unwrap(), None);
    assert_eq!(service.client().from::<Assets>().all().await.unwrap(), []);
}

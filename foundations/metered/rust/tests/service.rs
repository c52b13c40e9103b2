//! The service as a worker and a webhook use it.

use chrono::{DateTime, Duration, Utc};
use metered::LedgerKind::{Consume, Correct, Refund, Reset};
use metered::factories::{LemonSqueezyEventFactory, SubscriptionFactory};
use metered::{Error, EventOutcome, Plan, Subscription, SubscriptionStatus, is_quota_exceeded};
use serde_json::json;
use uuid::Uuid;

use crate::start;

fn code(error: &Error) -> (u16, &str) {
    match error {
        Error::Refused { status, code, .. } => (*status, code),
        other => panic!("{other:?}"),
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-21T05:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn a_sign_up_has_a_profile_and_the_free_plan() {
    let (server, db) = start().await;
    let id = server.user("Ada").await;
    assert!(db.get_user(id).await.unwrap().unwrap().email.ends_with("@test.com"));
    let subscription = db.get_subscription(id).await.unwrap().unwrap();
    assert_eq!((subscription.plan, subscription.status), (Plan::Free, SubscriptionStatus::Active));
    let usage = db.current_usage(id).await.unwrap();
    let limits: Vec<_> = usage.iter().map(|usage| (usage.metric.as_str(), usage.max_count)).collect();
    assert_eq!(limits, [("agent_runs", Some(10)), ("api_calls", Some(100)), ("storage_mb", Some(100))]);
    assert_eq!(db.get_user(Uuid::new_v4()).await.unwrap(), None);
}

#[tokio::test]
async fn usage_is_counted_given_back_and_refused_beyond_the_quota() {
    let (server, db) = start().await;
    let id = server.user("Ada").await;
    let run = db.increment_usage(id, "agent_runs", 4, Some("run 1")).await.unwrap();
    assert_eq!((run.used, run.remaining, run.repeated), (4, Some(6), false));
    assert!(run.resets_at.is_some());
    let again = db.increment_usage(id, "agent_runs", 4, Some("run 1")).await.unwrap();
    assert_eq!((again.entry, again.used, again.repeated), (run.entry, 4, true));

    let beyond = db.increment_usage(id, "agent_runs", 7, None).await.unwrap_err();
    assert!(is_quota_exceeded(&beyond));
    let Error::Refused { status: 402, details, hint, .. } = beyond else { panic!("{beyond:?}") };
    assert_eq!(details.as_deref(), Some("Allowed are 10: 4 used, 7 asked for."));
    assert!(hint.unwrap().starts_with("Upgrade the plan, or wait for the next window: 20"));

    assert_eq!(db.refund_usage(id, run.entry, Some(1), None).await.unwrap().used, 3);
    assert_eq!(db.refund_usage(id, run.entry, None, None).await.unwrap().refunded, 3);
    let twice = db.refund_usage(id, run.entry, None, None).await.unwrap_err();
    assert_eq!(code(&twice), (409, "PT409"));

    assert_eq!(db.increment_usage(id, "storage_mb", 50, None).await.unwrap().resets_at, None);
    assert_eq!(db.correct_usage(id, "storage_mb", -20, Some("deleted")).await.unwrap(), 30);
    assert_eq!(db.reset_usage(id, "storage_mb").await.unwrap(), 30);
    let ledger = db.ledger(id).await.unwrap();
    let kinds: Vec<_> = ledger.iter().map(|entry| (entry.kind, entry.delta)).collect();
    assert_eq!(
        kinds,
        [(Consume, 4), (Refund, -1), (Refund, -3), (Consume, 50), (Correct, -20), (Reset, -30)]
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_stable_code() {
    let (server, db) = start().await;
    let id = server.user("Ada").await;
    for amount in [0, -1, i64::MAX] {
        let error = db.increment_usage(id, "api_calls", amount, None).await.unwrap_err();
        assert_eq!(code(&error), (400, "22023"), "{amount}");
    }
    let error = db.increment_usage(id, "apicalls ", 1, None).await.unwrap_err();
    assert_eq!(code(&error), (400, "22023"));
    let error = db.increment_usage(Uuid::new_v4(), "api_calls", 1, None).await.unwrap_err();
    assert_eq!(code(&error), (404, "PT404"));
    let error = db.refund_usage(id, 1, None, None).await.unwrap_err();
    assert_eq!(code(&error), (404, "PT404"));
    let error = db.apply_lemon_squeezy_event(json!({})).await.unwrap_err();
    assert_eq!(code(&error), (400, "22023"));
    assert!(db.ledger(id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_webhook_may_come_twice_and_in_any_order() {
    let (server, db) = start().await;
    let id = server.user("Ada").await;
    let event = |minutes, status, variant| {
        LemonSqueezyEventFactory::create(now() + Duration::minutes(minutes), id, "17", status, variant)
    };
    let apply = async |event: serde_json::Value| db.apply_lemon_squeezy_event(event).await.unwrap();
    assert_eq!(apply(event(0, "on_trial", 1002)).await, EventOutcome::Applied);
    assert_eq!(apply(event(2, "active", 1001)).await, EventOutcome::Applied);
    assert_eq!(apply(event(2, "active", 1001)).await, EventOutcome::Duplicate);
    assert_eq!(apply(event(1, "past_due", 1002)).await, EventOutcome::Stale);
    let subscription = db.get_subscription(id).await.unwrap().unwrap();
    assert_eq!((subscription.plan, subscription.status), (Plan::Basic, SubscriptionStatus::Active));
    for (status, variant) in [("zombie", 1001), ("active", 9)] {
        let error = db.apply_lemon_squeezy_event(event(3, status, variant)).await.unwrap_err();
        assert_eq!(code(&error), (400, "22023"), "{status} {variant}");
    }
    let other = LemonSqueezyEventFactory::create(now(), Uuid::new_v4(), "18", "active", 1001);
    assert_eq!(apply(other).await, EventOutcome::UnknownUser);
}

#[tokio::test]
async fn the_database_accepts_every_row_of_the_factories() {
    let (server, db) = start().await;
    for make in [
        SubscriptionFactory::create,
        SubscriptionFactory::create_free,
        SubscriptionFactory::create_trial,
        SubscriptionFactory::create_cancelled,
    ] {
        let user_id = server.user("Ada").await;
        let row = Subscription { user_id, ..make(now()) };
        let stored = db.upsert_subscription(&row).await.unwrap();
        assert_eq!(stored, Subscription { updated_at: stored.updated_at, ..row });
    }
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_but_a_queue() {
    let (server, db) = start().await;
    let id = server.user("Ada").await;
    db.increment_usage(id, "api_calls", 1, None).await.unwrap();
    let mut postgres = server.database.client("postgres").await;
    let name = format!("{id}/invoice/2026/11/{}.pdf", Uuid::new_v4());
    let file = "insert into storage.objects (bucket_id, name) values ('user-files', $1)";
    postgres.query(file, &[name.as_str().into()]).await.unwrap();
    server.delete_account(id).await;
    assert_eq!(db.get_user(id).await.unwrap(), None);
    assert!(db.ledger(id).await.unwrap().is_empty());
    let files = db.files_to_purge(10).await.unwrap();
    assert_eq!(files.iter().map(|file| file.name.as_deref()).collect::<Vec<_>>(), [Some(name.as_str())]);
    assert_eq!(db.finish_storage_purges().await.unwrap(), 0);
}

//! Rows and events for tests with sensible defaults; any field can be given instead:
//! `Subscription { user_id, ..SubscriptionFactory::create(now) }`.
//!
//! Every id is new. `now` is the caller's, and all times are reckoned from it. Postgres keeps microseconds, so a row
//! comes back from the database as it went in when `now` has no finer part.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Plan, Subscription, SubscriptionStatus, User};

fn next(counter: &AtomicU32) -> u32 {
    counter.fetch_add(1, Ordering::Relaxed) + 1
}

/// Makes rows of `users`.
#[derive(Debug)]
pub struct UserFactory;

impl UserFactory {
    /// The nth is `usern@test.com`.
    pub fn create(now: DateTime<Utc>) -> User {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = next(&COUNTER);
        User { id: Uuid::new_v4(), email: format!("user{number}@test.com"), created_at: now, updated_at: now }
    }
}

/// Makes rows of `subscriptions`.
#[derive(Debug)]
pub struct SubscriptionFactory;

impl SubscriptionFactory {
    /// Pro and active for thirty days from `now`, with a new provider's id.
    pub fn create(now: DateTime<Utc>) -> Subscription {
        Subscription {
            id: Uuid::new_v4(),
            user_id: Uuid::new_v4(),
            status: SubscriptionStatus::Active,
            plan: Plan::Pro,
            lemon_squeezy_id: Some(Uuid::new_v4().to_string()),
            current_period_start: Some(now),
            current_period_end: Some(now + Duration::days(30)),
            trial_ends_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// What everybody begins with.
    pub fn create_free(now: DateTime<Utc>) -> Subscription {
        Subscription {
            plan: Plan::Free,
            lemon_squeezy_id: None,
            current_period_start: None,
            current_period_end: None,
            ..Self::create(now)
        }
    }

    /// On trial for two weeks from `now`.
    pub fn create_trial(now: DateTime<Utc>) -> Subscription {
        Subscription {
            status: SubscriptionStatus::Trial,
            trial_ends_at: Some(now + Duration::days(14)),
            ..Self::create(now)
        }
    }

    /// Cancelled, and paid for until the end of its period.
    pub fn create_cancelled(now: DateTime<Utc>) -> Subscription {
        Subscription { status: SubscriptionStatus::Cancelled, ..Self::create(now) }
    }
}

/// Makes events as Lemon Squeezy posts them.
#[derive(Debug)]
pub struct LemonSqueezyEventFactory;

impl LemonSqueezyEventFactory {
    /// That the subscription of this id of a user is in this state (Lemon Squeezy's word) at `now`, for a variant of
    /// the seed: 1001 is basic, 1002 pro.
    pub fn create(
        now: DateTime<Utc>,
        user_id: Uuid,
        subscription: &str,
        status: &str,
        variant_id: u32,
    ) -> Value {
        json!({
            "meta": {"event_name": "subscription_updated", "custom_data": {"user_id": user_id}},
            "data": {
                "type": "subscriptions",
                "id": subscription,
                "attributes": {
                    "status": status,
                    "variant_id": variant_id,
                    "created_at": now - Duration::days(1),
                    "updated_at": now,
                    "renews_at": now + Duration::days(29),
                    "ends_at": null,
                    "trial_ends_at": (status == "on_trial").then(|| now + Duration::days(13)),
                }
            }
        })
    }
}

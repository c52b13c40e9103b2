//! The rows of the foundation's tables, as REST writes and reads them.
//!
//! The enums name exactly the words the tables' checks allow.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// What a user pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the check, documented in the migrations")]
pub enum Tier {
    Free,
    Pro,
    Studio,
    Enterprise,
}

/// The states a Stripe subscription can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the check, documented in the migrations")]
pub enum SubscriptionStatus {
    Active,
    PastDue,
    Canceled,
    Incomplete,
    IncompleteExpired,
    Trialing,
    Unpaid,
    Paused,
}

/// The states of a job; the last four are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the check, documented in the migrations")]
pub enum JobStatus {
    Queued,
    Processing,
    Completed,
    Failed,
    Partial,
    Cancelled,
}

/// A row of `users`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct User {
    pub id: Uuid,
    pub email: Option<String>,
    pub name: Option<String>,
    pub avatar_url: Option<String>,
    pub subscription_tier: Tier,
    pub subscription_status: Option<SubscriptionStatus>,
    pub monthly_usage: i32,
    pub usage_reset_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A row of `subscriptions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct Subscription {
    pub id: Uuid,
    pub user_id: Uuid,
    pub stripe_subscription_id: String,
    pub stripe_customer_id: String,
    pub tier: Tier,
    pub status: SubscriptionStatus,
    pub current_period_start: DateTime<Utc>,
    pub current_period_end: DateTime<Utc>,
    pub cancel_at_period_end: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A row of `jobs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct Job {
    pub id: Uuid,
    pub user_id: Uuid,
    pub job_type: String,
    pub status: JobStatus,
    pub progress: i32,
    pub error_message: Option<String>,
    pub parameters: Option<Value>,
    pub result: Option<Value>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub completed_at: Option<DateTime<Utc>>,
}

/// A row of `assets`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct Asset {
    pub id: Uuid,
    pub job_id: Uuid,
    pub user_id: Uuid,
    pub asset_type: String,
    pub url: String,
    pub storage_path: String,
    pub file_size: i64,
    pub metadata: Option<Value>,
    pub created_at: DateTime<Utc>,
}

/// A line of `subscription_audit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct SubscriptionAudit {
    pub id: Uuid,
    pub subscription_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub action: String,
    pub stripe_event_id: Option<String>,
    pub details: Option<Value>,
    pub created_at: DateTime<Utc>,
}

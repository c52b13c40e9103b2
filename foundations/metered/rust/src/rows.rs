//! The rows of the foundation's tables and what its functions answer, as REST writes and reads them.
//!
//! The enums name exactly the words the tables' checks allow.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a user pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the check, documented in the migrations")]
pub enum Plan {
    Free,
    Basic,
    Pro,
}

/// The states a Lemon Squeezy subscription can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the check, documented in the migrations")]
pub enum SubscriptionStatus {
    Trial,
    Active,
    Paused,
    PastDue,
    Unpaid,
    Cancelled,
    Expired,
}

/// What changed a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the check, documented in the migrations")]
pub enum LedgerKind {
    Consume,
    Refund,
    Reset,
    Correct,
}

/// What became of a webhook's event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventOutcome {
    /// The subscription now says what the event says.
    Applied,
    /// It arrived before.
    Duplicate,
    /// It is not about a subscription.
    Ignored,
    /// Something newer about the same subscription was applied before.
    Stale,
    /// It is about another subscription than the one the user has now.
    Superseded,
    /// Nobody here has that customer (any more).
    UnknownUser,
}

/// A row of `users`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct User {
    pub id: Uuid,
    /// Empty for an account without one.
    pub email: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A row of `subscriptions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct Subscription {
    pub id: Uuid,
    pub user_id: Uuid,
    pub status: SubscriptionStatus,
    pub plan: Plan,
    pub lemon_squeezy_id: Option<String>,
    pub current_period_start: Option<DateTime<Utc>>,
    pub current_period_end: Option<DateTime<Utc>>,
    pub trial_ends_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A row of `usage_counters`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct UsageCounter {
    pub id: Uuid,
    pub user_id: Uuid,
    pub metric: String,
    pub count: i64,
    pub window_start: DateTime<Utc>,
    /// `infinity` for a level, which no time of Rust is: text as REST has it.
    pub window_end: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A row of the view `current_usage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct CurrentUsage {
    pub user_id: Uuid,
    pub metric: String,
    pub used: i64,
    /// `None` is unlimited.
    pub max_count: Option<i64>,
    /// `None` is unlimited.
    pub remaining: Option<i64>,
    pub window_start: DateTime<Utc>,
    /// `None` is never.
    pub resets_at: Option<DateTime<Utc>>,
}

/// A line of `usage_ledger`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct LedgerEntry {
    pub id: i64,
    pub user_id: Uuid,
    pub metric: String,
    pub window_start: DateTime<Utc>,
    pub kind: LedgerKind,
    pub amount: i64,
    pub delta: i64,
    pub refunds: Option<i64>,
    pub idempotency_key: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// What `increment_usage` answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Consumption {
    /// The ledger's entry, which a refund names.
    pub entry: i64,
    /// The counter now.
    pub used: i64,
    /// What is left; `None` is unlimited.
    pub remaining: Option<i64>,
    /// When the window ends; `None` is never.
    pub resets_at: Option<DateTime<Utc>>,
    /// Whether this call was made before, and counted then.
    pub repeated: bool,
}

/// What `refund_usage` answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refund {
    /// The ledger's entry.
    pub refund: i64,
    /// What was given back.
    pub refunded: i64,
    /// The counter now.
    pub used: i64,
    /// Whether this call was made before, and counted then.
    pub repeated: bool,
}

/// A file that is to be removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "what storage calls them")]
pub struct StoredFile {
    pub bucket_id: String,
    pub name: String,
}

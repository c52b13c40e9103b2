//! Types of the database. Made by `ferrobase gen types rust`; changes are lost.

#![allow(missing_docs, clippy::all, clippy::pedantic, dead_code, reason = "generated")]

/// The schema `public`.
pub mod public {
    /// What the check of `lemon_squeezy_variants.plan` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum LemonSqueezyVariantsPlan {
        #[serde(rename = "basic")]
        Basic,
        #[serde(rename = "pro")]
        Pro,
    }

    /// What the check of `plan_limits.plan` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum PlanLimitsPlan {
        #[serde(rename = "free")]
        Free,
        #[serde(rename = "basic")]
        Basic,
        #[serde(rename = "pro")]
        Pro,
    }

    /// What the check of `subscriptions.status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum SubscriptionsStatus {
        #[serde(rename = "trial")]
        Trial,
        #[serde(rename = "active")]
        Active,
        #[serde(rename = "paused")]
        Paused,
        #[serde(rename = "past_due")]
        PastDue,
        #[serde(rename = "unpaid")]
        Unpaid,
        #[serde(rename = "cancelled")]
        Cancelled,
        #[serde(rename = "expired")]
        Expired,
    }

    /// What the check of `usage_ledger.kind` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum UsageLedgerKind {
        #[serde(rename = "consume")]
        Consume,
        #[serde(rename = "refund")]
        Refund,
        #[serde(rename = "reset")]
        Reset,
        #[serde(rename = "correct")]
        Correct,
    }

    /// What the check of `usage_metrics.usage_window` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum UsageMetricsUsageWindow {
        #[serde(rename = "day")]
        Day,
        #[serde(rename = "month")]
        Month,
        #[serde(rename = "forever")]
        Forever,
    }

    /// A row of the table `lemon_squeezy_variants`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct LemonSqueezyVariantsRow {
        pub variant_id: String,
        pub plan: LemonSqueezyVariantsPlan,
    }

    /// A new row of `lemon_squeezy_variants`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct LemonSqueezyVariantsInsert {
        pub variant_id: String,
        pub plan: LemonSqueezyVariantsPlan,
    }

    impl LemonSqueezyVariantsInsert {
        /// With what is required.
        pub fn new(variant_id: String, plan: LemonSqueezyVariantsPlan) -> Self {
            Self {
                variant_id,
                plan,
            }
        }
    }

    /// What changes in a row of `lemon_squeezy_variants`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct LemonSqueezyVariantsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub variant_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub plan: Option<LemonSqueezyVariantsPlan>,
    }

    /// `lemon_squeezy_variants`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct LemonSqueezyVariants;

    impl ferrobase_client::Relation for LemonSqueezyVariants {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "lemon_squeezy_variants";
        type Row = LemonSqueezyVariantsRow;
    }

    impl ferrobase_client::Table for LemonSqueezyVariants {
        type Insert = LemonSqueezyVariantsInsert;
        type Update = LemonSqueezyVariantsUpdate;
    }

    /// A row of the table `plan_limits`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct PlanLimitsRow {
        pub metric: String,
        pub plan: PlanLimitsPlan,
        pub max_count: Option<i64>,
    }

    /// A new row of `plan_limits`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct PlanLimitsInsert {
        pub metric: String,
        pub plan: PlanLimitsPlan,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub max_count: Option<i64>,
    }

    impl PlanLimitsInsert {
        /// With what is required.
        pub fn new(metric: String, plan: PlanLimitsPlan) -> Self {
            Self {
                metric,
                plan,
                max_count: None,
            }
        }
    }

    /// What changes in a row of `plan_limits`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct PlanLimitsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metric: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub plan: Option<PlanLimitsPlan>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub max_count: Option<Option<i64>>,
    }

    /// `plan_limits`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct PlanLimits;

    impl ferrobase_client::Relation for PlanLimits {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "plan_limits";
        type Row = PlanLimitsRow;
    }

    impl ferrobase_client::Table for PlanLimits {
        type Insert = PlanLimitsInsert;
        type Update = PlanLimitsUpdate;
    }

    /// A row of the table `storage_purges`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct StoragePurgesRow {
        pub bucket_id: String,
        pub folder: String,
        pub queued_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `storage_purges`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct StoragePurgesInsert {
        pub bucket_id: String,
        pub folder: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub queued_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl StoragePurgesInsert {
        /// With what is required.
        pub fn new(bucket_id: String, folder: String) -> Self {
            Self {
                bucket_id,
                folder,
                queued_at: None,
            }
        }
    }

    /// What changes in a row of `storage_purges`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct StoragePurgesUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub bucket_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub folder: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub queued_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `storage_purges`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct StoragePurges;

    impl ferrobase_client::Relation for StoragePurges {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "storage_purges";
        type Row = StoragePurgesRow;
    }

    impl ferrobase_client::Table for StoragePurges {
        type Insert = StoragePurgesInsert;
        type Update = StoragePurgesUpdate;
    }

    /// A row of the table `subscriptions`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct SubscriptionsRow {
        pub id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub status: SubscriptionsStatus,
        pub plan: PlanLimitsPlan,
        pub lemon_squeezy_id: Option<String>,
        pub current_period_start: Option<chrono::DateTime<chrono::Utc>>,
        pub current_period_end: Option<chrono::DateTime<chrono::Utc>>,
        pub trial_ends_at: Option<chrono::DateTime<chrono::Utc>>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `subscriptions`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct SubscriptionsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub user_id: uuid::Uuid,
        pub status: SubscriptionsStatus,
        pub plan: PlanLimitsPlan,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub lemon_squeezy_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_period_start: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_period_end: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub trial_ends_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl SubscriptionsInsert {
        /// With what is required.
        pub fn new(user_id: uuid::Uuid, status: SubscriptionsStatus, plan: PlanLimitsPlan) -> Self {
            Self {
                id: None,
                user_id,
                status,
                plan,
                lemon_squeezy_id: None,
                current_period_start: None,
                current_period_end: None,
                trial_ends_at: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `subscriptions`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct SubscriptionsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<SubscriptionsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub plan: Option<PlanLimitsPlan>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub lemon_squeezy_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_period_start: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_period_end: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub trial_ends_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `subscriptions`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Subscriptions;

    impl ferrobase_client::Relation for Subscriptions {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "subscriptions";
        type Row = SubscriptionsRow;
    }

    impl ferrobase_client::Table for Subscriptions {
        type Insert = SubscriptionsInsert;
        type Update = SubscriptionsUpdate;
    }

    /// A row of the table `usage_counters`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct UsageCountersRow {
        pub id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub metric: String,
        pub count: i64,
        pub window_start: chrono::DateTime<chrono::Utc>,
        pub window_end: chrono::DateTime<chrono::Utc>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `usage_counters`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct UsageCountersInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub user_id: uuid::Uuid,
        pub metric: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub count: Option<i64>,
        pub window_start: chrono::DateTime<chrono::Utc>,
        pub window_end: chrono::DateTime<chrono::Utc>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl UsageCountersInsert {
        /// With what is required.
        pub fn new(user_id: uuid::Uuid, metric: String, window_start: chrono::DateTime<chrono::Utc>, window_end: chrono::DateTime<chrono::Utc>) -> Self {
            Self {
                id: None,
                user_id,
                metric,
                count: None,
                window_start,
                window_end,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `usage_counters`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct UsageCountersUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metric: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub count: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub window_start: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub window_end: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `usage_counters`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct UsageCounters;

    impl ferrobase_client::Relation for UsageCounters {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "usage_counters";
        type Row = UsageCountersRow;
    }

    impl ferrobase_client::Table for UsageCounters {
        type Insert = UsageCountersInsert;
        type Update = UsageCountersUpdate;
    }

    /// A row of the table `usage_ledger`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct UsageLedgerRow {
        pub id: i64,
        pub user_id: uuid::Uuid,
        pub metric: String,
        pub window_start: chrono::DateTime<chrono::Utc>,
        pub kind: UsageLedgerKind,
        pub amount: i64,
        pub delta: i64,
        pub refunds: Option<i64>,
        pub idempotency_key: Option<String>,
        pub created_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `usage_ledger`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct UsageLedgerInsert {
        pub user_id: uuid::Uuid,
        pub metric: String,
        pub window_start: chrono::DateTime<chrono::Utc>,
        pub kind: UsageLedgerKind,
        pub amount: i64,
        pub delta: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub refunds: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub idempotency_key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl UsageLedgerInsert {
        /// With what is required.
        pub fn new(user_id: uuid::Uuid, metric: String, window_start: chrono::DateTime<chrono::Utc>, kind: UsageLedgerKind, amount: i64, delta: i64) -> Self {
            Self {
                user_id,
                metric,
                window_start,
                kind,
                amount,
                delta,
                refunds: None,
                idempotency_key: None,
                created_at: None,
            }
        }
    }

    /// What changes in a row of `usage_ledger`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct UsageLedgerUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metric: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub window_start: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kind: Option<UsageLedgerKind>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub amount: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub delta: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub refunds: Option<Option<i64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub idempotency_key: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `usage_ledger`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct UsageLedger;

    impl ferrobase_client::Relation for UsageLedger {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "usage_ledger";
        type Row = UsageLedgerRow;
    }

    impl ferrobase_client::Table for UsageLedger {
        type Insert = UsageLedgerInsert;
        type Update = UsageLedgerUpdate;
    }

    /// A row of the table `usage_metrics`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct UsageMetricsRow {
        pub metric: String,
        pub usage_window: UsageMetricsUsageWindow,
        pub description: String,
    }

    /// A new row of `usage_metrics`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct UsageMetricsInsert {
        pub metric: String,
        pub usage_window: UsageMetricsUsageWindow,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
    }

    impl UsageMetricsInsert {
        /// With what is required.
        pub fn new(metric: String, usage_window: UsageMetricsUsageWindow) -> Self {
            Self {
                metric,
                usage_window,
                description: None,
            }
        }
    }

    /// What changes in a row of `usage_metrics`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct UsageMetricsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metric: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub usage_window: Option<UsageMetricsUsageWindow>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
    }

    /// `usage_metrics`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct UsageMetrics;

    impl ferrobase_client::Relation for UsageMetrics {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "usage_metrics";
        type Row = UsageMetricsRow;
    }

    impl ferrobase_client::Table for UsageMetrics {
        type Insert = UsageMetricsInsert;
        type Update = UsageMetricsUpdate;
    }

    /// A row of the table `users`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct UsersRow {
        pub id: uuid::Uuid,
        pub email: String,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `users`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct UsersInsert {
        pub id: uuid::Uuid,
        pub email: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl UsersInsert {
        /// With what is required.
        pub fn new(id: uuid::Uuid, email: String) -> Self {
            Self {
                id,
                email,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `users`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct UsersUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub email: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `users`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Users;

    impl ferrobase_client::Relation for Users {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "users";
        type Row = UsersRow;
    }

    impl ferrobase_client::Table for Users {
        type Insert = UsersInsert;
        type Update = UsersUpdate;
    }

    /// A row of the view `current_usage`.
    ///
    /// Usage and limits of the windows that are running now
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct CurrentUsageRow {
        pub user_id: uuid::Uuid,
        pub metric: String,
        pub used: Option<i64>,
        pub max_count: Option<i64>,
        pub remaining: Option<i64>,
        pub window_start: Option<chrono::DateTime<chrono::Utc>>,
        pub resets_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `current_usage`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct CurrentUsage;

    impl ferrobase_client::Relation for CurrentUsage {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "current_usage";
        type Row = CurrentUsageRow;
    }

    /// What `apply_lemon_squeezy_event` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ApplyLemonSqueezyEventArgs {
        pub event: serde_json::Value,
    }

    /// What `apply_lemon_squeezy_event` answers.
    pub type ApplyLemonSqueezyEventReturns = Option<String>;

    /// The function `apply_lemon_squeezy_event`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ApplyLemonSqueezyEvent;

    impl ferrobase_client::Function for ApplyLemonSqueezyEvent {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "apply_lemon_squeezy_event";
        type Args = ApplyLemonSqueezyEventArgs;
        type Returns = ApplyLemonSqueezyEventReturns;
    }

    /// What `correct_usage` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct CorrectUsageArgs {
        pub change: rust_decimal::Decimal,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub idempotency_key: Option<String>,
        pub metric: String,
        pub user_id: uuid::Uuid,
    }

    /// What `correct_usage` answers.
    pub type CorrectUsageReturns = Option<i64>;

    /// The function `correct_usage`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct CorrectUsage;

    impl ferrobase_client::Function for CorrectUsage {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "correct_usage";
        type Args = CorrectUsageArgs;
        type Returns = CorrectUsageReturns;
    }

    /// What `expire_subscriptions` is given.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct ExpireSubscriptionsArgs {}

    /// What `expire_subscriptions` answers.
    pub type ExpireSubscriptionsReturns = Option<i64>;

    /// The function `expire_subscriptions`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ExpireSubscriptions;

    impl ferrobase_client::Function for ExpireSubscriptions {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "expire_subscriptions";
        type Args = ExpireSubscriptionsArgs;
        type Returns = ExpireSubscriptionsReturns;
    }

    /// What `files_to_purge` is given.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct FilesToPurgeArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub max_files: Option<i32>,
    }

    /// A row of what `files_to_purge` answers.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct FilesToPurgeRow {
        pub bucket_id: Option<String>,
        pub name: Option<String>,
    }

    /// What `files_to_purge` answers.
    pub type FilesToPurgeReturns = Vec<FilesToPurgeRow>;

    /// The function `files_to_purge`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct FilesToPurge;

    impl ferrobase_client::Function for FilesToPurge {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "files_to_purge";
        type Args = FilesToPurgeArgs;
        type Returns = FilesToPurgeReturns;
    }

    /// What `finish_storage_purges` is given.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct FinishStoragePurgesArgs {}

    /// What `finish_storage_purges` answers.
    pub type FinishStoragePurgesReturns = Option<i64>;

    /// The function `finish_storage_purges`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct FinishStoragePurges;

    impl ferrobase_client::Function for FinishStoragePurges {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "finish_storage_purges";
        type Args = FinishStoragePurgesArgs;
        type Returns = FinishStoragePurgesReturns;
    }

    /// What `increment_usage` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct IncrementUsageArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub amount: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub idempotency_key: Option<String>,
        pub metric: String,
        pub user_id: uuid::Uuid,
    }

    /// A row of what `increment_usage` answers.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct IncrementUsageRow {
        pub entry: Option<i64>,
        pub used: Option<i64>,
        pub remaining: Option<i64>,
        pub resets_at: Option<chrono::DateTime<chrono::Utc>>,
        pub repeated: Option<bool>,
    }

    /// What `increment_usage` answers.
    pub type IncrementUsageReturns = IncrementUsageRow;

    /// The function `increment_usage`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct IncrementUsage;

    impl ferrobase_client::Function for IncrementUsage {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "increment_usage";
        type Args = IncrementUsageArgs;
        type Returns = IncrementUsageReturns;
    }

    /// What `refund_usage` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct RefundUsageArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub amount: Option<rust_decimal::Decimal>,
        pub entry: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub idempotency_key: Option<String>,
        pub user_id: uuid::Uuid,
    }

    /// A row of what `refund_usage` answers.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct RefundUsageRow {
        pub refund: Option<i64>,
        pub refunded: Option<i64>,
        pub used: Option<i64>,
        pub repeated: Option<bool>,
    }

    /// What `refund_usage` answers.
    pub type RefundUsageReturns = RefundUsageRow;

    /// The function `refund_usage`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct RefundUsage;

    impl ferrobase_client::Function for RefundUsage {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "refund_usage";
        type Args = RefundUsageArgs;
        type Returns = RefundUsageReturns;
    }

    /// What `reset_usage` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ResetUsageArgs {
        pub metric: String,
        pub user_id: uuid::Uuid,
    }

    /// What `reset_usage` answers.
    pub type ResetUsageReturns = Option<i64>;

    /// The function `reset_usage`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ResetUsage;

    impl ferrobase_client::Function for ResetUsage {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "reset_usage";
        type Args = ResetUsageArgs;
        type Returns = ResetUsageReturns;
    }

    /// What `seed_usage` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct SeedUsageArgs {
        pub test_user_id: uuid::Uuid,
    }

    /// What `seed_usage` answers.
    pub type SeedUsageReturns = ();

    /// The function `seed_usage`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct SeedUsage;

    impl ferrobase_client::Function for SeedUsage {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "seed_usage";
        type Args = SeedUsageArgs;
        type Returns = SeedUsageReturns;
    }

    /// What `subscription_status` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct SubscriptionStatusArgs {
        pub provider_state: String,
    }

    /// What `subscription_status` answers.
    pub type SubscriptionStatusReturns = Option<String>;

    /// The function `subscription_status`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct SubscriptionStatus;

    impl ferrobase_client::Function for SubscriptionStatus {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "subscription_status";
        type Args = SubscriptionStatusArgs;
        type Returns = SubscriptionStatusReturns;
    }

    /// What `usage_window` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct UsageWindowArgs {
        pub anchor: chrono::DateTime<chrono::Utc>,
        pub kind: String,
        pub moment: chrono::DateTime<chrono::Utc>,
    }

    /// A row of what `usage_window` answers.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct UsageWindowRow {
        pub window_start: Option<chrono::DateTime<chrono::Utc>>,
        pub window_end: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// What `usage_window` answers.
    pub type UsageWindowReturns = UsageWindowRow;

    /// The function `usage_window`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct UsageWindow;

    impl ferrobase_client::Function for UsageWindow {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "usage_window";
        type Args = UsageWindowArgs;
        type Returns = UsageWindowReturns;
    }
}

//! Types of the database. Made by `ferrobase gen types rust`; changes are lost.

#![allow(missing_docs, clippy::all, clippy::pedantic, dead_code, reason = "generated")]

/// The schema `public`.
pub mod public {
    /// What the check of `jobs.status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum JobsStatus {
        #[serde(rename = "queued")]
        Queued,
        #[serde(rename = "processing")]
        Processing,
        #[serde(rename = "completed")]
        Completed,
        #[serde(rename = "failed")]
        Failed,
        #[serde(rename = "partial")]
        Partial,
        #[serde(rename = "cancelled")]
        Cancelled,
    }

    /// What the check of `subscriptions.status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum SubscriptionsStatus {
        #[serde(rename = "active")]
        Active,
        #[serde(rename = "past_due")]
        PastDue,
        #[serde(rename = "canceled")]
        Canceled,
        #[serde(rename = "incomplete")]
        Incomplete,
        #[serde(rename = "incomplete_expired")]
        IncompleteExpired,
        #[serde(rename = "trialing")]
        Trialing,
        #[serde(rename = "unpaid")]
        Unpaid,
        #[serde(rename = "paused")]
        Paused,
    }

    /// What the check of `subscriptions.tier` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum SubscriptionsTier {
        #[serde(rename = "free")]
        Free,
        #[serde(rename = "pro")]
        Pro,
        #[serde(rename = "studio")]
        Studio,
        #[serde(rename = "enterprise")]
        Enterprise,
    }

    /// A row of the table `assets`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct AssetsRow {
        pub id: uuid::Uuid,
        pub job_id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub asset_type: String,
        pub url: String,
        pub storage_path: String,
        pub file_size: i64,
        pub metadata: Option<serde_json::Value>,
        pub created_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `assets`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct AssetsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub job_id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub asset_type: String,
        pub url: String,
        pub storage_path: String,
        pub file_size: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metadata: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl AssetsInsert {
        /// With what is required.
        pub fn new(job_id: uuid::Uuid, user_id: uuid::Uuid, asset_type: String, url: String, storage_path: String, file_size: i64) -> Self {
            Self {
                id: None,
                job_id,
                user_id,
                asset_type,
                url,
                storage_path,
                file_size,
                metadata: None,
                created_at: None,
            }
        }
    }

    /// What changes in a row of `assets`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct AssetsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub asset_type: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_path: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub file_size: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metadata: Option<Option<serde_json::Value>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `assets`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Assets;

    impl ferrobase_client::Relation for Assets {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "assets";
        type Row = AssetsRow;
    }

    impl ferrobase_client::Table for Assets {
        type Insert = AssetsInsert;
        type Update = AssetsUpdate;
    }

    /// A row of the table `jobs`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct JobsRow {
        pub id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub job_type: String,
        pub status: JobsStatus,
        pub progress: i32,
        pub error_message: Option<String>,
        pub parameters: Option<serde_json::Value>,
        pub result: Option<serde_json::Value>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub completed_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// A new row of `jobs`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct JobsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub user_id: uuid::Uuid,
        pub job_type: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<JobsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub progress: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error_message: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub parameters: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub result: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl JobsInsert {
        /// With what is required.
        pub fn new(user_id: uuid::Uuid, job_type: String) -> Self {
            Self {
                id: None,
                user_id,
                job_type,
                status: None,
                progress: None,
                error_message: None,
                parameters: None,
                result: None,
                created_at: None,
                updated_at: None,
                completed_at: None,
            }
        }
    }

    /// What changes in a row of `jobs`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct JobsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_type: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<JobsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub progress: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error_message: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub parameters: Option<Option<serde_json::Value>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub result: Option<Option<serde_json::Value>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
    }

    /// `jobs`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Jobs;

    impl ferrobase_client::Relation for Jobs {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "jobs";
        type Row = JobsRow;
    }

    impl ferrobase_client::Table for Jobs {
        type Insert = JobsInsert;
        type Update = JobsUpdate;
    }

    /// A row of the table `subscription_audit`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct SubscriptionAuditRow {
        pub id: uuid::Uuid,
        pub subscription_id: Option<uuid::Uuid>,
        pub user_id: Option<uuid::Uuid>,
        pub action: String,
        pub stripe_event_id: Option<String>,
        pub details: Option<serde_json::Value>,
        pub created_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `subscription_audit`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct SubscriptionAuditInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        pub action: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_event_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub details: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl SubscriptionAuditInsert {
        /// With what is required.
        pub fn new(action: String) -> Self {
            Self {
                id: None,
                subscription_id: None,
                user_id: None,
                action,
                stripe_event_id: None,
                details: None,
                created_at: None,
            }
        }
    }

    /// What changes in a row of `subscription_audit`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct SubscriptionAuditUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub action: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_event_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub details: Option<Option<serde_json::Value>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `subscription_audit`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct SubscriptionAudit;

    impl ferrobase_client::Relation for SubscriptionAudit {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "subscription_audit";
        type Row = SubscriptionAuditRow;
    }

    impl ferrobase_client::Table for SubscriptionAudit {
        type Insert = SubscriptionAuditInsert;
        type Update = SubscriptionAuditUpdate;
    }

    /// A row of the table `subscriptions`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct SubscriptionsRow {
        pub id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub stripe_subscription_id: String,
        pub stripe_customer_id: String,
        pub tier: SubscriptionsTier,
        pub status: SubscriptionsStatus,
        pub current_period_start: chrono::DateTime<chrono::Utc>,
        pub current_period_end: chrono::DateTime<chrono::Utc>,
        pub cancel_at_period_end: bool,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `subscriptions`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct SubscriptionsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub user_id: uuid::Uuid,
        pub stripe_subscription_id: String,
        pub stripe_customer_id: String,
        pub tier: SubscriptionsTier,
        pub status: SubscriptionsStatus,
        pub current_period_start: chrono::DateTime<chrono::Utc>,
        pub current_period_end: chrono::DateTime<chrono::Utc>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cancel_at_period_end: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl SubscriptionsInsert {
        /// With what is required.
        pub fn new(user_id: uuid::Uuid, stripe_subscription_id: String, stripe_customer_id: String, tier: SubscriptionsTier, status: SubscriptionsStatus, current_period_start: chrono::DateTime<chrono::Utc>, current_period_end: chrono::DateTime<chrono::Utc>) -> Self {
            Self {
                id: None,
                user_id,
                stripe_subscription_id,
                stripe_customer_id,
                tier,
                status,
                current_period_start,
                current_period_end,
                cancel_at_period_end: None,
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
        pub stripe_subscription_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_customer_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tier: Option<SubscriptionsTier>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<SubscriptionsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_period_start: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_period_end: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cancel_at_period_end: Option<bool>,
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

    /// A row of the table `tier_limits`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct TierLimitsRow {
        pub tier: SubscriptionsTier,
        pub monthly_jobs: Option<i32>,
    }

    /// A new row of `tier_limits`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct TierLimitsInsert {
        pub tier: SubscriptionsTier,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub monthly_jobs: Option<i32>,
    }

    impl TierLimitsInsert {
        /// With what is required.
        pub fn new(tier: SubscriptionsTier) -> Self {
            Self {
                tier,
                monthly_jobs: None,
            }
        }
    }

    /// What changes in a row of `tier_limits`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct TierLimitsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tier: Option<SubscriptionsTier>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub monthly_jobs: Option<Option<i32>>,
    }

    /// `tier_limits`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct TierLimits;

    impl ferrobase_client::Relation for TierLimits {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "tier_limits";
        type Row = TierLimitsRow;
    }

    impl ferrobase_client::Table for TierLimits {
        type Insert = TierLimitsInsert;
        type Update = TierLimitsUpdate;
    }

    /// A row of the table `users`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct UsersRow {
        pub id: uuid::Uuid,
        pub email: Option<String>,
        pub name: Option<String>,
        pub avatar_url: Option<String>,
        pub subscription_tier: SubscriptionsTier,
        pub subscription_status: Option<SubscriptionsStatus>,
        pub monthly_usage: i32,
        pub usage_reset_at: chrono::DateTime<chrono::Utc>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `users`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct UsersInsert {
        pub id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub email: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub avatar_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_tier: Option<SubscriptionsTier>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_status: Option<SubscriptionsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub monthly_usage: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub usage_reset_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl UsersInsert {
        /// With what is required.
        pub fn new(id: uuid::Uuid) -> Self {
            Self {
                id,
                email: None,
                name: None,
                avatar_url: None,
                subscription_tier: None,
                subscription_status: None,
                monthly_usage: None,
                usage_reset_at: None,
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
        pub email: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub avatar_url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_tier: Option<SubscriptionsTier>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_status: Option<Option<SubscriptionsStatus>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub monthly_usage: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub usage_reset_at: Option<chrono::DateTime<chrono::Utc>>,
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

    /// A row of the view `dev_user_summary`.
    ///
    /// Development view for quick user status overview
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct DevUserSummaryRow {
        pub id: uuid::Uuid,
        pub email: Option<String>,
        pub name: Option<String>,
        pub subscription_tier: String,
        pub monthly_usage: i32,
        pub completed_jobs: Option<i64>,
        pub processing_jobs: Option<i64>,
        pub queued_jobs: Option<i64>,
        pub total_assets: Option<i64>,
    }

    /// `dev_user_summary`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct DevUserSummary;

    impl ferrobase_client::Relation for DevUserSummary {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "dev_user_summary";
        type Row = DevUserSummaryRow;
    }

    /// What `apply_stripe_event` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ApplyStripeEventArgs {
        pub event: serde_json::Value,
    }

    /// What `apply_stripe_event` answers.
    pub type ApplyStripeEventReturns = Option<String>;

    /// The function `apply_stripe_event`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ApplyStripeEvent;

    impl ferrobase_client::Function for ApplyStripeEvent {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "apply_stripe_event";
        type Args = ApplyStripeEventArgs;
        type Returns = ApplyStripeEventReturns;
    }

    /// What `entitled_tier` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct EntitledTierArgs {
        pub subscription_status: String,
        pub subscription_tier: String,
    }

    /// What `entitled_tier` answers.
    pub type EntitledTierReturns = Option<String>;

    /// The function `entitled_tier`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct EntitledTier;

    impl ferrobase_client::Function for EntitledTier {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "entitled_tier";
        type Args = EntitledTierArgs;
        type Returns = EntitledTierReturns;
    }

    /// What `reset_monthly_usage` is given.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct ResetMonthlyUsageArgs {}

    /// What `reset_monthly_usage` answers.
    pub type ResetMonthlyUsageReturns = Option<i64>;

    /// The function `reset_monthly_usage`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ResetMonthlyUsage;

    impl ferrobase_client::Function for ResetMonthlyUsage {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "reset_monthly_usage";
        type Args = ResetMonthlyUsageArgs;
        type Returns = ResetMonthlyUsageReturns;
    }

    /// What `seed_test_data` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct SeedTestDataArgs {
        pub test_user_id: uuid::Uuid,
    }

    /// What `seed_test_data` answers.
    pub type SeedTestDataReturns = ();

    /// The function `seed_test_data`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct SeedTestData;

    impl ferrobase_client::Function for SeedTestData {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "seed_test_data";
        type Args = SeedTestDataArgs;
        type Returns = SeedTestDataReturns;
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

    /// What `usage_period_start` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct UsagePeriodStartArgs {
        pub anchor: chrono::DateTime<chrono::Utc>,
        pub moment: chrono::DateTime<chrono::Utc>,
    }

    /// What `usage_period_start` answers.
    pub type UsagePeriodStartReturns = Option<chrono::DateTime<chrono::Utc>>;

    /// The function `usage_period_start`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct UsagePeriodStart;

    impl ferrobase_client::Function for UsagePeriodStart {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "usage_period_start";
        type Args = UsagePeriodStartArgs;
        type Returns = UsagePeriodStartReturns;
    }
}

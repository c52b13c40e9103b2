//! Types of the database. Made by `ferrobase gen types rust`; changes are lost.

#![allow(missing_docs, clippy::all, clippy::pedantic, dead_code, reason = "generated")]

/// The schema `public`.
pub mod public {
    /// What the check of `assets.source` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum AssetsSource {
        #[serde(rename = "upload")]
        Upload,
        #[serde(rename = "stock")]
        Stock,
        #[serde(rename = "kai")]
        Kai,
    }

    /// What the check of `assets.status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum AssetsStatus {
        #[serde(rename = "processing")]
        Processing,
        #[serde(rename = "ready")]
        Ready,
        #[serde(rename = "failed")]
        Failed,
    }

    /// What the check of `assets.type` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum AssetsType {
        #[serde(rename = "image")]
        Image,
        #[serde(rename = "video")]
        Video,
        #[serde(rename = "audio")]
        Audio,
    }

    /// What the check of `integrations.provider` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum IntegrationsProvider {
        #[serde(rename = "kai")]
        Kai,
        #[serde(rename = "openai")]
        Openai,
        #[serde(rename = "pexels")]
        Pexels,
        #[serde(rename = "stripe")]
        Stripe,
    }

    /// What the check of `integrations.status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum IntegrationsStatus {
        #[serde(rename = "active")]
        Active,
        #[serde(rename = "expired")]
        Expired,
        #[serde(rename = "revoked")]
        Revoked,
    }

    /// What the check of `invoices.status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum InvoicesStatus {
        #[serde(rename = "draft")]
        Draft,
        #[serde(rename = "open")]
        Open,
        #[serde(rename = "paid")]
        Paid,
        #[serde(rename = "void")]
        Void,
    }

    /// What the check of `job_logs.level` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum JobLogsLevel {
        #[serde(rename = "debug")]
        Debug,
        #[serde(rename = "info")]
        Info,
        #[serde(rename = "warn")]
        Warn,
        #[serde(rename = "error")]
        Error,
    }

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
        #[serde(rename = "cancelled")]
        Cancelled,
    }

    /// What the check of `kai_generations.type` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum KaiGenerationsType {
        #[serde(rename = "image")]
        Image,
        #[serde(rename = "video")]
        Video,
        #[serde(rename = "edit")]
        Edit,
        #[serde(rename = "voice")]
        Voice,
        #[serde(rename = "music")]
        Music,
    }

    /// What the check of `org_members.role` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum OrgMembersRole {
        #[serde(rename = "owner")]
        Owner,
        #[serde(rename = "admin")]
        Admin,
        #[serde(rename = "editor")]
        Editor,
        #[serde(rename = "viewer")]
        Viewer,
    }

    /// What the check of `orgs.plan` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum OrgsPlan {
        #[serde(rename = "free")]
        Free,
        #[serde(rename = "starter")]
        Starter,
        #[serde(rename = "pro")]
        Pro,
        #[serde(rename = "enterprise")]
        Enterprise,
    }

    /// What the check of `profiles.role` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum ProfilesRole {
        #[serde(rename = "user")]
        User,
        #[serde(rename = "admin")]
        Admin,
    }

    /// What the check of `profiles.status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum ProfilesStatus {
        #[serde(rename = "active")]
        Active,
        #[serde(rename = "suspended")]
        Suspended,
    }

    /// What the check of `templates.aspect` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum TemplatesAspect {
        #[serde(rename = "9:16")]
        N916,
        #[serde(rename = "16:9")]
        N169,
        #[serde(rename = "1:1")]
        N11,
    }

    /// What the check of `usage_records.resource_type` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum UsageRecordsResourceType {
        #[serde(rename = "llm_tokens")]
        LlmTokens,
        #[serde(rename = "kai_credits")]
        KaiCredits,
        #[serde(rename = "render_seconds")]
        RenderSeconds,
        #[serde(rename = "storage")]
        Storage,
    }

    /// What the check of `webhook_deliveries.status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum WebhookDeliveriesStatus {
        #[serde(rename = "pending")]
        Pending,
        #[serde(rename = "success")]
        Success,
        #[serde(rename = "failed")]
        Failed,
    }

    /// What the check of `workflows.status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum WorkflowsStatus {
        #[serde(rename = "draft")]
        Draft,
        #[serde(rename = "confirmed")]
        Confirmed,
        #[serde(rename = "production")]
        Production,
        #[serde(rename = "archived")]
        Archived,
    }

    /// A row of the table `api_keys`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct ApiKeysRow {
        pub id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub name: String,
        pub key_hash: String,
        pub key_prefix: Option<String>,
        pub scopes: serde_json::Value,
        pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
        pub revoked_at: Option<chrono::DateTime<chrono::Utc>>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `api_keys`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ApiKeysInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub user_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub name: String,
        pub key_hash: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub key_prefix: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub scopes: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub revoked_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ApiKeysInsert {
        /// With what is required.
        pub fn new(user_id: uuid::Uuid, org_id: uuid::Uuid, name: String, key_hash: String) -> Self {
            Self {
                id: None,
                user_id,
                org_id,
                name,
                key_hash,
                key_prefix: None,
                scopes: None,
                expires_at: None,
                revoked_at: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `api_keys`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct ApiKeysUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub key_hash: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub key_prefix: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub scopes: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub expires_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub revoked_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `api_keys`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ApiKeys;

    impl ferrobase_client::Relation for ApiKeys {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "api_keys";
        type Row = ApiKeysRow;
    }

    impl ferrobase_client::Table for ApiKeys {
        type Insert = ApiKeysInsert;
        type Update = ApiKeysUpdate;
    }

    /// A row of the table `asset_versions`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct AssetVersionsRow {
        pub id: uuid::Uuid,
        pub asset_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub version: i32,
        pub storage_path: String,
        pub metadata: serde_json::Value,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `asset_versions`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct AssetVersionsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub asset_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub version: i32,
        pub storage_path: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metadata: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl AssetVersionsInsert {
        /// With what is required.
        pub fn new(asset_id: uuid::Uuid, org_id: uuid::Uuid, version: i32, storage_path: String) -> Self {
            Self {
                id: None,
                asset_id,
                org_id,
                version,
                storage_path,
                metadata: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `asset_versions`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct AssetVersionsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub asset_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub version: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_path: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metadata: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `asset_versions`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct AssetVersions;

    impl ferrobase_client::Relation for AssetVersions {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "asset_versions";
        type Row = AssetVersionsRow;
    }

    impl ferrobase_client::Table for AssetVersions {
        type Insert = AssetVersionsInsert;
        type Update = AssetVersionsUpdate;
    }

    /// A row of the table `assets`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct AssetsRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub project_id: Option<uuid::Uuid>,
        pub r#type: AssetsType,
        pub source: AssetsSource,
        pub storage_path: Option<String>,
        pub url: Option<String>,
        pub thumbnail_url: Option<String>,
        pub duration_seconds: Option<rust_decimal::Decimal>,
        pub width: Option<i32>,
        pub height: Option<i32>,
        pub fps: Option<rust_decimal::Decimal>,
        pub metadata: serde_json::Value,
        pub status: AssetsStatus,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// A new row of `assets`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct AssetsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<uuid::Uuid>,
        pub r#type: AssetsType,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub source: Option<AssetsSource>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_path: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thumbnail_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub duration_seconds: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub width: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub height: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub fps: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metadata: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<AssetsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl AssetsInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, r#type: AssetsType) -> Self {
            Self {
                id: None,
                org_id,
                project_id: None,
                r#type,
                source: None,
                storage_path: None,
                url: None,
                thumbnail_url: None,
                duration_seconds: None,
                width: None,
                height: None,
                fps: None,
                metadata: None,
                status: None,
                created_at: None,
                updated_at: None,
                deleted_at: None,
            }
        }
    }

    /// What changes in a row of `assets`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct AssetsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub r#type: Option<AssetsType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub source: Option<AssetsSource>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_path: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thumbnail_url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub duration_seconds: Option<Option<rust_decimal::Decimal>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub width: Option<Option<i32>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub height: Option<Option<i32>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub fps: Option<Option<rust_decimal::Decimal>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metadata: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<AssetsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
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

    /// A row of the table `credit_packs`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct CreditPacksRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub pack_type: String,
        pub credits_purchased: i32,
        pub credits_remaining: i32,
        pub price_usd: Option<rust_decimal::Decimal>,
        pub stripe_payment_id: Option<String>,
        pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `credit_packs`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct CreditPacksInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        pub pack_type: String,
        pub credits_purchased: i32,
        pub credits_remaining: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub price_usd: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_payment_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl CreditPacksInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, pack_type: String, credits_purchased: i32, credits_remaining: i32) -> Self {
            Self {
                id: None,
                org_id,
                pack_type,
                credits_purchased,
                credits_remaining,
                price_usd: None,
                stripe_payment_id: None,
                expires_at: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `credit_packs`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct CreditPacksUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub pack_type: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub credits_purchased: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub credits_remaining: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub price_usd: Option<Option<rust_decimal::Decimal>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_payment_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub expires_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `credit_packs`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct CreditPacks;

    impl ferrobase_client::Relation for CreditPacks {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "credit_packs";
        type Row = CreditPacksRow;
    }

    impl ferrobase_client::Table for CreditPacks {
        type Insert = CreditPacksInsert;
        type Update = CreditPacksUpdate;
    }

    /// A row of the table `integrations`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct IntegrationsRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub provider: IntegrationsProvider,
        pub status: IntegrationsStatus,
        pub credentials: Option<serde_json::Value>,
        pub config: serde_json::Value,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `integrations`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct IntegrationsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        pub provider: IntegrationsProvider,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<IntegrationsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub credentials: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub config: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl IntegrationsInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, provider: IntegrationsProvider) -> Self {
            Self {
                id: None,
                org_id,
                provider,
                status: None,
                credentials: None,
                config: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `integrations`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct IntegrationsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub provider: Option<IntegrationsProvider>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<IntegrationsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub credentials: Option<Option<serde_json::Value>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub config: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `integrations`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Integrations;

    impl ferrobase_client::Relation for Integrations {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "integrations";
        type Row = IntegrationsRow;
    }

    impl ferrobase_client::Table for Integrations {
        type Insert = IntegrationsInsert;
        type Update = IntegrationsUpdate;
    }

    /// A row of the table `invoices`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct InvoicesRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub stripe_invoice_id: Option<String>,
        pub amount_usd: rust_decimal::Decimal,
        pub status: InvoicesStatus,
        pub period_start: Option<chrono::DateTime<chrono::Utc>>,
        pub period_end: Option<chrono::DateTime<chrono::Utc>>,
        pub line_items: serde_json::Value,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `invoices`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct InvoicesInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_invoice_id: Option<String>,
        pub amount_usd: rust_decimal::Decimal,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<InvoicesStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub period_start: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub period_end: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub line_items: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl InvoicesInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, amount_usd: rust_decimal::Decimal) -> Self {
            Self {
                id: None,
                org_id,
                stripe_invoice_id: None,
                amount_usd,
                status: None,
                period_start: None,
                period_end: None,
                line_items: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `invoices`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct InvoicesUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_invoice_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub amount_usd: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<InvoicesStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub period_start: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub period_end: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub line_items: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `invoices`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Invoices;

    impl ferrobase_client::Relation for Invoices {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "invoices";
        type Row = InvoicesRow;
    }

    impl ferrobase_client::Table for Invoices {
        type Insert = InvoicesInsert;
        type Update = InvoicesUpdate;
    }

    /// A row of the table `job_logs`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct JobLogsRow {
        pub id: uuid::Uuid,
        pub job_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub level: JobLogsLevel,
        pub stage: Option<String>,
        pub message: String,
        pub data: Option<serde_json::Value>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `job_logs`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct JobLogsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub job_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub level: Option<JobLogsLevel>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stage: Option<String>,
        pub message: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub data: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl JobLogsInsert {
        /// With what is required.
        pub fn new(job_id: uuid::Uuid, org_id: uuid::Uuid, message: String) -> Self {
            Self {
                id: None,
                job_id,
                org_id,
                level: None,
                stage: None,
                message,
                data: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `job_logs`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct JobLogsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub level: Option<JobLogsLevel>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stage: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub message: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub data: Option<Option<serde_json::Value>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `job_logs`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct JobLogs;

    impl ferrobase_client::Relation for JobLogs {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "job_logs";
        type Row = JobLogsRow;
    }

    impl ferrobase_client::Table for JobLogs {
        type Insert = JobLogsInsert;
        type Update = JobLogsUpdate;
    }

    /// A row of the table `jobs`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct JobsRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub project_id: Option<uuid::Uuid>,
        pub workflow_id: Option<uuid::Uuid>,
        pub template_id: Option<uuid::Uuid>,
        pub status: JobsStatus,
        pub progress: i32,
        pub config: serde_json::Value,
        pub result: Option<serde_json::Value>,
        pub error: Option<serde_json::Value>,
        pub cost_tokens: i32,
        pub cost_render_seconds: rust_decimal::Decimal,
        pub cost_kai_credits: rust_decimal::Decimal,
        pub cost_total_usd: rust_decimal::Decimal,
        pub queued_at: chrono::DateTime<chrono::Utc>,
        pub started_at: Option<chrono::DateTime<chrono::Utc>>,
        pub completed_at: Option<chrono::DateTime<chrono::Utc>>,
        pub retry_count: i32,
        pub parent_job_id: Option<uuid::Uuid>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `jobs`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct JobsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub workflow_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub template_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<JobsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub progress: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub config: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub result: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_tokens: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_render_seconds: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_kai_credits: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_total_usd: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub queued_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub started_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub retry_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub parent_job_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl JobsInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid) -> Self {
            Self {
                id: None,
                org_id,
                project_id: None,
                workflow_id: None,
                template_id: None,
                status: None,
                progress: None,
                config: None,
                result: None,
                error: None,
                cost_tokens: None,
                cost_render_seconds: None,
                cost_kai_credits: None,
                cost_total_usd: None,
                queued_at: None,
                started_at: None,
                completed_at: None,
                retry_count: None,
                parent_job_id: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `jobs`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct JobsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub workflow_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub template_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<JobsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub progress: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub config: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub result: Option<Option<serde_json::Value>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error: Option<Option<serde_json::Value>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_tokens: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_render_seconds: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_kai_credits: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_total_usd: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub queued_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub started_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub retry_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub parent_job_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
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

    /// A row of the table `kai_generations`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct KaiGenerationsRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub job_id: Option<uuid::Uuid>,
        pub r#type: KaiGenerationsType,
        pub model: Option<String>,
        pub prompt: Option<String>,
        pub params: serde_json::Value,
        pub status: JobsStatus,
        pub result_asset_ids: Vec<uuid::Uuid>,
        pub credits_used: rust_decimal::Decimal,
        pub cost_usd: rust_decimal::Decimal,
        pub external_task_id: Option<String>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `kai_generations`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct KaiGenerationsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<uuid::Uuid>,
        pub r#type: KaiGenerationsType,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub model: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub prompt: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub params: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<JobsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub result_asset_ids: Option<Vec<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub credits_used: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_usd: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub external_task_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl KaiGenerationsInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, r#type: KaiGenerationsType) -> Self {
            Self {
                id: None,
                org_id,
                job_id: None,
                r#type,
                model: None,
                prompt: None,
                params: None,
                status: None,
                result_asset_ids: None,
                credits_used: None,
                cost_usd: None,
                external_task_id: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `kai_generations`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct KaiGenerationsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub r#type: Option<KaiGenerationsType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub model: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub prompt: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub params: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<JobsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub result_asset_ids: Option<Vec<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub credits_used: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_usd: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub external_task_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `kai_generations`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct KaiGenerations;

    impl ferrobase_client::Relation for KaiGenerations {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "kai_generations";
        type Row = KaiGenerationsRow;
    }

    impl ferrobase_client::Table for KaiGenerations {
        type Insert = KaiGenerationsInsert;
        type Update = KaiGenerationsUpdate;
    }

    /// A row of the table `org_members`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct OrgMembersRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub role: OrgMembersRole,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `org_members`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct OrgMembersInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub role: Option<OrgMembersRole>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl OrgMembersInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, user_id: uuid::Uuid) -> Self {
            Self {
                id: None,
                org_id,
                user_id,
                role: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `org_members`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct OrgMembersUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub role: Option<OrgMembersRole>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `org_members`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct OrgMembers;

    impl ferrobase_client::Relation for OrgMembers {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "org_members";
        type Row = OrgMembersRow;
    }

    impl ferrobase_client::Table for OrgMembers {
        type Insert = OrgMembersInsert;
        type Update = OrgMembersUpdate;
    }

    /// A row of the table `orgs`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct OrgsRow {
        pub id: uuid::Uuid,
        pub name: String,
        pub slug: String,
        pub owner_id: Option<uuid::Uuid>,
        pub plan: OrgsPlan,
        pub billing_email: Option<String>,
        pub stripe_customer_id: Option<String>,
        pub settings: serde_json::Value,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// A new row of `orgs`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct OrgsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub name: String,
        pub slug: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub owner_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub plan: Option<OrgsPlan>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub billing_email: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_customer_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub settings: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl OrgsInsert {
        /// With what is required.
        pub fn new(name: String, slug: String) -> Self {
            Self {
                id: None,
                name,
                slug,
                owner_id: None,
                plan: None,
                billing_email: None,
                stripe_customer_id: None,
                settings: None,
                created_at: None,
                updated_at: None,
                deleted_at: None,
            }
        }
    }

    /// What changes in a row of `orgs`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct OrgsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub slug: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub owner_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub plan: Option<OrgsPlan>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub billing_email: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_customer_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub settings: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
    }

    /// `orgs`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Orgs;

    impl ferrobase_client::Relation for Orgs {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "orgs";
        type Row = OrgsRow;
    }

    impl ferrobase_client::Table for Orgs {
        type Insert = OrgsInsert;
        type Update = OrgsUpdate;
    }

    /// A row of the table `profiles`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct ProfilesRow {
        pub id: uuid::Uuid,
        pub name: Option<String>,
        pub avatar_url: Option<String>,
        pub role: ProfilesRole,
        pub status: ProfilesStatus,
        pub metadata: serde_json::Value,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `profiles`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ProfilesInsert {
        pub id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub avatar_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub role: Option<ProfilesRole>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<ProfilesStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metadata: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ProfilesInsert {
        /// With what is required.
        pub fn new(id: uuid::Uuid) -> Self {
            Self {
                id,
                name: None,
                avatar_url: None,
                role: None,
                status: None,
                metadata: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `profiles`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct ProfilesUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub avatar_url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub role: Option<ProfilesRole>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<ProfilesStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metadata: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `profiles`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Profiles;

    impl ferrobase_client::Relation for Profiles {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "profiles";
        type Row = ProfilesRow;
    }

    impl ferrobase_client::Table for Profiles {
        type Insert = ProfilesInsert;
        type Update = ProfilesUpdate;
    }

    /// A row of the table `projects`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct ProjectsRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub name: String,
        pub description: Option<String>,
        pub settings: serde_json::Value,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// A new row of `projects`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ProjectsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        pub name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub settings: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ProjectsInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, name: String) -> Self {
            Self {
                id: None,
                org_id,
                name,
                description: None,
                settings: None,
                created_at: None,
                updated_at: None,
                deleted_at: None,
            }
        }
    }

    /// What changes in a row of `projects`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct ProjectsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub settings: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
    }

    /// `projects`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Projects;

    impl ferrobase_client::Relation for Projects {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "projects";
        type Row = ProjectsRow;
    }

    impl ferrobase_client::Table for Projects {
        type Insert = ProjectsInsert;
        type Update = ProjectsUpdate;
    }

    /// A row of the table `quota_limits`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct QuotaLimitsRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub tokens_limit: Option<i64>,
        pub render_seconds_limit: Option<i64>,
        pub kai_credits_limit: Option<i64>,
        pub storage_bytes_limit: Option<i64>,
        pub tokens_used: i64,
        pub render_seconds_used: i64,
        pub kai_credits_used: i64,
        pub storage_bytes_used: i64,
        pub allow_overage: bool,
        pub overage_cap_usd: Option<rust_decimal::Decimal>,
        pub overage_usd_used: rust_decimal::Decimal,
        pub reset_at: chrono::DateTime<chrono::Utc>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `quota_limits`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct QuotaLimitsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tokens_limit: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub render_seconds_limit: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kai_credits_limit: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_bytes_limit: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tokens_used: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub render_seconds_used: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kai_credits_used: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_bytes_used: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub allow_overage: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub overage_cap_usd: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub overage_usd_used: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub reset_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl QuotaLimitsInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid) -> Self {
            Self {
                id: None,
                org_id,
                tokens_limit: None,
                render_seconds_limit: None,
                kai_credits_limit: None,
                storage_bytes_limit: None,
                tokens_used: None,
                render_seconds_used: None,
                kai_credits_used: None,
                storage_bytes_used: None,
                allow_overage: None,
                overage_cap_usd: None,
                overage_usd_used: None,
                reset_at: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `quota_limits`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct QuotaLimitsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tokens_limit: Option<Option<i64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub render_seconds_limit: Option<Option<i64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kai_credits_limit: Option<Option<i64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_bytes_limit: Option<Option<i64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tokens_used: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub render_seconds_used: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kai_credits_used: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_bytes_used: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub allow_overage: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub overage_cap_usd: Option<Option<rust_decimal::Decimal>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub overage_usd_used: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub reset_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `quota_limits`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct QuotaLimits;

    impl ferrobase_client::Relation for QuotaLimits {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "quota_limits";
        type Row = QuotaLimitsRow;
    }

    impl ferrobase_client::Table for QuotaLimits {
        type Insert = QuotaLimitsInsert;
        type Update = QuotaLimitsUpdate;
    }

    /// A row of the table `renders`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct RendersRow {
        pub id: uuid::Uuid,
        pub job_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub video_url: Option<String>,
        pub video_storage_path: Option<String>,
        pub thumbnail_url: Option<String>,
        pub srt_url: Option<String>,
        pub duration_seconds: Option<rust_decimal::Decimal>,
        pub resolution: Option<String>,
        pub file_size_bytes: Option<i64>,
        pub codec: Option<String>,
        pub bitrate_kbps: Option<i32>,
        pub fps: Option<rust_decimal::Decimal>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `renders`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct RendersInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub job_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub video_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub video_storage_path: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thumbnail_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub srt_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub duration_seconds: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub resolution: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub file_size_bytes: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub codec: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub bitrate_kbps: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub fps: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl RendersInsert {
        /// With what is required.
        pub fn new(job_id: uuid::Uuid, org_id: uuid::Uuid) -> Self {
            Self {
                id: None,
                job_id,
                org_id,
                video_url: None,
                video_storage_path: None,
                thumbnail_url: None,
                srt_url: None,
                duration_seconds: None,
                resolution: None,
                file_size_bytes: None,
                codec: None,
                bitrate_kbps: None,
                fps: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `renders`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct RendersUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub video_url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub video_storage_path: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thumbnail_url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub srt_url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub duration_seconds: Option<Option<rust_decimal::Decimal>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub resolution: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub file_size_bytes: Option<Option<i64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub codec: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub bitrate_kbps: Option<Option<i32>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub fps: Option<Option<rust_decimal::Decimal>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `renders`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Renders;

    impl ferrobase_client::Relation for Renders {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "renders";
        type Row = RendersRow;
    }

    impl ferrobase_client::Table for Renders {
        type Insert = RendersInsert;
        type Update = RendersUpdate;
    }

    /// A row of the table `schedules`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct SchedulesRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub workflow_id: uuid::Uuid,
        pub cron: String,
        pub timezone: String,
        pub enabled: bool,
        pub last_run_at: Option<chrono::DateTime<chrono::Utc>>,
        pub next_run_at: Option<chrono::DateTime<chrono::Utc>>,
        pub run_count: i32,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `schedules`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct SchedulesInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        pub workflow_id: uuid::Uuid,
        pub cron: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub timezone: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub enabled: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub last_run_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub next_run_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub run_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl SchedulesInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, workflow_id: uuid::Uuid, cron: String) -> Self {
            Self {
                id: None,
                org_id,
                workflow_id,
                cron,
                timezone: None,
                enabled: None,
                last_run_at: None,
                next_run_at: None,
                run_count: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `schedules`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct SchedulesUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub workflow_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cron: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub timezone: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub enabled: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub last_run_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub next_run_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub run_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `schedules`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Schedules;

    impl ferrobase_client::Relation for Schedules {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "schedules";
        type Row = SchedulesRow;
    }

    impl ferrobase_client::Table for Schedules {
        type Insert = SchedulesInsert;
        type Update = SchedulesUpdate;
    }

    /// A row of the table `templates`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct TemplatesRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub project_id: Option<uuid::Uuid>,
        pub name: String,
        pub description: Option<String>,
        pub aspect: TemplatesAspect,
        pub resolution: Option<String>,
        pub spec: serde_json::Value,
        pub is_public: bool,
        pub thumbnail_url: Option<String>,
        pub usage_count: i32,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// A new row of `templates`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct TemplatesInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<uuid::Uuid>,
        pub name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub aspect: Option<TemplatesAspect>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub resolution: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub spec: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub is_public: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thumbnail_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub usage_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl TemplatesInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, name: String) -> Self {
            Self {
                id: None,
                org_id,
                project_id: None,
                name,
                description: None,
                aspect: None,
                resolution: None,
                spec: None,
                is_public: None,
                thumbnail_url: None,
                usage_count: None,
                created_at: None,
                updated_at: None,
                deleted_at: None,
            }
        }
    }

    /// What changes in a row of `templates`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct TemplatesUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub aspect: Option<TemplatesAspect>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub resolution: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub spec: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub is_public: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thumbnail_url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub usage_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
    }

    /// `templates`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Templates;

    impl ferrobase_client::Relation for Templates {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "templates";
        type Row = TemplatesRow;
    }

    impl ferrobase_client::Table for Templates {
        type Insert = TemplatesInsert;
        type Update = TemplatesUpdate;
    }

    /// A row of the table `usage_records`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct UsageRecordsRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub user_id: Option<uuid::Uuid>,
        pub job_id: Option<uuid::Uuid>,
        pub resource_type: UsageRecordsResourceType,
        pub llm_tokens_prompt: Option<i32>,
        pub llm_tokens_output: Option<i32>,
        pub llm_model: Option<String>,
        pub kai_credits: Option<rust_decimal::Decimal>,
        pub kai_model: Option<String>,
        pub render_seconds: Option<rust_decimal::Decimal>,
        pub render_profile: Option<String>,
        pub storage_bytes: Option<i64>,
        pub cost_usd: Option<rust_decimal::Decimal>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `usage_records`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct UsageRecordsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<uuid::Uuid>,
        pub resource_type: UsageRecordsResourceType,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub llm_tokens_prompt: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub llm_tokens_output: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub llm_model: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kai_credits: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kai_model: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub render_seconds: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub render_profile: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_bytes: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_usd: Option<rust_decimal::Decimal>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl UsageRecordsInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, resource_type: UsageRecordsResourceType) -> Self {
            Self {
                id: None,
                org_id,
                user_id: None,
                job_id: None,
                resource_type,
                llm_tokens_prompt: None,
                llm_tokens_output: None,
                llm_model: None,
                kai_credits: None,
                kai_model: None,
                render_seconds: None,
                render_profile: None,
                storage_bytes: None,
                cost_usd: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `usage_records`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct UsageRecordsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub resource_type: Option<UsageRecordsResourceType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub llm_tokens_prompt: Option<Option<i32>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub llm_tokens_output: Option<Option<i32>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub llm_model: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kai_credits: Option<Option<rust_decimal::Decimal>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kai_model: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub render_seconds: Option<Option<rust_decimal::Decimal>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub render_profile: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_bytes: Option<Option<i64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cost_usd: Option<Option<rust_decimal::Decimal>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `usage_records`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct UsageRecords;

    impl ferrobase_client::Relation for UsageRecords {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "usage_records";
        type Row = UsageRecordsRow;
    }

    impl ferrobase_client::Table for UsageRecords {
        type Insert = UsageRecordsInsert;
        type Update = UsageRecordsUpdate;
    }

    /// A row of the table `webhook_deliveries`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct WebhookDeliveriesRow {
        pub id: uuid::Uuid,
        pub webhook_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub event: String,
        pub payload: serde_json::Value,
        pub status: WebhookDeliveriesStatus,
        pub http_status: Option<i32>,
        pub response_body: Option<String>,
        pub attempts: i32,
        pub next_retry_at: Option<chrono::DateTime<chrono::Utc>>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `webhook_deliveries`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct WebhookDeliveriesInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub webhook_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub event: String,
        pub payload: serde_json::Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<WebhookDeliveriesStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub http_status: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub response_body: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub attempts: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub next_retry_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl WebhookDeliveriesInsert {
        /// With what is required.
        pub fn new(webhook_id: uuid::Uuid, org_id: uuid::Uuid, event: String, payload: serde_json::Value) -> Self {
            Self {
                id: None,
                webhook_id,
                org_id,
                event,
                payload,
                status: None,
                http_status: None,
                response_body: None,
                attempts: None,
                next_retry_at: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `webhook_deliveries`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct WebhookDeliveriesUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub webhook_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub event: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub payload: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<WebhookDeliveriesStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub http_status: Option<Option<i32>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub response_body: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub attempts: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub next_retry_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `webhook_deliveries`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct WebhookDeliveries;

    impl ferrobase_client::Relation for WebhookDeliveries {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "webhook_deliveries";
        type Row = WebhookDeliveriesRow;
    }

    impl ferrobase_client::Table for WebhookDeliveries {
        type Insert = WebhookDeliveriesInsert;
        type Update = WebhookDeliveriesUpdate;
    }

    /// A row of the table `webhooks`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct WebhooksRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub url: String,
        pub events: Vec<String>,
        pub secret: String,
        pub enabled: bool,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `webhooks`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct WebhooksInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        pub url: String,
        pub events: Vec<String>,
        pub secret: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub enabled: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl WebhooksInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, url: String, events: Vec<String>, secret: String) -> Self {
            Self {
                id: None,
                org_id,
                url,
                events,
                secret,
                enabled: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `webhooks`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct WebhooksUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub events: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub secret: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub enabled: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `webhooks`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Webhooks;

    impl ferrobase_client::Relation for Webhooks {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "webhooks";
        type Row = WebhooksRow;
    }

    impl ferrobase_client::Table for Webhooks {
        type Insert = WebhooksInsert;
        type Update = WebhooksUpdate;
    }

    /// A row of the table `workflow_versions`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct WorkflowVersionsRow {
        pub id: uuid::Uuid,
        pub workflow_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub version: i32,
        pub graph: serde_json::Value,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `workflow_versions`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct WorkflowVersionsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub workflow_id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub version: i32,
        pub graph: serde_json::Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl WorkflowVersionsInsert {
        /// With what is required.
        pub fn new(workflow_id: uuid::Uuid, org_id: uuid::Uuid, version: i32, graph: serde_json::Value) -> Self {
            Self {
                id: None,
                workflow_id,
                org_id,
                version,
                graph,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `workflow_versions`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct WorkflowVersionsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub workflow_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub version: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub graph: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `workflow_versions`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct WorkflowVersions;

    impl ferrobase_client::Relation for WorkflowVersions {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "workflow_versions";
        type Row = WorkflowVersionsRow;
    }

    impl ferrobase_client::Table for WorkflowVersions {
        type Insert = WorkflowVersionsInsert;
        type Update = WorkflowVersionsUpdate;
    }

    /// A row of the table `workflows`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct WorkflowsRow {
        pub id: uuid::Uuid,
        pub org_id: uuid::Uuid,
        pub project_id: Option<uuid::Uuid>,
        pub name: String,
        pub status: WorkflowsStatus,
        pub graph: serde_json::Value,
        pub variables: serde_json::Value,
        pub run_count: i32,
        pub last_run_at: Option<chrono::DateTime<chrono::Utc>>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// A new row of `workflows`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct WorkflowsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<uuid::Uuid>,
        pub name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<WorkflowsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub graph: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub variables: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub run_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub last_run_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl WorkflowsInsert {
        /// With what is required.
        pub fn new(org_id: uuid::Uuid, name: String) -> Self {
            Self {
                id: None,
                org_id,
                project_id: None,
                name,
                status: None,
                graph: None,
                variables: None,
                run_count: None,
                last_run_at: None,
                created_at: None,
                updated_at: None,
                deleted_at: None,
            }
        }
    }

    /// What changes in a row of `workflows`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct WorkflowsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub org_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<WorkflowsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub graph: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub variables: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub run_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub last_run_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
    }

    /// `workflows`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Workflows;

    impl ferrobase_client::Relation for Workflows {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "workflows";
        type Row = WorkflowsRow;
    }

    impl ferrobase_client::Table for Workflows {
        type Insert = WorkflowsInsert;
        type Update = WorkflowsUpdate;
    }

    /// A row of the view `mv_daily_usage`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct MvDailyUsageRow {
        pub org_id: uuid::Uuid,
        pub day: Option<chrono::NaiveDate>,
        pub resource_type: String,
        pub records: Option<i64>,
        pub tokens: Option<rust_decimal::Decimal>,
        pub kai_credits: Option<rust_decimal::Decimal>,
        pub render_seconds: Option<rust_decimal::Decimal>,
        pub storage_bytes: Option<rust_decimal::Decimal>,
        pub cost_usd: Option<rust_decimal::Decimal>,
    }

    /// `mv_daily_usage`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct MvDailyUsage;

    impl ferrobase_client::Relation for MvDailyUsage {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "mv_daily_usage";
        type Row = MvDailyUsageRow;
    }

    /// What `add_credit_pack` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct AddCreditPackArgs {
        pub p_credits: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_expires_at: Option<chrono::DateTime<chrono::Utc>>,
        pub p_org_id: uuid::Uuid,
        pub p_pack_type: String,
        pub p_price_usd: rust_decimal::Decimal,
        pub p_stripe_payment_id: String,
    }

    /// What `add_credit_pack` answers.
    pub type AddCreditPackReturns = Option<uuid::Uuid>;

    /// The function `add_credit_pack`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct AddCreditPack;

    impl ferrobase_client::Function for AddCreditPack {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "add_credit_pack";
        type Args = AddCreditPackArgs;
        type Returns = AddCreditPackReturns;
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

    /// What `bin` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct BinArgs {
        pub p_id: uuid::Uuid,
        pub p_kind: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_restore: Option<bool>,
    }

    /// What `bin` answers.
    pub type BinReturns = Option<bool>;

    /// The function `bin`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Bin;

    impl ferrobase_client::Function for Bin {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "bin";
        type Args = BinArgs;
        type Returns = BinReturns;
    }

    /// What `cancel_job` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct CancelJobArgs {
        pub p_job_id: uuid::Uuid,
    }

    /// What `cancel_job` answers.
    pub type CancelJobReturns = Vec<JobsRow>;

    /// The function `cancel_job`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct CancelJob;

    impl ferrobase_client::Function for CancelJob {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "cancel_job";
        type Args = CancelJobArgs;
        type Returns = CancelJobReturns;
    }

    /// What `check_quota` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct CheckQuotaArgs {
        pub kai_credits: i32,
        pub org_id: uuid::Uuid,
        pub render_seconds: i32,
        pub tokens: i32,
    }

    /// What `check_quota` answers.
    pub type CheckQuotaReturns = Option<bool>;

    /// The function `check_quota`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct CheckQuota;

    impl ferrobase_client::Function for CheckQuota {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "check_quota";
        type Args = CheckQuotaArgs;
        type Returns = CheckQuotaReturns;
    }

    /// What `claim_jobs` is given.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct ClaimJobsArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub most: Option<i32>,
    }

    /// What `claim_jobs` answers.
    pub type ClaimJobsReturns = Vec<JobsRow>;

    /// The function `claim_jobs`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ClaimJobs;

    impl ferrobase_client::Function for ClaimJobs {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "claim_jobs";
        type Args = ClaimJobsArgs;
        type Returns = ClaimJobsReturns;
    }

    /// What `claim_webhook_deliveries` is given.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct ClaimWebhookDeliveriesArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub most: Option<i32>,
    }

    /// A row of what `claim_webhook_deliveries` answers.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct ClaimWebhookDeliveriesRow {
        pub attempts: Option<i32>,
        pub event: Option<String>,
        pub id: Option<uuid::Uuid>,
        pub payload: Option<serde_json::Value>,
        pub secret: Option<String>,
        pub url: Option<String>,
    }

    /// What `claim_webhook_deliveries` answers.
    pub type ClaimWebhookDeliveriesReturns = Vec<ClaimWebhookDeliveriesRow>;

    /// The function `claim_webhook_deliveries`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ClaimWebhookDeliveries;

    impl ferrobase_client::Function for ClaimWebhookDeliveries {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "claim_webhook_deliveries";
        type Args = ClaimWebhookDeliveriesArgs;
        type Returns = ClaimWebhookDeliveriesReturns;
    }

    /// What `consume_quota` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ConsumeQuotaArgs {
        pub kai_credits: i32,
        pub org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_idempotency_key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_job_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_user_id: Option<uuid::Uuid>,
        pub render_seconds: i32,
        pub tokens: i32,
    }

    /// What `consume_quota` answers.
    pub type ConsumeQuotaReturns = Option<bool>;

    /// The function `consume_quota`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ConsumeQuota;

    impl ferrobase_client::Function for ConsumeQuota {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "consume_quota";
        type Args = ConsumeQuotaArgs;
        type Returns = ConsumeQuotaReturns;
    }

    /// What `create_api_key` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct CreateApiKeyArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_expires_at: Option<chrono::DateTime<chrono::Utc>>,
        pub p_name: String,
        pub p_org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_scopes: Option<serde_json::Value>,
    }

    /// A row of what `create_api_key` answers.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct CreateApiKeyRow {
        pub id: Option<uuid::Uuid>,
        pub key: Option<String>,
        pub key_prefix: Option<String>,
    }

    /// What `create_api_key` answers.
    pub type CreateApiKeyReturns = Vec<CreateApiKeyRow>;

    /// The function `create_api_key`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct CreateApiKey;

    impl ferrobase_client::Function for CreateApiKey {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "create_api_key";
        type Args = CreateApiKeyArgs;
        type Returns = CreateApiKeyReturns;
    }

    /// What `create_webhook` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct CreateWebhookArgs {
        pub p_events: Vec<String>,
        pub p_org_id: uuid::Uuid,
        pub p_url: String,
    }

    /// A row of what `create_webhook` answers.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct CreateWebhookRow {
        pub id: Option<uuid::Uuid>,
        pub secret: Option<String>,
    }

    /// What `create_webhook` answers.
    pub type CreateWebhookReturns = Vec<CreateWebhookRow>;

    /// The function `create_webhook`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct CreateWebhook;

    impl ferrobase_client::Function for CreateWebhook {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "create_webhook";
        type Args = CreateWebhookArgs;
        type Returns = CreateWebhookReturns;
    }

    /// What `daily_usage` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct DailyUsageArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_from: Option<chrono::NaiveDate>,
        pub p_org_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_to: Option<chrono::NaiveDate>,
    }

    /// What `daily_usage` answers.
    pub type DailyUsageReturns = Vec<MvDailyUsageRow>;

    /// The function `daily_usage`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct DailyUsage;

    impl ferrobase_client::Function for DailyUsage {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "daily_usage";
        type Args = DailyUsageArgs;
        type Returns = DailyUsageReturns;
    }

    /// What `delete_org` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct DeleteOrgArgs {
        pub p_org_id: uuid::Uuid,
    }

    /// What `delete_org` answers.
    pub type DeleteOrgReturns = ();

    /// The function `delete_org`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct DeleteOrg;

    impl ferrobase_client::Function for DeleteOrg {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "delete_org";
        type Args = DeleteOrgArgs;
        type Returns = DeleteOrgReturns;
    }

    /// What `finish_webhook_delivery` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct FinishWebhookDeliveryArgs {
        pub p_delivery_id: uuid::Uuid,
        pub p_http_status: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_response_body: Option<String>,
    }

    /// What `finish_webhook_delivery` answers.
    pub type FinishWebhookDeliveryReturns = Option<String>;

    /// The function `finish_webhook_delivery`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct FinishWebhookDelivery;

    impl ferrobase_client::Function for FinishWebhookDelivery {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "finish_webhook_delivery";
        type Args = FinishWebhookDeliveryArgs;
        type Returns = FinishWebhookDeliveryReturns;
    }

    /// What `integration_credentials` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct IntegrationCredentialsArgs {
        pub p_integration_id: uuid::Uuid,
    }

    /// What `integration_credentials` answers.
    pub type IntegrationCredentialsReturns = serde_json::Value;

    /// The function `integration_credentials`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct IntegrationCredentials;

    impl ferrobase_client::Function for IntegrationCredentials {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "integration_credentials";
        type Args = IntegrationCredentialsArgs;
        type Returns = IntegrationCredentialsReturns;
    }

    /// What `parse_prefixed_id` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ParsePrefixedIdArgs {
        pub prefix: String,
        pub prefixed: String,
    }

    /// What `parse_prefixed_id` answers.
    pub type ParsePrefixedIdReturns = Option<uuid::Uuid>;

    /// The function `parse_prefixed_id`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ParsePrefixedId;

    impl ferrobase_client::Function for ParsePrefixedId {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "parse_prefixed_id";
        type Args = ParsePrefixedIdArgs;
        type Returns = ParsePrefixedIdReturns;
    }

    /// What `prefixed_id` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct PrefixedIdArgs {
        pub id: uuid::Uuid,
        pub prefix: String,
    }

    /// What `prefixed_id` answers.
    pub type PrefixedIdReturns = Option<String>;

    /// The function `prefixed_id`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct PrefixedId;

    impl ferrobase_client::Function for PrefixedId {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "prefixed_id";
        type Args = PrefixedIdArgs;
        type Returns = PrefixedIdReturns;
    }

    /// What `reset_quota` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ResetQuotaArgs {
        pub p_org_id: uuid::Uuid,
    }

    /// What `reset_quota` answers.
    pub type ResetQuotaReturns = ();

    /// The function `reset_quota`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ResetQuota;

    impl ferrobase_client::Function for ResetQuota {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "reset_quota";
        type Args = ResetQuotaArgs;
        type Returns = ResetQuotaReturns;
    }

    /// What `retry_job` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct RetryJobArgs {
        pub p_job_id: uuid::Uuid,
    }

    /// What `retry_job` answers.
    pub type RetryJobReturns = JobsRow;

    /// The function `retry_job`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct RetryJob;

    impl ferrobase_client::Function for RetryJob {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "retry_job";
        type Args = RetryJobArgs;
        type Returns = RetryJobReturns;
    }

    /// What `revoke_api_key` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct RevokeApiKeyArgs {
        pub p_key_id: uuid::Uuid,
    }

    /// What `revoke_api_key` answers.
    pub type RevokeApiKeyReturns = Option<bool>;

    /// The function `revoke_api_key`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct RevokeApiKey;

    impl ferrobase_client::Function for RevokeApiKey {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "revoke_api_key";
        type Args = RevokeApiKeyArgs;
        type Returns = RevokeApiKeyReturns;
    }

    /// What `set_integration` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct SetIntegrationArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_config: Option<serde_json::Value>,
        pub p_credentials: serde_json::Value,
        pub p_org_id: uuid::Uuid,
        pub p_provider: String,
    }

    /// What `set_integration` answers.
    pub type SetIntegrationReturns = Option<uuid::Uuid>;

    /// The function `set_integration`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct SetIntegration;

    impl ferrobase_client::Function for SetIntegration {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "set_integration";
        type Args = SetIntegrationArgs;
        type Returns = SetIntegrationReturns;
    }

    /// What `transfer_org` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct TransferOrgArgs {
        pub p_org_id: uuid::Uuid,
        pub p_user_id: uuid::Uuid,
    }

    /// What `transfer_org` answers.
    pub type TransferOrgReturns = ();

    /// The function `transfer_org`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct TransferOrg;

    impl ferrobase_client::Function for TransferOrg {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "transfer_org";
        type Args = TransferOrgArgs;
        type Returns = TransferOrgReturns;
    }

    /// What `verify_api_key` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct VerifyApiKeyArgs {
        pub p_key: String,
    }

    /// A row of what `verify_api_key` answers.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct VerifyApiKeyRow {
        pub key_id: Option<uuid::Uuid>,
        pub org_id: Option<uuid::Uuid>,
        pub role: Option<String>,
        pub scopes: Option<serde_json::Value>,
        pub user_id: Option<uuid::Uuid>,
    }

    /// What `verify_api_key` answers.
    pub type VerifyApiKeyReturns = Vec<VerifyApiKeyRow>;

    /// The function `verify_api_key`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct VerifyApiKey;

    impl ferrobase_client::Function for VerifyApiKey {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "verify_api_key";
        type Args = VerifyApiKeyArgs;
        type Returns = VerifyApiKeyReturns;
    }
}

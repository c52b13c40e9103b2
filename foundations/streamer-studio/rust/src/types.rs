//! Types of the database. Made by `ferrobase gen types rust`; changes are lost.

#![allow(missing_docs, clippy::all, clippy::pedantic, dead_code, reason = "generated")]

/// The schema `public`.
pub mod public {
    /// What the check of `assets.asset_type` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum AssetsAssetType {
        #[serde(rename = "thumbnail")]
        Thumbnail,
        #[serde(rename = "overlay")]
        Overlay,
        #[serde(rename = "banner")]
        Banner,
        #[serde(rename = "story_graphic")]
        StoryGraphic,
        #[serde(rename = "clip_cover")]
        ClipCover,
    }

    /// What the check of `assets.format` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum AssetsFormat {
        #[serde(rename = "png")]
        Png,
        #[serde(rename = "jpeg")]
        Jpeg,
        #[serde(rename = "webp")]
        Webp,
    }

    /// What the check of `brand_kits.tone` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum BrandKitsTone {
        #[serde(rename = "competitive")]
        Competitive,
        #[serde(rename = "casual")]
        Casual,
        #[serde(rename = "educational")]
        Educational,
        #[serde(rename = "comedic")]
        Comedic,
        #[serde(rename = "professional")]
        Professional,
    }

    /// What the check of `generation_jobs.job_type` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum GenerationJobsJobType {
        #[serde(rename = "single")]
        Single,
        #[serde(rename = "batch")]
        Batch,
        #[serde(rename = "variation")]
        Variation,
    }

    /// What the check of `generation_jobs.status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum GenerationJobsStatus {
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

    /// What the check of `platform_connections.platform` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum PlatformConnectionsPlatform {
        #[serde(rename = "twitch")]
        Twitch,
        #[serde(rename = "youtube")]
        Youtube,
        #[serde(rename = "tiktok")]
        Tiktok,
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
        #[serde(rename = "trialing")]
        Trialing,
        #[serde(rename = "incomplete")]
        Incomplete,
        #[serde(rename = "incomplete_expired")]
        IncompleteExpired,
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
    }

    /// What the check of `users.subscription_status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum UsersSubscriptionStatus {
        #[serde(rename = "active")]
        Active,
        #[serde(rename = "past_due")]
        PastDue,
        #[serde(rename = "canceled")]
        Canceled,
        #[serde(rename = "none")]
        None,
        #[serde(rename = "trialing")]
        Trialing,
        #[serde(rename = "incomplete")]
        Incomplete,
        #[serde(rename = "incomplete_expired")]
        IncompleteExpired,
        #[serde(rename = "unpaid")]
        Unpaid,
        #[serde(rename = "paused")]
        Paused,
    }

    /// A row of the table `assets`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct AssetsRow {
        pub id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub job_id: Option<uuid::Uuid>,
        pub brand_kit_id: Option<uuid::Uuid>,
        pub asset_type: AssetsAssetType,
        pub width: Option<i32>,
        pub height: Option<i32>,
        pub format: Option<AssetsFormat>,
        pub cdn_url: Option<String>,
        pub storage_key: Option<String>,
        pub shareable_url: Option<String>,
        pub is_public: bool,
        pub prompt_used: Option<String>,
        pub generation_params: serde_json::Value,
        pub viral_score: Option<i32>,
        pub viral_suggestions: Vec<String>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// A new row of `assets`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct AssetsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub user_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub brand_kit_id: Option<uuid::Uuid>,
        pub asset_type: AssetsAssetType,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub width: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub height: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub format: Option<AssetsFormat>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cdn_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub shareable_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub is_public: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub prompt_used: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub generation_params: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub viral_score: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub viral_suggestions: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl AssetsInsert {
        /// With what is required.
        pub fn new(user_id: uuid::Uuid, asset_type: AssetsAssetType) -> Self {
            Self {
                id: None,
                user_id,
                job_id: None,
                brand_kit_id: None,
                asset_type,
                width: None,
                height: None,
                format: None,
                cdn_url: None,
                storage_key: None,
                shareable_url: None,
                is_public: None,
                prompt_used: None,
                generation_params: None,
                viral_score: None,
                viral_suggestions: None,
                created_at: None,
                updated_at: None,
                expires_at: None,
            }
        }
    }

    /// What changes in a row of `assets`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct AssetsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub brand_kit_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub asset_type: Option<AssetsAssetType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub width: Option<Option<i32>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub height: Option<Option<i32>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub format: Option<Option<AssetsFormat>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cdn_url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_key: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub shareable_url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub is_public: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub prompt_used: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub generation_params: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub viral_score: Option<Option<i32>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub viral_suggestions: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub expires_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
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

    /// A row of the table `brand_kits`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct BrandKitsRow {
        pub id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub name: String,
        pub is_active: bool,
        pub primary_colors: Vec<String>,
        pub accent_colors: Vec<String>,
        pub fonts: serde_json::Value,
        pub logo_url: Option<String>,
        pub tone: Option<BrandKitsTone>,
        pub style_reference: Option<String>,
        pub extracted_from: Option<String>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `brand_kits`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct BrandKitsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub user_id: uuid::Uuid,
        pub name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub is_active: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub primary_colors: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub accent_colors: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub fonts: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub logo_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tone: Option<BrandKitsTone>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub style_reference: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub extracted_from: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl BrandKitsInsert {
        /// With what is required.
        pub fn new(user_id: uuid::Uuid, name: String) -> Self {
            Self {
                id: None,
                user_id,
                name,
                is_active: None,
                primary_colors: None,
                accent_colors: None,
                fonts: None,
                logo_url: None,
                tone: None,
                style_reference: None,
                extracted_from: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `brand_kits`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct BrandKitsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub is_active: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub primary_colors: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub accent_colors: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub fonts: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub logo_url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tone: Option<Option<BrandKitsTone>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub style_reference: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub extracted_from: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `brand_kits`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct BrandKits;

    impl ferrobase_client::Relation for BrandKits {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "brand_kits";
        type Row = BrandKitsRow;
    }

    impl ferrobase_client::Table for BrandKits {
        type Insert = BrandKitsInsert;
        type Update = BrandKitsUpdate;
    }

    /// A row of the table `generation_jobs`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct GenerationJobsRow {
        pub id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub parent_job_id: Option<uuid::Uuid>,
        pub status: GenerationJobsStatus,
        pub job_type: GenerationJobsJobType,
        pub asset_type: AssetsAssetType,
        pub custom_prompt: Option<String>,
        pub brand_kit_id: Option<uuid::Uuid>,
        pub platform_context: serde_json::Value,
        pub total_assets: i32,
        pub completed_assets: i32,
        pub failed_assets: i32,
        pub queued_at: chrono::DateTime<chrono::Utc>,
        pub started_at: Option<chrono::DateTime<chrono::Utc>>,
        pub completed_at: Option<chrono::DateTime<chrono::Utc>>,
        pub error_message: Option<String>,
        pub retry_count: i32,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `generation_jobs`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct GenerationJobsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub user_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub parent_job_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<GenerationJobsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_type: Option<GenerationJobsJobType>,
        pub asset_type: AssetsAssetType,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub custom_prompt: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub brand_kit_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub platform_context: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub total_assets: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_assets: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub failed_assets: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub queued_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub started_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error_message: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub retry_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl GenerationJobsInsert {
        /// With what is required.
        pub fn new(user_id: uuid::Uuid, asset_type: AssetsAssetType) -> Self {
            Self {
                id: None,
                user_id,
                parent_job_id: None,
                status: None,
                job_type: None,
                asset_type,
                custom_prompt: None,
                brand_kit_id: None,
                platform_context: None,
                total_assets: None,
                completed_assets: None,
                failed_assets: None,
                queued_at: None,
                started_at: None,
                completed_at: None,
                error_message: None,
                retry_count: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `generation_jobs`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct GenerationJobsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub parent_job_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<GenerationJobsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_type: Option<GenerationJobsJobType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub asset_type: Option<AssetsAssetType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub custom_prompt: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub brand_kit_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub platform_context: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub total_assets: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_assets: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub failed_assets: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub queued_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub started_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error_message: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub retry_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `generation_jobs`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct GenerationJobs;

    impl ferrobase_client::Relation for GenerationJobs {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "generation_jobs";
        type Row = GenerationJobsRow;
    }

    impl ferrobase_client::Table for GenerationJobs {
        type Insert = GenerationJobsInsert;
        type Update = GenerationJobsUpdate;
    }

    /// A row of the table `platform_connections`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct PlatformConnectionsRow {
        pub id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub platform: PlatformConnectionsPlatform,
        pub platform_user_id: String,
        pub platform_username: Option<String>,
        pub access_token_encrypted: Option<String>,
        pub refresh_token_encrypted: Option<String>,
        pub token_expires_at: Option<chrono::DateTime<chrono::Utc>>,
        pub cached_metadata: serde_json::Value,
        pub metadata_updated_at: Option<chrono::DateTime<chrono::Utc>>,
        pub is_active: bool,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `platform_connections`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct PlatformConnectionsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub user_id: uuid::Uuid,
        pub platform: PlatformConnectionsPlatform,
        pub platform_user_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub platform_username: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub access_token_encrypted: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub refresh_token_encrypted: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub token_expires_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cached_metadata: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metadata_updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub is_active: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl PlatformConnectionsInsert {
        /// With what is required.
        pub fn new(user_id: uuid::Uuid, platform: PlatformConnectionsPlatform, platform_user_id: String) -> Self {
            Self {
                id: None,
                user_id,
                platform,
                platform_user_id,
                platform_username: None,
                access_token_encrypted: None,
                refresh_token_encrypted: None,
                token_expires_at: None,
                cached_metadata: None,
                metadata_updated_at: None,
                is_active: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `platform_connections`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct PlatformConnectionsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub user_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub platform: Option<PlatformConnectionsPlatform>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub platform_user_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub platform_username: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub access_token_encrypted: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub refresh_token_encrypted: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub token_expires_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cached_metadata: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub metadata_updated_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub is_active: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `platform_connections`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct PlatformConnections;

    impl ferrobase_client::Relation for PlatformConnections {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "platform_connections";
        type Row = PlatformConnectionsRow;
    }

    impl ferrobase_client::Table for PlatformConnections {
        type Insert = PlatformConnectionsInsert;
        type Update = PlatformConnectionsUpdate;
    }

    /// A row of the table `subscriptions`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct SubscriptionsRow {
        pub id: uuid::Uuid,
        pub user_id: uuid::Uuid,
        pub tier: SubscriptionsTier,
        pub status: SubscriptionsStatus,
        pub stripe_subscription_id: Option<String>,
        pub stripe_price_id: Option<String>,
        pub current_period_start: Option<chrono::DateTime<chrono::Utc>>,
        pub current_period_end: Option<chrono::DateTime<chrono::Utc>>,
        pub cancel_at_period_end: bool,
        pub assets_limit: i32,
        pub assets_used: i32,
        pub platforms_limit: i32,
        pub usage_reset_at: chrono::DateTime<chrono::Utc>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `subscriptions`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct SubscriptionsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub user_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tier: Option<SubscriptionsTier>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<SubscriptionsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_subscription_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_price_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_period_start: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_period_end: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cancel_at_period_end: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub assets_limit: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub assets_used: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub platforms_limit: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub usage_reset_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl SubscriptionsInsert {
        /// With what is required.
        pub fn new(user_id: uuid::Uuid) -> Self {
            Self {
                id: None,
                user_id,
                tier: None,
                status: None,
                stripe_subscription_id: None,
                stripe_price_id: None,
                current_period_start: None,
                current_period_end: None,
                cancel_at_period_end: None,
                assets_limit: None,
                assets_used: None,
                platforms_limit: None,
                usage_reset_at: None,
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
        pub tier: Option<SubscriptionsTier>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<SubscriptionsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_subscription_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_price_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_period_start: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_period_end: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cancel_at_period_end: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub assets_limit: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub assets_used: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub platforms_limit: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub usage_reset_at: Option<chrono::DateTime<chrono::Utc>>,
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

    /// A row of the table `users`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct UsersRow {
        pub id: uuid::Uuid,
        pub email: Option<String>,
        pub email_verified: bool,
        pub password_hash: Option<String>,
        pub display_name: Option<String>,
        pub avatar_url: Option<String>,
        pub subscription_tier: SubscriptionsTier,
        pub subscription_status: UsersSubscriptionStatus,
        pub assets_generated_this_month: i32,
        pub stripe_customer_id: Option<String>,
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
        pub email_verified: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub password_hash: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub display_name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub avatar_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_tier: Option<SubscriptionsTier>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_status: Option<UsersSubscriptionStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub assets_generated_this_month: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_customer_id: Option<String>,
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
                email_verified: None,
                password_hash: None,
                display_name: None,
                avatar_url: None,
                subscription_tier: None,
                subscription_status: None,
                assets_generated_this_month: None,
                stripe_customer_id: None,
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
        pub email_verified: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub password_hash: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub display_name: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub avatar_url: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_tier: Option<SubscriptionsTier>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_status: Option<UsersSubscriptionStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub assets_generated_this_month: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_customer_id: Option<Option<String>>,
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

    /// What `activate_brand_kit` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ActivateBrandKitArgs {
        pub p_brand_kit_id: uuid::Uuid,
    }

    /// What `activate_brand_kit` answers.
    pub type ActivateBrandKitReturns = Vec<BrandKitsRow>;

    /// The function `activate_brand_kit`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ActivateBrandKit;

    impl ferrobase_client::Function for ActivateBrandKit {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "activate_brand_kit";
        type Args = ActivateBrandKitArgs;
        type Returns = ActivateBrandKitReturns;
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

    /// What `asset_generation` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct AssetGenerationArgs {
        pub p_asset_id: uuid::Uuid,
    }

    /// A row of what `asset_generation` answers.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct AssetGenerationRow {
        pub generation_params: Option<serde_json::Value>,
        pub prompt_used: Option<String>,
        pub storage_key: Option<String>,
    }

    /// What `asset_generation` answers.
    pub type AssetGenerationReturns = Vec<AssetGenerationRow>;

    /// The function `asset_generation`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct AssetGeneration;

    impl ferrobase_client::Function for AssetGeneration {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "asset_generation";
        type Args = AssetGenerationArgs;
        type Returns = AssetGenerationReturns;
    }

    /// What `cancel_generation_job` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct CancelGenerationJobArgs {
        pub p_job_id: uuid::Uuid,
    }

    /// What `cancel_generation_job` answers.
    pub type CancelGenerationJobReturns = Vec<GenerationJobsRow>;

    /// The function `cancel_generation_job`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct CancelGenerationJob;

    impl ferrobase_client::Function for CancelGenerationJob {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "cancel_generation_job";
        type Args = CancelGenerationJobArgs;
        type Returns = CancelGenerationJobReturns;
    }

    /// What `claim_generation_jobs` is given.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct ClaimGenerationJobsArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub most: Option<i32>,
    }

    /// What `claim_generation_jobs` answers.
    pub type ClaimGenerationJobsReturns = Vec<GenerationJobsRow>;

    /// The function `claim_generation_jobs`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ClaimGenerationJobs;

    impl ferrobase_client::Function for ClaimGenerationJobs {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "claim_generation_jobs";
        type Args = ClaimGenerationJobsArgs;
        type Returns = ClaimGenerationJobsReturns;
    }

    /// What `increment_user_usage` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct IncrementUserUsageArgs {
        pub p_user_id: uuid::Uuid,
    }

    /// What `increment_user_usage` answers.
    pub type IncrementUserUsageReturns = ();

    /// The function `increment_user_usage`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct IncrementUserUsage;

    impl ferrobase_client::Function for IncrementUserUsage {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "increment_user_usage";
        type Args = IncrementUserUsageArgs;
        type Returns = IncrementUserUsageReturns;
    }

    /// What `platform_tokens` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct PlatformTokensArgs {
        pub p_connection_id: uuid::Uuid,
    }

    /// A row of what `platform_tokens` answers.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct PlatformTokensRow {
        pub access_token: Option<String>,
        pub refresh_token: Option<String>,
        pub token_expires_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// What `platform_tokens` answers.
    pub type PlatformTokensReturns = Vec<PlatformTokensRow>;

    /// The function `platform_tokens`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct PlatformTokens;

    impl ferrobase_client::Function for PlatformTokens {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "platform_tokens";
        type Args = PlatformTokensArgs;
        type Returns = PlatformTokensReturns;
    }

    /// What `reset_monthly_usage` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ResetMonthlyUsageArgs {
        pub p_user_id: uuid::Uuid,
    }

    /// What `reset_monthly_usage` answers.
    pub type ResetMonthlyUsageReturns = ();

    /// The function `reset_monthly_usage`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ResetMonthlyUsage;

    impl ferrobase_client::Function for ResetMonthlyUsage {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "reset_monthly_usage";
        type Args = ResetMonthlyUsageArgs;
        type Returns = ResetMonthlyUsageReturns;
    }

    /// What `save_platform_connection` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct SavePlatformConnectionArgs {
        pub p_access_token: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_cached_metadata: Option<serde_json::Value>,
        pub p_platform: String,
        pub p_platform_user_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_platform_username: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_refresh_token: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_token_expires_at: Option<chrono::DateTime<chrono::Utc>>,
        pub p_user_id: uuid::Uuid,
    }

    /// What `save_platform_connection` answers.
    pub type SavePlatformConnectionReturns = Option<uuid::Uuid>;

    /// The function `save_platform_connection`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct SavePlatformConnection;

    impl ferrobase_client::Function for SavePlatformConnection {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "save_platform_connection";
        type Args = SavePlatformConnectionArgs;
        type Returns = SavePlatformConnectionReturns;
    }

    /// What `take_storage_purges` is given.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct TakeStoragePurgesArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub most: Option<i32>,
    }

    /// What `take_storage_purges` answers.
    pub type TakeStoragePurgesReturns = Vec<Option<String>>;

    /// The function `take_storage_purges`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct TakeStoragePurges;

    impl ferrobase_client::Function for TakeStoragePurges {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "take_storage_purges";
        type Args = TakeStoragePurgesArgs;
        type Returns = TakeStoragePurgesReturns;
    }
}

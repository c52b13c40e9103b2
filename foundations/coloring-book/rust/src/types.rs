//! Types of the database. Made by `ferrobase gen types rust`; changes are lost.

#![allow(missing_docs, clippy::all, clippy::pedantic, dead_code, reason = "generated")]

/// The schema `public`.
pub mod public {
    /// The enum `job_item_status`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum JobItemStatus {
        #[serde(rename = "pending")]
        Pending,
        #[serde(rename = "processing")]
        Processing,
        #[serde(rename = "completed")]
        Completed,
        #[serde(rename = "failed")]
        Failed,
        #[serde(rename = "skipped")]
        Skipped,
    }

    /// The enum `job_status`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum JobStatus {
        #[serde(rename = "pending")]
        Pending,
        #[serde(rename = "processing")]
        Processing,
        #[serde(rename = "completed")]
        Completed,
        #[serde(rename = "failed")]
        Failed,
        #[serde(rename = "cancelled")]
        Cancelled,
    }

    /// The enum `job_type`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum JobType {
        #[serde(rename = "generation")]
        Generation,
        #[serde(rename = "export")]
        Export,
        #[serde(rename = "hero_creation")]
        HeroCreation,
        #[serde(rename = "calibration")]
        Calibration,
    }

    /// What the check of `assets.type` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum AssetsType {
        #[serde(rename = "page")]
        Page,
        #[serde(rename = "thumbnail")]
        Thumbnail,
        #[serde(rename = "hero")]
        Hero,
        #[serde(rename = "hero_thumbnail")]
        HeroThumbnail,
        #[serde(rename = "style_anchor")]
        StyleAnchor,
        #[serde(rename = "export_pdf")]
        ExportPdf,
        #[serde(rename = "export_svg")]
        ExportSvg,
    }

    /// What the check of `blot_transactions.pack_id` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum BlotTransactionsPackId {
        #[serde(rename = "topup")]
        Topup,
        #[serde(rename = "boost")]
        Boost,
    }

    /// What the check of `blot_transactions.type` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum BlotTransactionsType {
        #[serde(rename = "subscription_reset")]
        SubscriptionReset,
        #[serde(rename = "subscription_upgrade")]
        SubscriptionUpgrade,
        #[serde(rename = "pack_purchase")]
        PackPurchase,
        #[serde(rename = "generation")]
        Generation,
        #[serde(rename = "edit")]
        Edit,
        #[serde(rename = "hero")]
        Hero,
        #[serde(rename = "calibration")]
        Calibration,
        #[serde(rename = "refund")]
        Refund,
        #[serde(rename = "signup_grant")]
        SignupGrant,
    }

    /// What the check of `heroes.audience` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum HeroesAudience {
        #[serde(rename = "toddler")]
        Toddler,
        #[serde(rename = "children")]
        Children,
        #[serde(rename = "tween")]
        Tween,
        #[serde(rename = "teen")]
        Teen,
        #[serde(rename = "adult")]
        Adult,
    }

    /// What the check of `heroes.style_preset` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum HeroesStylePreset {
        #[serde(rename = "bold-simple")]
        BoldSimple,
        #[serde(rename = "kawaii")]
        Kawaii,
        #[serde(rename = "whimsical")]
        Whimsical,
        #[serde(rename = "cartoon")]
        Cartoon,
        #[serde(rename = "botanical")]
        Botanical,
    }

    /// What the check of `page_versions.edit_type` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum PageVersionsEditType {
        #[serde(rename = "initial")]
        Initial,
        #[serde(rename = "regenerate")]
        Regenerate,
        #[serde(rename = "inpaint")]
        Inpaint,
        #[serde(rename = "quick_action")]
        QuickAction,
    }

    /// What the check of `page_versions.quality_status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum PageVersionsQualityStatus {
        #[serde(rename = "pass")]
        Pass,
        #[serde(rename = "needs_review")]
        NeedsReview,
        #[serde(rename = "fail")]
        Fail,
    }

    /// What the check of `pages.page_type` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum PagesPageType {
        #[serde(rename = "illustration")]
        Illustration,
        #[serde(rename = "text-focus")]
        TextFocus,
        #[serde(rename = "pattern")]
        Pattern,
        #[serde(rename = "educational")]
        Educational,
    }

    /// What the check of `profiles.billing_interval` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum ProfilesBillingInterval {
        #[serde(rename = "monthly")]
        Monthly,
        #[serde(rename = "yearly")]
        Yearly,
    }

    /// What the check of `profiles.plan` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum ProfilesPlan {
        #[serde(rename = "free")]
        Free,
        #[serde(rename = "creator")]
        Creator,
        #[serde(rename = "studio")]
        Studio,
    }

    /// What the check of `projects.complexity` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum ProjectsComplexity {
        #[serde(rename = "minimal")]
        Minimal,
        #[serde(rename = "moderate")]
        Moderate,
        #[serde(rename = "detailed")]
        Detailed,
        #[serde(rename = "intricate")]
        Intricate,
    }

    /// What the check of `projects.line_weight` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum ProjectsLineWeight {
        #[serde(rename = "thick")]
        Thick,
        #[serde(rename = "medium")]
        Medium,
        #[serde(rename = "fine")]
        Fine,
    }

    /// What the check of `projects.status` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum ProjectsStatus {
        #[serde(rename = "draft")]
        Draft,
        #[serde(rename = "calibrating")]
        Calibrating,
        #[serde(rename = "generating")]
        Generating,
        #[serde(rename = "ready")]
        Ready,
        #[serde(rename = "exported")]
        Exported,
    }

    /// What the check of `projects.trim_size` allows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    pub enum ProjectsTrimSize {
        #[serde(rename = "8.5x11")]
        N85x11,
        #[serde(rename = "8.5x8.5")]
        N85x85,
        #[serde(rename = "6x9")]
        N6x9,
    }

    /// A row of the table `assets`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct AssetsRow {
        pub id: uuid::Uuid,
        pub owner_id: uuid::Uuid,
        pub r#type: AssetsType,
        pub r2_key: String,
        pub size_bytes: i64,
        pub content_type: Option<String>,
        pub project_id: Option<uuid::Uuid>,
        pub hero_id: Option<uuid::Uuid>,
        pub page_id: Option<uuid::Uuid>,
        pub created_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `assets`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct AssetsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub owner_id: uuid::Uuid,
        pub r#type: AssetsType,
        pub r2_key: String,
        pub size_bytes: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub content_type: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub hero_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub page_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl AssetsInsert {
        /// With what is required.
        pub fn new(owner_id: uuid::Uuid, r#type: AssetsType, r2_key: String, size_bytes: i64) -> Self {
            Self {
                id: None,
                owner_id,
                r#type,
                r2_key,
                size_bytes,
                content_type: None,
                project_id: None,
                hero_id: None,
                page_id: None,
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
        pub owner_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub r#type: Option<AssetsType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub r2_key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub size_bytes: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub content_type: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub hero_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub page_id: Option<Option<uuid::Uuid>>,
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

    /// A row of the table `blot_transactions`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct BlotTransactionsRow {
        pub id: uuid::Uuid,
        pub owner_id: Option<uuid::Uuid>,
        pub r#type: BlotTransactionsType,
        pub subscription_delta: i32,
        pub pack_delta: i32,
        pub description: Option<String>,
        pub job_id: Option<uuid::Uuid>,
        pub stripe_session_id: Option<String>,
        pub stripe_invoice_id: Option<String>,
        pub pack_id: Option<BlotTransactionsPackId>,
        pub created_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `blot_transactions`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct BlotTransactionsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub owner_id: Option<uuid::Uuid>,
        pub r#type: BlotTransactionsType,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_delta: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub pack_delta: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_session_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_invoice_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub pack_id: Option<BlotTransactionsPackId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl BlotTransactionsInsert {
        /// With what is required.
        pub fn new(r#type: BlotTransactionsType) -> Self {
            Self {
                id: None,
                owner_id: None,
                r#type,
                subscription_delta: None,
                pack_delta: None,
                description: None,
                job_id: None,
                stripe_session_id: None,
                stripe_invoice_id: None,
                pack_id: None,
                created_at: None,
            }
        }
    }

    /// What changes in a row of `blot_transactions`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct BlotTransactionsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub owner_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub r#type: Option<BlotTransactionsType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub subscription_delta: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub pack_delta: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_session_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_invoice_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub pack_id: Option<Option<BlotTransactionsPackId>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `blot_transactions`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct BlotTransactions;

    impl ferrobase_client::Relation for BlotTransactions {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "blot_transactions";
        type Row = BlotTransactionsRow;
    }

    impl ferrobase_client::Table for BlotTransactions {
        type Insert = BlotTransactionsInsert;
        type Update = BlotTransactionsUpdate;
    }

    /// A row of the table `global_config`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct GlobalConfigRow {
        pub key: String,
        pub value: serde_json::Value,
        pub description: Option<String>,
        pub is_public: bool,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `global_config`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct GlobalConfigInsert {
        pub key: String,
        pub value: serde_json::Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub is_public: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl GlobalConfigInsert {
        /// With what is required.
        pub fn new(key: String, value: serde_json::Value) -> Self {
            Self {
                key,
                value,
                description: None,
                is_public: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `global_config`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct GlobalConfigUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub value: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub is_public: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `global_config`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct GlobalConfig;

    impl ferrobase_client::Relation for GlobalConfig {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "global_config";
        type Row = GlobalConfigRow;
    }

    impl ferrobase_client::Table for GlobalConfig {
        type Insert = GlobalConfigInsert;
        type Update = GlobalConfigUpdate;
    }

    /// A row of the table `heroes`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct HeroesRow {
        pub id: uuid::Uuid,
        pub owner_id: uuid::Uuid,
        pub name: String,
        pub description: String,
        pub audience: HeroesAudience,
        pub compiled_prompt: String,
        pub negative_prompt: Option<String>,
        pub reference_key: String,
        pub thumbnail_key: Option<String>,
        pub style_preset: Option<HeroesStylePreset>,
        pub times_used: i32,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// A new row of `heroes`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct HeroesInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub owner_id: uuid::Uuid,
        pub name: String,
        pub description: String,
        pub audience: HeroesAudience,
        pub compiled_prompt: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub negative_prompt: Option<String>,
        pub reference_key: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thumbnail_key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub style_preset: Option<HeroesStylePreset>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub times_used: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl HeroesInsert {
        /// With what is required.
        pub fn new(owner_id: uuid::Uuid, name: String, description: String, audience: HeroesAudience, compiled_prompt: String, reference_key: String) -> Self {
            Self {
                id: None,
                owner_id,
                name,
                description,
                audience,
                compiled_prompt,
                negative_prompt: None,
                reference_key,
                thumbnail_key: None,
                style_preset: None,
                times_used: None,
                created_at: None,
                updated_at: None,
                deleted_at: None,
            }
        }
    }

    /// What changes in a row of `heroes`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct HeroesUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub owner_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub audience: Option<HeroesAudience>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub compiled_prompt: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub negative_prompt: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub reference_key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thumbnail_key: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub style_preset: Option<Option<HeroesStylePreset>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub times_used: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
    }

    /// `heroes`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Heroes;

    impl ferrobase_client::Relation for Heroes {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "heroes";
        type Row = HeroesRow;
    }

    impl ferrobase_client::Table for Heroes {
        type Insert = HeroesInsert;
        type Update = HeroesUpdate;
    }

    /// A row of the table `job_items`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct JobItemsRow {
        pub id: uuid::Uuid,
        pub job_id: uuid::Uuid,
        pub owner_id: Option<uuid::Uuid>,
        pub page_id: Option<uuid::Uuid>,
        pub status: JobItemStatus,
        pub retry_count: i32,
        pub asset_key: Option<String>,
        pub error_message: Option<String>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub started_at: Option<chrono::DateTime<chrono::Utc>>,
        pub completed_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// A new row of `job_items`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct JobItemsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub job_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub owner_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub page_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<JobItemStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub retry_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub asset_key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error_message: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub started_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl JobItemsInsert {
        /// With what is required.
        pub fn new(job_id: uuid::Uuid) -> Self {
            Self {
                id: None,
                job_id,
                owner_id: None,
                page_id: None,
                status: None,
                retry_count: None,
                asset_key: None,
                error_message: None,
                created_at: None,
                started_at: None,
                completed_at: None,
            }
        }
    }

    /// What changes in a row of `job_items`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct JobItemsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub job_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub owner_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub page_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<JobItemStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub retry_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub asset_key: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error_message: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub started_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
    }

    /// `job_items`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct JobItems;

    impl ferrobase_client::Relation for JobItems {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "job_items";
        type Row = JobItemsRow;
    }

    impl ferrobase_client::Table for JobItems {
        type Insert = JobItemsInsert;
        type Update = JobItemsUpdate;
    }

    /// A row of the table `jobs`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct JobsRow {
        pub id: uuid::Uuid,
        pub owner_id: Option<uuid::Uuid>,
        pub project_id: Option<uuid::Uuid>,
        pub r#type: JobType,
        pub status: JobStatus,
        pub total_items: i32,
        pub completed_items: i32,
        pub failed_items: i32,
        pub blots_reserved: i32,
        pub blots_spent: i32,
        pub blots_refunded: i32,
        pub error_message: Option<String>,
        pub error_code: Option<String>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub started_at: Option<chrono::DateTime<chrono::Utc>>,
        pub completed_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// A new row of `jobs`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct JobsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub owner_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<uuid::Uuid>,
        pub r#type: JobType,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<JobStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub total_items: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_items: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub failed_items: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots_reserved: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots_spent: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots_refunded: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error_message: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error_code: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub started_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl JobsInsert {
        /// With what is required.
        pub fn new(r#type: JobType) -> Self {
            Self {
                id: None,
                owner_id: None,
                project_id: None,
                r#type,
                status: None,
                total_items: None,
                completed_items: None,
                failed_items: None,
                blots_reserved: None,
                blots_spent: None,
                blots_refunded: None,
                error_message: None,
                error_code: None,
                created_at: None,
                started_at: None,
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
        pub owner_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub r#type: Option<JobType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<JobStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub total_items: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub completed_items: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub failed_items: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots_reserved: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots_spent: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots_refunded: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error_message: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub error_code: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub started_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
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

    /// A row of the table `page_versions`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct PageVersionsRow {
        pub id: uuid::Uuid,
        pub page_id: uuid::Uuid,
        pub owner_id: uuid::Uuid,
        pub version: i32,
        pub asset_key: String,
        pub thumbnail_key: Option<String>,
        pub compiled_prompt: String,
        pub negative_prompt: Option<String>,
        pub seed: Option<String>,
        pub compiler_snapshot: Option<serde_json::Value>,
        pub quality_score: Option<f32>,
        pub quality_status: Option<PageVersionsQualityStatus>,
        pub edit_type: Option<PageVersionsEditType>,
        pub edit_prompt: Option<String>,
        pub edit_mask_key: Option<String>,
        pub blots_spent: i32,
        pub created_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `page_versions`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct PageVersionsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub page_id: uuid::Uuid,
        pub owner_id: uuid::Uuid,
        pub version: i32,
        pub asset_key: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thumbnail_key: Option<String>,
        pub compiled_prompt: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub negative_prompt: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub seed: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub compiler_snapshot: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub quality_score: Option<f32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub quality_status: Option<PageVersionsQualityStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub edit_type: Option<PageVersionsEditType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub edit_prompt: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub edit_mask_key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots_spent: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl PageVersionsInsert {
        /// With what is required.
        pub fn new(page_id: uuid::Uuid, owner_id: uuid::Uuid, version: i32, asset_key: String, compiled_prompt: String) -> Self {
            Self {
                id: None,
                page_id,
                owner_id,
                version,
                asset_key,
                thumbnail_key: None,
                compiled_prompt,
                negative_prompt: None,
                seed: None,
                compiler_snapshot: None,
                quality_score: None,
                quality_status: None,
                edit_type: None,
                edit_prompt: None,
                edit_mask_key: None,
                blots_spent: None,
                created_at: None,
            }
        }
    }

    /// What changes in a row of `page_versions`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct PageVersionsUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub page_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub owner_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub version: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub asset_key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thumbnail_key: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub compiled_prompt: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub negative_prompt: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub seed: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub compiler_snapshot: Option<Option<serde_json::Value>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub quality_score: Option<Option<f32>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub quality_status: Option<Option<PageVersionsQualityStatus>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub edit_type: Option<Option<PageVersionsEditType>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub edit_prompt: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub edit_mask_key: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots_spent: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `page_versions`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct PageVersions;

    impl ferrobase_client::Relation for PageVersions {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "page_versions";
        type Row = PageVersionsRow;
    }

    impl ferrobase_client::Table for PageVersions {
        type Insert = PageVersionsInsert;
        type Update = PageVersionsUpdate;
    }

    /// A row of the table `pages`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct PagesRow {
        pub id: uuid::Uuid,
        pub project_id: uuid::Uuid,
        pub owner_id: uuid::Uuid,
        pub sort_order: i32,
        pub page_type: PagesPageType,
        pub current_version: i32,
        pub scene_brief: Option<String>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `pages`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct PagesInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub project_id: uuid::Uuid,
        pub owner_id: uuid::Uuid,
        pub sort_order: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub page_type: Option<PagesPageType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_version: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub scene_brief: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl PagesInsert {
        /// With what is required.
        pub fn new(project_id: uuid::Uuid, owner_id: uuid::Uuid, sort_order: i32) -> Self {
            Self {
                id: None,
                project_id,
                owner_id,
                sort_order,
                page_type: None,
                current_version: None,
                scene_brief: None,
                created_at: None,
                updated_at: None,
            }
        }
    }

    /// What changes in a row of `pages`. What is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
    pub struct PagesUpdate {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub project_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub owner_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub sort_order: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub page_type: Option<PagesPageType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub current_version: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub scene_brief: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// `pages`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct Pages;

    impl ferrobase_client::Relation for Pages {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "pages";
        type Row = PagesRow;
    }

    impl ferrobase_client::Table for Pages {
        type Insert = PagesInsert;
        type Update = PagesUpdate;
    }

    /// A row of the table `profiles`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct ProfilesRow {
        pub id: uuid::Uuid,
        pub owner_id: uuid::Uuid,
        pub plan: ProfilesPlan,
        pub plan_blots: i32,
        pub billing_interval: ProfilesBillingInterval,
        pub blots: i32,
        pub pack_blots: i32,
        pub blots_reset_at: Option<chrono::DateTime<chrono::Utc>>,
        pub commercial_projects_used: i32,
        pub stripe_customer_id: Option<String>,
        pub stripe_subscription_id: Option<String>,
        pub stripe_price_id: Option<String>,
        pub payment_failed_at: Option<chrono::DateTime<chrono::Utc>>,
        pub storage_used_bytes: i64,
        pub storage_limit_bytes: i64,
        pub disabled_at: Option<chrono::DateTime<chrono::Utc>>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    /// A new row of `profiles`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ProfilesInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub owner_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub plan: Option<ProfilesPlan>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub plan_blots: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub billing_interval: Option<ProfilesBillingInterval>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub pack_blots: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots_reset_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub commercial_projects_used: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_customer_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_subscription_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_price_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub payment_failed_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_used_bytes: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_limit_bytes: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub disabled_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ProfilesInsert {
        /// With what is required.
        pub fn new(owner_id: uuid::Uuid) -> Self {
            Self {
                id: None,
                owner_id,
                plan: None,
                plan_blots: None,
                billing_interval: None,
                blots: None,
                pack_blots: None,
                blots_reset_at: None,
                commercial_projects_used: None,
                stripe_customer_id: None,
                stripe_subscription_id: None,
                stripe_price_id: None,
                payment_failed_at: None,
                storage_used_bytes: None,
                storage_limit_bytes: None,
                disabled_at: None,
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
        pub owner_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub plan: Option<ProfilesPlan>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub plan_blots: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub billing_interval: Option<ProfilesBillingInterval>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub pack_blots: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub blots_reset_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub commercial_projects_used: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_customer_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_subscription_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stripe_price_id: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub payment_failed_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_used_bytes: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub storage_limit_bytes: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub disabled_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
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
        pub owner_id: uuid::Uuid,
        pub hero_id: Option<uuid::Uuid>,
        pub name: String,
        pub description: Option<String>,
        pub page_count: i32,
        pub trim_size: ProjectsTrimSize,
        pub audience: HeroesAudience,
        pub style_preset: HeroesStylePreset,
        pub line_weight: ProjectsLineWeight,
        pub complexity: ProjectsComplexity,
        pub style_anchor_key: Option<String>,
        pub style_anchor_description: Option<String>,
        pub status: ProjectsStatus,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    /// A new row of `projects`. What is `None` gets its default.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ProjectsInsert {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub id: Option<uuid::Uuid>,
        pub owner_id: uuid::Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub hero_id: Option<uuid::Uuid>,
        pub name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        pub page_count: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub trim_size: Option<ProjectsTrimSize>,
        pub audience: HeroesAudience,
        pub style_preset: HeroesStylePreset,
        pub line_weight: ProjectsLineWeight,
        pub complexity: ProjectsComplexity,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub style_anchor_key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub style_anchor_description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<ProjectsStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub deleted_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ProjectsInsert {
        /// With what is required.
        pub fn new(owner_id: uuid::Uuid, name: String, page_count: i32, audience: HeroesAudience, style_preset: HeroesStylePreset, line_weight: ProjectsLineWeight, complexity: ProjectsComplexity) -> Self {
            Self {
                id: None,
                owner_id,
                hero_id: None,
                name,
                description: None,
                page_count,
                trim_size: None,
                audience,
                style_preset,
                line_weight,
                complexity,
                style_anchor_key: None,
                style_anchor_description: None,
                status: None,
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
        pub owner_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub hero_id: Option<Option<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub page_count: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub trim_size: Option<ProjectsTrimSize>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub audience: Option<HeroesAudience>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub style_preset: Option<HeroesStylePreset>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub line_weight: Option<ProjectsLineWeight>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub complexity: Option<ProjectsComplexity>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub style_anchor_key: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub style_anchor_description: Option<Option<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub status: Option<ProjectsStatus>,
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

    /// What `add_pack_blots` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct AddPackBlotsArgs {
        pub amount: i32,
        pub pack_id: String,
        pub session_id: String,
        pub user_id: uuid::Uuid,
    }

    /// What `add_pack_blots` answers.
    pub type AddPackBlotsReturns = ();

    /// The function `add_pack_blots`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct AddPackBlots;

    impl ferrobase_client::Function for AddPackBlots {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "add_pack_blots";
        type Args = AddPackBlotsArgs;
        type Returns = AddPackBlotsReturns;
    }

    /// What `add_upgrade_blots` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct AddUpgradeBlotsArgs {
        pub blot_difference: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub invoice_id: Option<String>,
        pub user_id: uuid::Uuid,
    }

    /// What `add_upgrade_blots` answers.
    pub type AddUpgradeBlotsReturns = ();

    /// The function `add_upgrade_blots`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct AddUpgradeBlots;

    impl ferrobase_client::Function for AddUpgradeBlots {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "add_upgrade_blots";
        type Args = AddUpgradeBlotsArgs;
        type Returns = AddUpgradeBlotsReturns;
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

    /// What `cancel_job` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct CancelJobArgs {
        pub p_job_id: uuid::Uuid,
    }

    /// What `cancel_job` answers.
    pub type CancelJobReturns = JobsRow;

    /// The function `cancel_job`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct CancelJob;

    impl ferrobase_client::Function for CancelJob {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "cancel_job";
        type Args = CancelJobArgs;
        type Returns = CancelJobReturns;
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

    /// What `create_job` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct CreateJobArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_page_ids: Option<Vec<uuid::Uuid>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_project_id: Option<uuid::Uuid>,
        pub p_type: JobType,
    }

    /// What `create_job` answers.
    pub type CreateJobReturns = JobsRow;

    /// The function `create_job`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct CreateJob;

    impl ferrobase_client::Function for CreateJob {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "create_job";
        type Args = CreateJobArgs;
        type Returns = CreateJobReturns;
    }

    /// What `deduct_blots` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct DeductBlotsArgs {
        pub amount: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tx_description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tx_job_id: Option<uuid::Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub tx_type: Option<String>,
        pub user_id: uuid::Uuid,
    }

    /// What `deduct_blots` answers.
    pub type DeductBlotsReturns = Option<bool>;

    /// The function `deduct_blots`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct DeductBlots;

    impl ferrobase_client::Function for DeductBlots {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "deduct_blots";
        type Args = DeductBlotsArgs;
        type Returns = DeductBlotsReturns;
    }

    /// What `delete_hero` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct DeleteHeroArgs {
        pub p_hero_id: uuid::Uuid,
    }

    /// What `delete_hero` answers.
    pub type DeleteHeroReturns = Option<bool>;

    /// The function `delete_hero`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct DeleteHero;

    impl ferrobase_client::Function for DeleteHero {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "delete_hero";
        type Args = DeleteHeroArgs;
        type Returns = DeleteHeroReturns;
    }

    /// What `delete_project` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct DeleteProjectArgs {
        pub p_project_id: uuid::Uuid,
    }

    /// What `delete_project` answers.
    pub type DeleteProjectReturns = Option<bool>;

    /// The function `delete_project`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct DeleteProject;

    impl ferrobase_client::Function for DeleteProject {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "delete_project";
        type Args = DeleteProjectArgs;
        type Returns = DeleteProjectReturns;
    }

    /// What `finish_job` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct FinishJobArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_blots_spent: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_error_code: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub p_error_message: Option<String>,
        pub p_job_id: uuid::Uuid,
        pub p_status: JobStatus,
    }

    /// What `finish_job` answers.
    pub type FinishJobReturns = JobsRow;

    /// The function `finish_job`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct FinishJob;

    impl ferrobase_client::Function for FinishJob {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "finish_job";
        type Args = FinishJobArgs;
        type Returns = FinishJobReturns;
    }

    /// What `get_available_blots` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct GetAvailableBlotsArgs {
        pub user_id: uuid::Uuid,
    }

    /// What `get_available_blots` answers.
    pub type GetAvailableBlotsReturns = Option<i32>;

    /// The function `get_available_blots`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct GetAvailableBlots;

    impl ferrobase_client::Function for GetAvailableBlots {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "get_available_blots";
        type Args = GetAvailableBlotsArgs;
        type Returns = GetAvailableBlotsReturns;
    }

    /// What `refund_blots` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct RefundBlotsArgs {
        pub amount: i32,
        pub p_job_id: uuid::Uuid,
        pub reason: String,
        pub user_id: uuid::Uuid,
    }

    /// What `refund_blots` answers.
    pub type RefundBlotsReturns = ();

    /// The function `refund_blots`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct RefundBlots;

    impl ferrobase_client::Function for RefundBlots {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "refund_blots";
        type Args = RefundBlotsArgs;
        type Returns = RefundBlotsReturns;
    }

    /// What `reset_subscription_blots` is given.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct ResetSubscriptionBlotsArgs {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub invoice_id: Option<String>,
        pub new_amount: i32,
        pub user_id: uuid::Uuid,
    }

    /// What `reset_subscription_blots` answers.
    pub type ResetSubscriptionBlotsReturns = ();

    /// The function `reset_subscription_blots`, for `ferrobase-client`.
    #[derive(Debug, Clone, Copy)]
    pub struct ResetSubscriptionBlots;

    impl ferrobase_client::Function for ResetSubscriptionBlots {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "reset_subscription_blots";
        type Args = ResetSubscriptionBlotsArgs;
        type Returns = ResetSubscriptionBlotsReturns;
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

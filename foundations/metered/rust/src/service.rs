//! The common operations on accounts and their usage over REST, with the service key.
//!
//! Knows the tables and functions; decides nothing that the database decides.

use std::sync::OnceLock;

use ferrobase_client::{Client, Error, Order};
use foundation::{Settings, SettingsError};
use serde_json::Value;
use uuid::Uuid;

use crate::calls::{ApplyLemonSqueezyEvent, IncrementUsage, RefundUsage};
use crate::types::public::{
    ApplyLemonSqueezyEventArgs, CorrectUsage, CorrectUsageArgs, CurrentUsage, FilesToPurge, FilesToPurgeArgs,
    FinishStoragePurges, FinishStoragePurgesArgs, IncrementUsageArgs, RefundUsageArgs, ResetUsage,
    ResetUsageArgs, Subscriptions, UsageLedger, Users,
};
use crate::{Consumption, EventOutcome, LedgerEntry, Refund, StoredFile, Subscription, User};

/// Reads and writes as the service role: it passes over row level security and must never be in a user's hands.
///
/// Cheap to clone; all clones share their connections.
#[derive(Debug, Clone)]
pub struct DatabaseService {
    client: Client,
}

impl DatabaseService {
    /// For the project at `url` (`http://127.0.0.1:54321`) with its service role JWT or secret key.
    ///
    /// # Errors
    /// When the URL is none.
    pub fn new(http: reqwest::Client, url: &str, service_key: &str) -> Result<Self, Error> {
        Ok(Self { client: Client::new(http, url, service_key)? })
    }

    /// For the project that `SUPABASE_URL` and `SUPABASE_SERVICE_ROLE_KEY` name.
    pub fn from_env() -> Result<Self, SettingsError> {
        Ok(Self { client: Settings::from_env()?.client()? })
    }

    /// The client, for what this service has no method for.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The user with this id.
    pub async fn get_user(&self, id: Uuid) -> Result<Option<User>, Error> {
        self.client.from::<Users>().eq("id", id).first().await
    }

    /// The subscription of a user. Every user has one.
    pub async fn get_subscription(&self, user_id: Uuid) -> Result<Option<Subscription>, Error> {
        self.client.from::<Subscriptions>().eq("user_id", user_id).first().await
    }

    /// What a user has used and may still use now, by metric; also what was never used.
    pub async fn current_usage(&self, user_id: Uuid) -> Result<Vec<crate::CurrentUsage>, Error> {
        self.client
            .from::<CurrentUsage>()
            .eq("user_id", user_id)
            .order("metric", Order::Ascending)
            .all()
            .await
    }

    /// Everything that changed a user's counters, oldest first.
    pub async fn ledger(&self, user_id: Uuid) -> Result<Vec<LedgerEntry>, Error> {
        self.client.from::<UsageLedger>().eq("user_id", user_id).order("id", Order::Ascending).all().await
    }

    /// Counts `amount`, or fails with `PT402` beyond the quota. With a key the same call may be made again.
    pub async fn increment_usage(
        &self,
        user_id: Uuid,
        metric: &str,
        amount: i64,
        idempotency_key: Option<&str>,
    ) -> Result<Consumption, Error> {
        let call = IncrementUsageArgs {
            user_id,
            metric: metric.to_owned(),
            amount: Some(amount.into()),
            idempotency_key: idempotency_key.map(str::to_owned),
        };
        self.client.call::<IncrementUsage>(&call).await
    }

    /// Gives `amount` of a consumption back, or with `None` what is left of it; fails with `PT409` when that is less.
    pub async fn refund_usage(
        &self,
        user_id: Uuid,
        entry: i64,
        amount: Option<i64>,
        idempotency_key: Option<&str>,
    ) -> Result<Refund, Error> {
        let call = RefundUsageArgs {
            user_id,
            entry,
            amount: amount.map(Into::into),
            idempotency_key: idempotency_key.map(str::to_owned),
        };
        self.client.call::<RefundUsage>(&call).await
    }

    /// Sets the running counter to 0 and says what it was.
    pub async fn reset_usage(&self, user_id: Uuid, metric: &str) -> Result<i64, Error> {
        let call = ResetUsageArgs { user_id, metric: metric.to_owned() };
        Ok(self.client.call::<ResetUsage>(&call).await?.unwrap_or_default())
    }

    /// Corrects the running counter by `change`, up or down, and says what it is now. It asks no limit.
    pub async fn correct_usage(
        &self,
        user_id: Uuid,
        metric: &str,
        change: i64,
        idempotency_key: Option<&str>,
    ) -> Result<i64, Error> {
        let call = CorrectUsageArgs {
            user_id,
            metric: metric.to_owned(),
            change: change.into(),
            idempotency_key: idempotency_key.map(str::to_owned),
        };
        Ok(self.client.call::<CorrectUsage>(&call).await?.unwrap_or_default())
    }

    /// Takes one event as Lemon Squeezy posts it, whose signature was found right, any number of times and in any
    /// order. What cannot be understood fails with `22023`: answer the webhook with an error, and it comes again.
    pub async fn apply_lemon_squeezy_event(&self, event: Value) -> Result<EventOutcome, Error> {
        self.client.call::<ApplyLemonSqueezyEvent>(&ApplyLemonSqueezyEventArgs { event }).await
    }

    /// Files of deleted accounts: remove them through the storage API, and ask again.
    pub async fn files_to_purge(&self, max_files: i32) -> Result<Vec<StoredFile>, Error> {
        self.client.call::<FilesToPurge>(&FilesToPurgeArgs { max_files: Some(max_files) }).await
    }

    /// Forgets the deleted accounts whose folders have been empty for a day; how many.
    pub async fn finish_storage_purges(&self) -> Result<i64, Error> {
        let call = FinishStoragePurgesArgs::default();
        Ok(self.client.call::<FinishStoragePurges>(&call).await?.unwrap_or_default())
    }

    /// Writes a whole subscription over the one its user has.
    pub async fn upsert_subscription(&self, subscription: &Subscription) -> Result<Subscription, Error> {
        self.client.upsert_row::<Subscriptions>(subscription, "user_id").await
    }
}

/// Whether a quota is used up (`PT402`).
pub fn is_quota_exceeded(error: &Error) -> bool {
    matches!(error, Error::Refused { code, .. } if code == "PT402")
}

/// The service for the project the environment names, made once for the process.
///
/// For a program with one runtime: connections belong to the runtime that opened them.
pub fn get_db() -> Result<DatabaseService, SettingsError> {
    static SERVICE: OnceLock<DatabaseService> = OnceLock::new();
    if let Some(service) = SERVICE.get() {
        return Ok(service.clone());
    }
    let service = DatabaseService::from_env()?;
    Ok(SERVICE.get_or_init(|| service).clone())
}

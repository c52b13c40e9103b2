//! What a worker and a webhook ask of the database over REST, with the service key.
//!
//! Knows the tables and functions; decides nothing that the database decides.

use ferrobase_client::{Client, Error};
use foundation::{Settings, SettingsError};
use serde_json::Value;
use uuid::Uuid;

use crate::types::public::{
    ApplyStripeEvent, ApplyStripeEventArgs, ClaimGenerationJobs, ClaimGenerationJobsArgs, IncrementUserUsage,
    IncrementUserUsageArgs, ResetMonthlyUsage, ResetMonthlyUsageArgs, Subscriptions, Users,
};
use crate::{Job, Subscription, User};

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

    /// The profile of a user.
    pub async fn get_user(&self, id: Uuid) -> Result<Option<User>, Error> {
        self.client.from::<Users>().eq("id", id).first().await
    }

    /// The subscription of a user. Every user has one.
    pub async fn get_subscription(&self, user_id: Uuid) -> Result<Option<Subscription>, Error> {
        self.client.from::<Subscriptions>().eq("user_id", user_id).first().await
    }

    /// Counts one generated asset, or fails with `PT402` beyond the plan.
    pub async fn increment_user_usage(&self, user_id: Uuid) -> Result<(), Error> {
        self.client.call::<IncrementUserUsage>(&IncrementUserUsageArgs { p_user_id: user_id }).await
    }

    /// Begins a new month now.
    pub async fn reset_monthly_usage(&self, user_id: Uuid) -> Result<(), Error> {
        self.client.call::<ResetMonthlyUsage>(&ResetMonthlyUsageArgs { p_user_id: user_id }).await
    }

    /// The oldest queued jobs, now processing: nobody else has them.
    pub async fn claim_generation_jobs(&self, most: i32) -> Result<Vec<Job>, Error> {
        self.client.call::<ClaimGenerationJobs>(&ClaimGenerationJobsArgs { most: Some(most) }).await
    }

    /// Takes one event as Stripe posts it, whose signature was found right; answers with what became of it.
    pub async fn apply_stripe_event(&self, event: &Value) -> Result<String, Error> {
        let call = ApplyStripeEventArgs { event: event.clone() };
        Ok(self.client.call::<ApplyStripeEvent>(&call).await?.unwrap_or_default())
    }
}

//! What a worker and a webhook ask of the database over REST, with the service key.
//!
//! Knows the tables and functions; decides nothing that the database decides.

use ferrobase_client::{Client, Error, Order};
use foundation::{Settings, SettingsError};
use serde_json::Value;
use uuid::Uuid;

use crate::types::public::{
    AddPackBlots, AddPackBlotsArgs, ApplyStripeEvent, ApplyStripeEventArgs, Assets, BlotTransactions,
    ClaimJobs, ClaimJobsArgs, DeductBlots, DeductBlotsArgs, FinishJob, FinishJobArgs, GetAvailableBlots,
    GetAvailableBlotsArgs, Jobs, Profiles, RefundBlots, RefundBlotsArgs, TakeStoragePurges,
    TakeStoragePurgesArgs,
};
use crate::{Asset, BlotTransaction, Job, JobStatus, NewAsset, Profile};

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

    /// The profile of a user.
    pub async fn get_profile(&self, user_id: Uuid) -> Result<Option<Profile>, Error> {
        self.client.from::<Profiles>().eq("owner_id", user_id).first().await
    }

    /// A job.
    pub async fn get_job(&self, id: Uuid) -> Result<Option<Job>, Error> {
        self.client.from::<Jobs>().eq("id", id).first().await
    }

    /// Every movement of a user's Blots, oldest first. The sums are the balances.
    pub async fn transactions(&self, user_id: Uuid) -> Result<Vec<BlotTransaction>, Error> {
        let own = self.client.from::<BlotTransactions>().eq("owner_id", user_id);
        own.order("created_at", Order::Ascending).all().await
    }

    /// Both pools together.
    pub async fn available_blots(&self, user_id: Uuid) -> Result<i32, Error> {
        let blots = self.client.call::<GetAvailableBlots>(&GetAvailableBlotsArgs { user_id }).await?;
        Ok(blots.unwrap_or_default())
    }

    /// Takes Blots for something (`generation`, `edit`, `hero`, `calibration`); false when there are too few.
    pub async fn deduct_blots(&self, user_id: Uuid, amount: i32, what: &str) -> Result<bool, Error> {
        let tx_type = Some(what.to_owned());
        let call = DeductBlotsArgs { user_id, amount, tx_type, tx_description: None, tx_job_id: None };
        Ok(self.client.call::<DeductBlots>(&call).await? == Some(true))
    }

    /// Gives back what a job reserved and did not use; fails with `PT409` when that is less.
    pub async fn refund_blots(
        &self,
        user_id: Uuid,
        amount: i32,
        job: Uuid,
        reason: &str,
    ) -> Result<(), Error> {
        let call = RefundBlotsArgs { user_id, amount, p_job_id: job, reason: reason.to_owned() };
        self.client.call::<RefundBlots>(&call).await
    }

    /// Adds a pack (`topup`, `boost`) that was bought in this checkout session; a session counts once.
    pub async fn add_pack_blots(
        &self,
        user_id: Uuid,
        amount: i32,
        pack: &str,
        session: &str,
    ) -> Result<(), Error> {
        let (pack_id, session_id) = (pack.to_owned(), session.to_owned());
        self.client.call::<AddPackBlots>(&AddPackBlotsArgs { user_id, amount, pack_id, session_id }).await
    }

    /// The oldest pending jobs, now processing: nobody else has them.
    pub async fn claim_jobs(&self, most: i32) -> Result<Vec<Job>, Error> {
        self.client.call::<ClaimJobs>(&ClaimJobsArgs { most: Some(most) }).await
    }

    /// Ends a job with what it cost; `None` is all of it when completed, and nothing when not. The rest goes back.
    pub async fn finish_job(&self, id: Uuid, status: JobStatus, spent: Option<i32>) -> Result<Job, Error> {
        let call = FinishJobArgs {
            p_job_id: id,
            p_status: status,
            p_blots_spent: spent,
            p_error_code: None,
            p_error_message: None,
        };
        self.client.call::<FinishJob>(&call).await
    }

    /// Counts a stored file; fails with `PT402` beyond the account's limit.
    pub async fn add_asset(&self, file: &NewAsset) -> Result<Asset, Error> {
        self.client.insert::<Assets>(file).await
    }

    /// Keys of files to remove from storage, each handed out once.
    pub async fn take_storage_purges(&self, most: i32) -> Result<Vec<String>, Error> {
        let call = TakeStoragePurgesArgs { most: Some(most) };
        Ok(self.client.call::<TakeStoragePurges>(&call).await?.into_iter().flatten().collect())
    }

    /// Takes one event as Stripe posts it, whose signature was found right; answers with what became of it.
    pub async fn apply_stripe_event(&self, event: &Value) -> Result<String, Error> {
        let call = ApplyStripeEventArgs { event: event.clone() };
        Ok(self.client.call::<ApplyStripeEvent>(&call).await?.unwrap_or_default())
    }
}

//! What a worker, a webhook and a backend that takes API keys ask of the database over REST, with the service key.
//!
//! Knows the tables and functions; decides nothing that the database decides.

use ferrobase_client::{Client, Error, Order};
use foundation::{Settings, SettingsError};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::types::public::{
    AddCreditPack, AddCreditPackArgs, ApplyStripeEvent, ApplyStripeEventArgs, CheckQuota, CheckQuotaArgs,
    ClaimJobs, ClaimJobsArgs, ClaimWebhookDeliveries, ClaimWebhookDeliveriesArgs,
    ClaimWebhookDeliveriesRow as DeliveryRow, ConsumeQuota, ConsumeQuotaArgs, CreditPacks,
    FinishWebhookDelivery, FinishWebhookDeliveryArgs, IntegrationCredentials, IntegrationCredentialsArgs,
    Invoices, JobLogs, JobLogsInsert, Jobs, JobsStatus, JobsUpdate, OrgMembers, Orgs, ParsePrefixedId,
    ParsePrefixedIdArgs, PrefixedId, PrefixedIdArgs, Profiles, QuotaLimits as QuotaLimitsTable, Renders,
    ResetQuota, ResetQuotaArgs, UsageRecords, VerifyApiKey, VerifyApiKeyArgs, VerifyApiKeyRow,
};
use crate::{
    CreditPack, Invoice, Job, JobLog, LogLevel, Member, NewJob, NewOrg, NewRender, Org, Profile, QuotaLimits,
    Render, UsageRecord,
};

/// Whom an API key stands for, and what its maker may still do with it.
pub type ApiCaller = VerifyApiKeyRow;

/// A delivery that is due, with where to send it and what to sign it with.
pub type WebhookDelivery = DeliveryRow;

/// So much of what an organisation has a quota of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of language models.
    pub tokens: i32,
    /// Credits of the image and video service.
    pub kai_credits: i32,
    /// Seconds of rendering.
    pub render_seconds: i32,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// With this result.
    Completed(Value),
    /// With an error's stable code and a message for people.
    Failed {
        /// For programs.
        code: String,
        /// For people.
        message: String,
    },
}

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
    pub async fn get_profile(&self, id: Uuid) -> Result<Option<Profile>, Error> {
        self.client.from::<Profiles>().eq("id", id).first().await
    }

    /// Founds an organisation; its owner becomes its first member, and its limits come with its plan.
    pub async fn create_org(&self, org: &NewOrg) -> Result<Org, Error> {
        self.client.insert::<Orgs>(org).await
    }

    /// An organisation that is not deleted.
    pub async fn get_org(&self, id: Uuid) -> Result<Option<Org>, Error> {
        self.client.from::<Orgs>().eq("id", id).is_null("deleted_at").first().await
    }

    /// Who belongs to an organisation, longest-standing first.
    pub async fn members(&self, org_id: Uuid) -> Result<Vec<Member>, Error> {
        let members = self.client.from::<OrgMembers>().eq("org_id", org_id);
        members.order("created_at", Order::Ascending).all().await
    }

    /// The limits of an organisation and what is used of them.
    pub async fn get_quota(&self, org_id: Uuid) -> Result<Option<QuotaLimits>, Error> {
        self.client.from::<QuotaLimitsTable>().eq("org_id", org_id).first().await
    }

    /// Whether so much more is allowed now. It reserves nothing.
    pub async fn check_quota(&self, org_id: Uuid, more: Usage) -> Result<bool, Error> {
        let Usage { tokens, kai_credits, render_seconds } = more;
        let call = CheckQuotaArgs { org_id, tokens, kai_credits, render_seconds };
        Ok(self.client.call::<CheckQuota>(&call).await? == Some(true))
    }

    /// Decides and counts in one; false, and nothing, when there is too little left. A call with the same key counts
    /// once.
    pub async fn consume_quota(
        &self,
        org_id: Uuid,
        more: Usage,
        job: Option<Uuid>,
        key: Option<&str>,
    ) -> Result<bool, Error> {
        let call = ConsumeQuotaArgs {
            org_id,
            tokens: more.tokens,
            kai_credits: more.kai_credits,
            render_seconds: more.render_seconds,
            p_job_id: job,
            p_user_id: None,
            p_idempotency_key: key.map(str::to_owned),
        };
        Ok(self.client.call::<ConsumeQuota>(&call).await? == Some(true))
    }

    /// Begins a new month of an organisation now.
    pub async fn reset_quota(&self, org_id: Uuid) -> Result<(), Error> {
        self.client.call::<ResetQuota>(&ResetQuotaArgs { p_org_id: org_id }).await
    }

    /// Every use of an organisation, newest first.
    pub async fn usage(&self, org_id: Uuid, most: usize) -> Result<Vec<UsageRecord>, Error> {
        let records = self.client.from::<UsageRecords>().eq("org_id", org_id);
        records.order("created_at", Order::Descending).limit(most).all().await
    }

    /// Adds credits that were paid, which do not expire; a payment counts once. Returns the pack's id.
    pub async fn add_credit_pack(
        &self,
        org_id: Uuid,
        pack_type: &str,
        credits: i32,
        price_usd: Decimal,
        payment: &str,
    ) -> Result<Option<Uuid>, Error> {
        let call = AddCreditPackArgs {
            p_org_id: org_id,
            p_pack_type: pack_type.to_owned(),
            p_credits: credits,
            p_price_usd: price_usd,
            p_stripe_payment_id: payment.to_owned(),
            p_expires_at: None,
        };
        self.client.call::<AddCreditPack>(&call).await
    }

    /// The packs of an organisation that have credits left.
    pub async fn credit_packs(&self, org_id: Uuid) -> Result<Vec<CreditPack>, Error> {
        self.client
            .from::<CreditPacks>()
            .eq("org_id", org_id)
            .filter("credits_remaining", "gt", 0)
            .all()
            .await
    }

    /// The invoices of an organisation, newest first.
    pub async fn invoices(&self, org_id: Uuid) -> Result<Vec<Invoice>, Error> {
        let invoices = self.client.from::<Invoices>().eq("org_id", org_id);
        invoices.order("created_at", Order::Descending).all().await
    }

    /// Asks for a job; fails with `PT402` when the organisation has nothing left.
    pub async fn create_job(&self, job: &NewJob) -> Result<Job, Error> {
        self.client.insert::<Jobs>(job).await
    }

    /// A job.
    pub async fn get_job(&self, id: Uuid) -> Result<Option<Job>, Error> {
        self.client.from::<Jobs>().eq("id", id).first().await
    }

    /// The oldest queued jobs, now processing: nobody else has them.
    pub async fn claim_jobs(&self, most: i32) -> Result<Vec<Job>, Error> {
        self.client.call::<ClaimJobs>(&ClaimJobsArgs { most: Some(most) }).await
    }

    /// Notes how far a job is, in percent.
    pub async fn set_progress(&self, id: Uuid, progress: i32) -> Result<Option<Job>, Error> {
        self.change_job(id, &JobsUpdate { progress: Some(progress), ..JobsUpdate::default() }).await
    }

    /// Ends a job; webhooks hear of it. Fails with `PT409` when it has ended otherwise; `None` when there is no such job.
    pub async fn finish_job(&self, id: Uuid, outcome: Outcome) -> Result<Option<Job>, Error> {
        let change = match outcome {
            Outcome::Completed(result) => JobsUpdate {
                status: Some(JobsStatus::Completed),
                result: Some(Some(result)),
                ..JobsUpdate::default()
            },
            Outcome::Failed { code, message } => JobsUpdate {
                status: Some(JobsStatus::Failed),
                error: Some(Some(json!({"code": code, "message": message}))),
                ..JobsUpdate::default()
            },
        };
        self.change_job(id, &change).await
    }

    /// Writes a line into the log of a job.
    pub async fn log(&self, job_id: Uuid, level: LogLevel, message: &str) -> Result<JobLog, Error> {
        // the organisation is the job's whatever stands here: the database writes it
        let line = JobLogsInsert::new(job_id, Uuid::nil(), message.to_owned());
        self.client.insert::<JobLogs>(&JobLogsInsert { level: Some(level), ..line }).await
    }

    /// Adds what a job made.
    pub async fn add_render(&self, render: &NewRender) -> Result<Render, Error> {
        self.client.insert::<Renders>(render).await
    }

    /// Deliveries that are due: nobody else has them for ten minutes.
    pub async fn claim_webhook_deliveries(&self, most: i32) -> Result<Vec<WebhookDelivery>, Error> {
        self.client.call::<ClaimWebhookDeliveries>(&ClaimWebhookDeliveriesArgs { most: Some(most) }).await
    }

    /// What became of a delivery; answers with its state now, `None` when it was not pending.
    pub async fn finish_webhook_delivery(
        &self,
        id: Uuid,
        http_status: i32,
        body: &str,
    ) -> Result<Option<String>, Error> {
        let call = FinishWebhookDeliveryArgs {
            p_delivery_id: id,
            p_http_status: http_status,
            p_response_body: Some(body.to_owned()),
        };
        self.client.call::<FinishWebhookDelivery>(&call).await
    }

    /// Whom a key stands for; `None` when it is not valid (any more).
    pub async fn verify_api_key(&self, key: &str) -> Result<Option<ApiCaller>, Error> {
        let call = VerifyApiKeyArgs { p_key: key.to_owned() };
        Ok(self.client.call::<VerifyApiKey>(&call).await?.into_iter().next())
    }

    /// What an integration that is active signs in with.
    pub async fn integration_credentials(&self, id: Uuid) -> Result<Option<Value>, Error> {
        let call = IntegrationCredentialsArgs { p_integration_id: id };
        let credentials = self.client.call::<IntegrationCredentials>(&call).await?;
        Ok((!credentials.is_null()).then_some(credentials))
    }

    /// An id as it is written at the edge of the API: `org_…`, `job_…`.
    pub async fn prefixed_id(&self, prefix: &str, id: Uuid) -> Result<String, Error> {
        let call = PrefixedIdArgs { prefix: prefix.to_owned(), id };
        Ok(self.client.call::<PrefixedId>(&call).await?.unwrap_or_default())
    }

    /// The id behind one of those; fails with `22023` when it has another prefix.
    pub async fn parse_prefixed_id(&self, prefix: &str, text: &str) -> Result<Option<Uuid>, Error> {
        let call = ParsePrefixedIdArgs { prefix: prefix.to_owned(), prefixed: text.to_owned() };
        self.client.call::<ParsePrefixedId>(&call).await
    }

    /// Takes one event as Stripe posts it, whose signature was found right; answers with what became of it.
    pub async fn apply_stripe_event(&self, event: &Value) -> Result<String, Error> {
        let call = ApplyStripeEventArgs { event: event.clone() };
        Ok(self.client.call::<ApplyStripeEvent>(&call).await?.unwrap_or_default())
    }

    async fn change_job(&self, id: Uuid, change: &JobsUpdate) -> Result<Option<Job>, Error> {
        Ok(self.client.from::<Jobs>().eq("id", id).update(change).await?.into_iter().next())
    }
}

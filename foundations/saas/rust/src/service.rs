//! The common operations on users and jobs over REST, with the service key.
//!
//! Knows HTTP and the tables; decides nothing that the database decides.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::change::{JobChange, NewJob, UserChange};
use crate::error::Error;
use crate::rows::{Asset, Job, Subscription, User};
use crate::settings::{Settings, SettingsError};

/// How long a client made from the environment waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads and writes as the service role: it passes over row level security and must never be in a user's hands.
///
/// Cheap to clone; all clones share their connections.
#[derive(Clone)]
pub struct DatabaseService {
    client: Client,
    url: String,
    key: String,
}

impl DatabaseService {
    /// For the project at `url` (`http://127.0.0.1:54321`) with its service role JWT or secret key.
    pub fn new(client: Client, url: &str, service_key: &str) -> Self {
        Self { client, url: url.trim_end_matches('/').to_owned(), key: service_key.to_owned() }
    }

    /// For the project that `SUPABASE_URL` and `SUPABASE_SERVICE_ROLE_KEY` name.
    pub fn from_env() -> Result<Self, SettingsError> {
        let Settings { url, service_role_key } = Settings::from_env()?;
        let client = Client::builder().timeout(PATIENCE).build().expect("a TLS library is compiled in");
        Ok(Self::new(client, &url, &service_role_key))
    }

    /// A request to a table, for what this service has no method for. It answers with the rows it changed.
    pub fn table(&self, method: Method, name: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}/rest/v1/{name}", self.url))
            .header("apikey", &self.key)
            .bearer_auth(&self.key)
            .header("prefer", "return=representation")
    }

    /// The user with this id.
    pub async fn get_user(&self, id: Uuid) -> Result<Option<User>, Error> {
        self.find("users", id).await
    }

    /// Changes a user and returns it. Changing nothing is not an error.
    pub async fn update_user(&self, id: Uuid, change: &UserChange) -> Result<User, Error> {
        let changed = if *change == UserChange::default() {
            self.get_user(id).await?
        } else {
            self.update("users", id, change).await?
        };
        changed.ok_or(Error::UserNotFound(id))
    }

    /// Queues a job; it counts against the quota of its user.
    pub async fn create_job(&self, job: &NewJob) -> Result<Job, Error> {
        self.add_job(job).await
    }

    /// The job with this id.
    pub async fn get_job(&self, id: Uuid) -> Result<Option<Job>, Error> {
        self.find("jobs", id).await
    }

    /// Reports on a job and returns it. Changing nothing is not an error.
    pub async fn update_job(&self, id: Uuid, change: &JobChange) -> Result<Job, Error> {
        let changed = if *change == JobChange::default() {
            self.get_job(id).await?
        } else {
            self.update("jobs", id, change).await?
        };
        changed.ok_or(Error::JobNotFound(id))
    }

    /// Writes a whole row of `users` over the one its sign-up made. There must be an auth user of that id.
    pub async fn upsert_user(&self, user: &User) -> Result<User, Error> {
        let request = self.table(Method::POST, "users?select=*&on_conflict=id");
        one(request.header("prefer", "resolution=merge-duplicates").json(user)).await
    }

    /// Writes a whole job, in whatever state it is; it counts against the quota of its user.
    pub async fn insert_job(&self, job: &Job) -> Result<Job, Error> {
        self.add_job(job).await
    }

    /// Writes a whole subscription; tier and status of its user follow it.
    pub async fn insert_subscription(&self, subscription: &Subscription) -> Result<Subscription, Error> {
        one(self.table(Method::POST, "subscriptions?select=*").json(subscription)).await
    }

    /// Writes a whole asset; job and asset must belong to the same user.
    pub async fn insert_asset(&self, asset: &Asset) -> Result<Asset, Error> {
        one(self.table(Method::POST, "assets?select=*").json(asset)).await
    }

    async fn add_job(&self, job: &impl Serialize) -> Result<Job, Error> {
        let rows: Vec<Job> = answer(self.table(Method::POST, "jobs?select=*").json(job)).await?;
        rows.into_iter().next().ok_or(Error::JobNotCreated)
    }

    async fn find<T: DeserializeOwned>(&self, table: &str, id: Uuid) -> Result<Option<T>, Error> {
        let request = self.table(Method::GET, &format!("{table}?select=*&id=eq.{id}"));
        Ok(answer::<Vec<T>>(request).await?.into_iter().next())
    }

    async fn update<T: DeserializeOwned>(
        &self,
        table: &str,
        id: Uuid,
        change: &impl Serialize,
    ) -> Result<Option<T>, Error> {
        let request = self.table(Method::PATCH, &format!("{table}?select=*&id=eq.{id}")).json(change);
        Ok(answer::<Vec<T>>(request).await?.into_iter().next())
    }
}

impl fmt::Debug for DatabaseService {
    /// Without the key: what is debugged ends in a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DatabaseService").field("url", &self.url).finish_non_exhaustive()
    }
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

async fn one<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Error> {
    let [row]: [T; 1] = answer(request).await?;
    Ok(row)
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Error> {
    let response = request.send().await.map_err(Error::Unreachable)?;
    let status = response.status();
    let body = response.bytes().await.map_err(Error::Unreachable)?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(Error::Decode);
    }
    Err(Error::refused(status, &body))
}

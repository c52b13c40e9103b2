//! The common operations on users and jobs over REST, with the service key.
//!
//! Knows HTTP and the tables; decides nothing that the database decides.

use std::sync::OnceLock;

use ferrobase_client::Client;
use foundation::{Settings, SettingsError};
use uuid::Uuid;

use crate::error::Error;
use crate::types::public::{Assets, Jobs, Subscriptions, Users};
use crate::{Asset, Job, JobChange, NewJob, Subscription, User, UserChange};

/// Reads and writes as the service role: it passes over row level security and must never be in a user's hands.
///
/// Cheap to clone; all clones share their connections.
#[derive(Clone, Debug)]
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
        Ok(self.client.from::<Users>().eq("id", id).first().await?)
    }

    /// Changes a user and returns it. Changing nothing is not an error.
    pub async fn update_user(&self, id: Uuid, change: &UserChange) -> Result<User, Error> {
        let changed = self.client.from::<Users>().eq("id", id).update(change).await?;
        changed.into_iter().next().ok_or(Error::UserNotFound(id))
    }

    /// Queues a job; it counts against the quota of its user.
    pub async fn create_job(&self, job: &NewJob) -> Result<Job, Error> {
        made(self.client.insert::<Jobs>(job).await)
    }

    /// The job with this id.
    pub async fn get_job(&self, id: Uuid) -> Result<Option<Job>, Error> {
        Ok(self.client.from::<Jobs>().eq("id", id).first().await?)
    }

    /// Reports on a job and returns it. Changing nothing is not an error.
    pub async fn update_job(&self, id: Uuid, change: &JobChange) -> Result<Job, Error> {
        let changed = self.client.from::<Jobs>().eq("id", id).update(change).await?;
        changed.into_iter().next().ok_or(Error::JobNotFound(id))
    }

    /// Writes a whole row of `users` over the one its sign-up made. There must be an auth user of that id.
    pub async fn upsert_user(&self, user: &User) -> Result<User, Error> {
        Ok(self.client.upsert_row::<Users>(user, "id").await?)
    }

    /// Writes a whole job, in whatever state it is; it counts against the quota of its user.
    pub async fn insert_job(&self, job: &Job) -> Result<Job, Error> {
        made(self.client.insert_row::<Jobs>(job).await)
    }

    /// Writes a whole subscription; tier and status of its user follow it.
    pub async fn insert_subscription(&self, subscription: &Subscription) -> Result<Subscription, Error> {
        Ok(self.client.insert_row::<Subscriptions>(subscription).await?)
    }

    /// Writes a whole asset; job and asset must belong to the same user.
    pub async fn insert_asset(&self, asset: &Asset) -> Result<Asset, Error> {
        Ok(self.client.insert_row::<Assets>(asset).await?)
    }
}

fn made(job: Result<Job, ferrobase_client::Error>) -> Result<Job, Error> {
    job.map_err(|error| match error {
        ferrobase_client::Error::NoRow => Error::JobNotCreated,
        other => other.into(),
    })
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

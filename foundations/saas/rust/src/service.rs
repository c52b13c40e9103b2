//! The common operations on users and jobs over REST, with the service key.

use reqwest::{Client, Method, RequestBuilder};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::rows::{Job, JobChange, NewJob, User, UserChange};

/// Why an operation did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody has this id.
    #[error("User not found: {0}")]
    UserNotFound(Uuid),
    /// No job has this id.
    #[error("Job not found: {0}")]
    JobNotFound(Uuid),
    /// The server accepted the job and returned none.
    #[error("Failed to create job")]
    JobNotCreated,
    /// The database or REST refused: `PT402` beyond the quota, `PT409` for a change that a job's state forbids, …
    #[error("{code}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// SQLSTATE or PGRST code.
        code: String,
        /// What is wrong.
        message: String,
        /// The particulars, if there are any.
        details: Option<String>,
        /// What to do about it, if it is known.
        hint: Option<String>,
    },
    /// The server was not reached or did not answer as a REST API does.
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    details: Option<String>,
    hint: Option<String>,
}

/// Reads and writes as the service role: it passes over row level security and must never be in a user's hands.
#[derive(Debug, Clone)]
pub struct DatabaseService {
    client: Client,
    url: String,
    key: String,
}

impl DatabaseService {
    /// For the project at `url` (`http://127.0.0.1:54321`) with its service key.
    pub fn new(client: Client, url: &str, service_key: &str) -> Self {
        Self { client, url: url.trim_end_matches('/').to_owned(), key: service_key.to_owned() }
    }

    /// A request to a table, for what this service has no method for.
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

    /// Changes a profile and returns it. Changing nothing is not an error.
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
        let request = self.table(Method::POST, "jobs").json(job);
        rows(request).await?.into_iter().next().ok_or(Error::JobNotCreated)
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

    async fn find<T: DeserializeOwned>(&self, table: &str, id: Uuid) -> Result<Option<T>, Error> {
        let request = self.table(Method::GET, &format!("{table}?select=*&id=eq.{id}"));
        Ok(rows(request).await?.into_iter().next())
    }

    async fn update<T: DeserializeOwned>(
        &self,
        table: &str,
        id: Uuid,
        change: &impl Serialize,
    ) -> Result<Option<T>, Error> {
        let request = self.table(Method::PATCH, &format!("{table}?select=*&id=eq.{id}")).json(change);
        Ok(rows(request).await?.into_iter().next())
    }
}

async fn rows<T: DeserializeOwned>(request: RequestBuilder) -> Result<Vec<T>, Error> {
    let response = request.send().await?;
    if response.status().is_success() {
        return Ok(response.json().await?);
    }
    let status = response.status().as_u16();
    let Refusal { code, message, details, hint } = response.json().await?;
    Err(Error::Refused { status, code, message, details, hint })
}

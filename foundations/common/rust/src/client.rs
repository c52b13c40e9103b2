//! Tables and functions over REST, with the service key.

use std::fmt;
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::settings::{Settings, SettingsError};

/// How long a client made from the environment waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads and writes as the service role: it passes over row level security and must never be in a user's hands.
///
/// Cheap to clone; all clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    key: String,
}

impl Client {
    /// For the project at `url` (`http://127.0.0.1:54321`) with its service role JWT or secret key.
    pub fn new(http: reqwest::Client, url: &str, service_key: &str) -> Self {
        Self { http, url: url.trim_end_matches('/').to_owned(), key: service_key.to_owned() }
    }

    /// For the project that `SUPABASE_URL` and `SUPABASE_SERVICE_ROLE_KEY` name.
    pub fn from_env() -> Result<Self, SettingsError> {
        let Settings { url, service_role_key } = Settings::from_env()?;
        let http =
            reqwest::Client::builder().timeout(PATIENCE).build().expect("a TLS library is compiled in");
        Ok(Self::new(http, &url, &service_role_key))
    }

    /// A request to a table, for what there is no method for. It answers with the rows it changed.
    pub fn table(&self, method: Method, name: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}/rest/v1/{name}", self.url))
            .header("apikey", &self.key)
            .bearer_auth(&self.key)
            .header("prefer", "return=representation")
    }

    /// The rows of a table that a filter leaves: `user_id=eq.…&order=created_at`.
    pub async fn select<T: DeserializeOwned>(&self, table: &str, filter: &str) -> Result<Vec<T>, Error> {
        self.answer(self.table(Method::GET, &format!("{table}?select=*&{filter}"))).await
    }

    /// Writes a whole row over the one with the same value in `key`, or beside the others; returns it.
    pub async fn upsert<T: Serialize + DeserializeOwned>(
        &self,
        table: &str,
        key: &str,
        row: &T,
    ) -> Result<T, Error> {
        let request = self.table(Method::POST, &format!("{table}?select=*&on_conflict={key}"));
        let request = request.header("prefer", "resolution=merge-duplicates").json(row);
        let [row]: [T; 1] = self.answer(request).await?;
        Ok(row)
    }

    /// Calls a function.
    pub async fn call<T: DeserializeOwned>(
        &self,
        function: &str,
        arguments: &impl Serialize,
    ) -> Result<T, Error> {
        self.answer(self.table(Method::POST, &format!("rpc/{function}")).json(arguments)).await
    }

    /// Sends a request and reads its answer.
    pub async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Error> {
        let response = request.send().await.map_err(Error::Unreachable)?;
        let status = response.status();
        let body = response.bytes().await.map_err(Error::Unreachable)?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(Error::Decode);
        }
        Err(Error::refused(status, &body))
    }
}

impl fmt::Debug for Client {
    /// Without the key: what is debugged ends in a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("url", &self.url).finish_non_exhaustive()
    }
}

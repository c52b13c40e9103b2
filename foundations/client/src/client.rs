//! A project's address and whoever acts there.

use std::fmt;

use reqwest::{Method, RequestBuilder, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::query::Query;
use crate::relation::{Function, Relation, Table};

/// A project, as somebody. Cheap to clone; all clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: Url,
    key: String,
    token: Option<String>,
}

impl Client {
    /// The project at `url` (`http://127.0.0.1:54321`) as whoever the key speaks for: everybody, or with a secret key
    /// or the service role's the server itself, whom row level security does not hold back.
    pub fn new(http: reqwest::Client, url: &str, key: impl Into<String>) -> Result<Self, Error> {
        let parsed = Url::parse(url).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
        let url = parsed.ok_or_else(|| Error::Url(url.to_owned()))?;
        Ok(Self { http, url, key: key.into(), token: None })
    }

    /// The same project as the user whose access token this is.
    #[must_use]
    pub fn as_user(&self, access_token: impl Into<String>) -> Self {
        Self { token: Some(access_token.into()), ..self.clone() }
    }

    /// Rows of a table or view.
    pub fn from<R: Relation>(&self) -> Query<'_, R> {
        Query::new(self)
    }

    /// Adds a row and returns it.
    pub async fn insert<T: Table>(&self, row: &T::Insert) -> Result<T::Row, Error> {
        one(self.add::<T>(row, None).await?)
    }

    /// Adds rows, all or none, and returns them. What a row leaves out gets its default.
    pub async fn insert_all<T: Table>(&self, rows: &[T::Insert]) -> Result<Vec<T::Row>, Error> {
        self.add::<T>(&rows, None).await
    }

    /// Adds a row, or changes the one that has the same values in these columns, and returns it.
    pub async fn upsert<T: Table>(&self, row: &T::Insert, on_conflict: &str) -> Result<T::Row, Error> {
        one(self.add::<T>(row, Some(on_conflict)).await?)
    }

    /// Adds a whole row just as it is.
    pub async fn insert_row<T: Table>(&self, row: &T::Row) -> Result<T::Row, Error> {
        one(self.add::<T>(row, None).await?)
    }

    /// Adds a whole row, or writes it over the one that has the same values in these columns.
    pub async fn upsert_row<T: Table>(&self, row: &T::Row, on_conflict: &str) -> Result<T::Row, Error> {
        one(self.add::<T>(row, Some(on_conflict)).await?)
    }

    /// Calls a function.
    pub async fn call<F: Function>(&self, args: &F::Args) -> Result<F::Returns, Error> {
        let url = self.address(&["rest", "v1", "rpc", F::NAME]);
        let request = self.request(Method::POST, url).header("content-profile", F::SCHEMA);
        self.answer(request, Some(encode(args)?)).await
    }

    async fn add<T: Table>(
        &self,
        rows: &impl Serialize,
        on_conflict: Option<&str>,
    ) -> Result<Vec<T::Row>, Error> {
        let mut url = self.table::<T>();
        url.query_pairs_mut().append_pair("select", "*");
        let mut prefer = "return=representation,missing=default".to_owned();
        if let Some(columns) = on_conflict {
            url.query_pairs_mut().append_pair("on_conflict", columns);
            prefer.push_str(",resolution=merge-duplicates");
        }
        let request = self.request(Method::POST, url).header("content-profile", T::SCHEMA);
        self.answer(request.header("prefer", prefer), Some(encode(rows)?)).await
    }

    pub(crate) fn table<R: Relation>(&self) -> Url {
        self.address(&["rest", "v1", R::NAME])
    }

    /// An address below the project's; every part is one step, whatever characters it has.
    pub(crate) fn address(&self, steps: &[&str]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(steps);
        }
        url
    }

    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let token = self.token.as_ref().unwrap_or(&self.key);
        self.http.request(method, url).header("apikey", &self.key).bearer_auth(token)
    }

    /// Sends a request and reads its answer. An empty one is `null`.
    pub(crate) async fn answer<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        body: Option<Vec<u8>>,
    ) -> Result<T, Error> {
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body),
            None => request,
        };
        let response = request.send().await.map_err(Error::Unreachable)?;
        let status = response.status();
        let body = response.bytes().await.map_err(Error::Unreachable)?;
        if !status.is_success() {
            return Err(Error::refused(status, &body));
        }
        let body = if body.is_empty() { b"null" } else { &*body };
        serde_json::from_slice(body).map_err(Error::Decode)
    }
}

impl fmt::Debug for Client {
    /// Without key and token: what is debugged ends in a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

pub(crate) fn encode(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(Error::Encode)
}

fn one<T>(rows: Vec<T>) -> Result<T, Error> {
    rows.into_iter().next().ok_or(Error::NoRow)
}

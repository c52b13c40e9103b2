//! Signing up, in and out.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::client::{Client, encode};
use crate::error::Error;

/// Somebody who is signed in.
#[derive(Clone, PartialEq, Deserialize)]
pub struct Session {
    /// For [`Client::as_user`].
    pub access_token: String,
    /// For [`Client::refresh`]; can be used once.
    pub refresh_token: String,
    /// Seconds that the access token is valid.
    pub expires_in: u64,
    /// Whose it is.
    pub user: User,
}

impl std::fmt::Debug for Session {
    /// Without the tokens: what is debugged ends in a log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Session").field("user", &self.user.id).finish_non_exhaustive()
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct User {
    /// Its id, in `auth.users` and in the tokens.
    pub id: Uuid,
    /// Its address, if it has one.
    pub email: Option<String>,
    /// What the project says about it.
    #[serde(default)]
    pub app_metadata: Map<String, Value>,
    /// What it says about itself.
    #[serde(default)]
    pub user_metadata: Map<String, Value>,
}

impl Client {
    /// Makes an account. Where addresses must be confirmed first there is no session yet: [`Error::Decode`].
    pub async fn sign_up(&self, email: &str, password: &str) -> Result<Session, Error> {
        self.authenticate(&["signup"], None, &json!({"email": email, "password": password})).await
    }

    /// Begins a session.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Session, Error> {
        let body = json!({"email": email, "password": password});
        self.authenticate(&["token"], Some("password"), &body).await
    }

    /// Continues a session.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Session, Error> {
        self.authenticate(&["token"], Some("refresh_token"), &json!({"refresh_token": refresh_token})).await
    }

    /// The user this client acts as.
    pub async fn user(&self) -> Result<User, Error> {
        let url = self.address(&["auth", "v1", "user"]);
        self.answer(self.request(Method::GET, url), None).await
    }

    /// Ends all sessions of the user this client acts as.
    pub async fn sign_out(&self) -> Result<(), Error> {
        let url = self.address(&["auth", "v1", "logout"]);
        self.answer(self.request(Method::POST, url), None).await
    }

    async fn authenticate(&self, path: &[&str], grant: Option<&str>, body: &Value) -> Result<Session, Error> {
        let mut url = self.address(&[&["auth", "v1"], path].concat());
        if let Some(grant) = grant {
            url.query_pairs_mut().append_pair("grant_type", grant);
        }
        self.answer(self.request(Method::POST, url), Some(encode(body)?)).await
    }
}

#![doc = include_str!("../README.md")]

mod caller;
mod config;
mod db;
mod error;
mod handlers;
mod logic;
mod request;
mod store;
mod sweep;
mod upload;

use std::sync::Arc;

use axum::body::Body;
use base::clock::Clock;
use base::identity::{SigningKey, Verifier, VerifyingKey};
use http::{Request, Response};
use sha2::{Digest as _, Sha256};

pub use config::{Bucket, Config};
pub use error::Error;
pub use store::{Store, StoreError, link_folder};
pub use sweep::Sweeps;

use caller::Caller;
use logic::route::{NoRoute, Route};

/// What the room works with. Clones are the same room.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Connections as `authenticator`.
    pub pool: pg::Pool,
    /// Where the bytes are.
    pub store: Store,
    /// `[storage]` of the project.
    pub config: Arc<Config>,
    /// Verifies bearer tokens.
    pub verifier: Arc<Verifier>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    url_signer: Arc<SigningKey>,
    url_keys: Arc<Verifier>,
}

impl Ctx {
    /// A room on `pool` and `store`. `secret` is the project's JWT secret: the tokens of signed URLs are made with a key
    /// derived from it, so that they are no bearer tokens, and no bearer token opens a signed URL.
    pub fn new(
        pool: pg::Pool,
        store: Store,
        config: Config,
        verifier: Arc<Verifier>,
        clock: Arc<dyn Clock>,
        secret: &str,
    ) -> Self {
        let key = Sha256::new_with_prefix(b"ferrobase storage signed url\0").chain_update(secret).finalize();
        Self {
            pool,
            store,
            config: Arc::new(config),
            verifier,
            clock,
            url_signer: Arc::new(SigningKey::from_secret(&key)),
            url_keys: Arc::new(Verifier::new(vec![VerifyingKey::from_secret(&key)]).with_leeway(0)),
        }
    }

    /// Answers one request. Its path is without `/storage/v1`.
    pub async fn handle(&self, request: Request<Body>) -> Response<Body> {
        match self.answer(request).await {
            Ok(response) => response,
            Err(error) => error.response(),
        }
    }

    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let (parts, body) = request.into_parts();
        let route = Route::find(&parts.method, parts.uri.path()).map_err(|none| match none {
            NoRoute::Unknown => Error::NoSuchRoute(format!("{}:{}", parts.method, parts.uri)),
            NoRoute::BadPath => Error::BadPath(parts.uri.path().to_owned()),
        })?;
        let caller = Caller::of(self, &parts, &route)?;
        let asked = handlers::Asked { ctx: self, caller: &caller, parts: &parts };
        handlers::answer(asked, route, body).await
    }
}

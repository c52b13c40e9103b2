#![doc = include_str!("../README.md")]

mod caller;
mod config;
mod db;
mod error;
mod handlers;
mod logic;
mod passwords;
mod request;
mod tokens;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{any, get, post};
use base::clock::Clock;
use base::identity::{SigningKey, Verifier};
use include_dir::{Dir, include_dir};

pub use config::{Config, Email, PasswordRequirements, Sessions, Sms};
pub use error::Error;

/// The schema `auth`: files `0001_….sql`, to be run in order as `supabase_auth_admin`, one transaction each.
pub static MIGRATIONS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations");

/// What the room works with.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Connections as `supabase_auth_admin`.
    pub pool: pg::Pool,
    /// `[auth]` of the project.
    pub config: Arc<Config>,
    /// Signs access tokens; its public half is what `/.well-known/jwks.json` shows.
    pub signer: Arc<SigningKey>,
    /// Public halves of keys whose tokens are good, too; they are shown beside the signer's.
    pub further_keys: Vec<serde_json::Value>,
    /// Verifies bearer tokens: those of `signer` and those of the shared secret.
    pub verifier: Arc<Verifier>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    passwords: passwords::Passwords,
}

impl Ctx {
    /// A room on `pool`.
    pub fn new(
        pool: pg::Pool,
        config: Config,
        signer: Arc<SigningKey>,
        verifier: Arc<Verifier>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            pool,
            config: Arc::new(config),
            signer,
            further_keys: Vec::new(),
            verifier,
            clock,
            passwords: passwords::Passwords::new(),
        }
    }

    /// The same with further keys to show.
    #[must_use]
    pub fn with_further_keys(self, further_keys: Vec<serde_json::Value>) -> Self {
        Self { further_keys, ..self }
    }
}

/// The room's route table. Paths are without `/auth/v1`.
pub fn routes(ctx: Ctx) -> Router {
    use handlers::{
        admin, health, jwks, logout, openid_configuration, settings, signup, switched_off, token, user_get,
        user_update,
    };

    let config = Arc::clone(&ctx.config);
    Router::new()
        // anyone
        .route("/health", get(health::health))
        .route("/settings", get(settings::settings))
        .route("/.well-known/jwks.json", get(jwks::jwks))
        .route("/.well-known/openid-configuration", get(openid_configuration::openid_configuration))
        .route("/signup", post(signup::signup))
        .route("/token", post(token::token))
        // a signed-in user
        .route("/user", get(user_get::user_get).put(user_update::user_update))
        .route("/logout", post(logout::logout))
        // an administrator
        .route("/admin/users", get(admin::users_list::users_list).post(admin::user_create::user_create))
        .route(
            "/admin/users/{user_id}",
            get(admin::user_get::user_get)
                .put(admin::user_update::user_update)
                .delete(admin::user_delete::user_delete),
        )
        .route("/admin/users/{user_id}/factors", get(admin::user_factors::user_factors))
        // not offered
        .route("/sso", any(switched_off::saml))
        .route("/sso/{*rest}", any(switched_off::saml))
        .route("/passkeys", any(switched_off::passkeys))
        .route("/passkeys/{*rest}", any(switched_off::passkeys))
        .route("/user/identities/{*rest}", any(switched_off::manual_linking))
        .route("/user/oauth/grants", any(switched_off::oauth_grants))
        .route("/admin/oauth/clients", any(switched_off::oauth_clients))
        .route("/admin/oauth/clients/{*rest}", any(switched_off::oauth_clients))
        .route("/oauth/{*rest}", any(switched_off::oauth_server))
        .route("/.well-known/oauth-authorization-server", get(switched_off::oauth_server))
        .fallback(async || Error::NoSuchRoute)
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .with_state(Arc::new(ctx))
        .layer(middleware::from_fn_with_state(config, error::render))
}

//! Sessions being made, and the answer that carries their tokens.

use axum::Json;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::{HeaderName, HeaderValue};
use serde::Serialize;
use uuid::Uuid;

use crate::Ctx;
use crate::db::{Work, sessions};
use crate::error::{Error, Step};
use crate::logic::claims::{self, AmrEntry};
use crate::logic::password_rules::Weakness;
use crate::logic::refresh_token;
use crate::logic::user::{ShownUser, User};
use crate::request::Origin;

const USER_ID: HeaderName = HeaderName::from_static("sb-auth-user-id");
const SESSION_ID: HeaderName = HeaderName::from_static("sb-auth-session-id");

/// A session about to be made.
pub(crate) struct NewSession {
    id: Uuid,
    refresh_token: String,
    method: &'static str,
    now: DateTime<Utc>,
}

impl NewSession {
    /// A session of someone who proved who they are by `method`.
    pub(crate) fn by(method: &'static str, now: DateTime<Utc>) -> Self {
        Self { id: Uuid::new_v4(), refresh_token: refresh_token::generate(&mut rand::rng()), method, now }
    }

    /// Adds the statements that make it.
    pub(crate) fn push(&self, work: &mut Work, user_id: Uuid, origin: &Origin) {
        work.push(Step::GrantUser, sessions::insert(self.id, user_id, origin, self.now));
        work.push(
            Step::GrantUser,
            sessions::insert_refresh_token(&self.refresh_token, user_id, self.id, self.now),
        );
        work.push(Step::GrantUser, sessions::set_last_sign_in(user_id, self.now));
        work.push(Step::GrantUser, sessions::upsert_amr_claim(self.id, self.method, self.now));
    }

    /// The answer once it is stored.
    pub(crate) fn answer(
        self,
        ctx: &Ctx,
        user: &User,
        weakness: Option<Weakness>,
    ) -> Result<Response, Error> {
        let amr = vec![AmrEntry { method: self.method.to_owned(), timestamp: self.now.timestamp() }];
        answer(ctx, user, self.id, &self.refresh_token, amr, weakness)
    }
}

/// The token response of the protocol.
#[derive(Serialize)]
struct TokenResponse<'a> {
    access_token: String,
    token_type: &'static str,
    expires_in: u32,
    expires_at: i64,
    refresh_token: &'a str,
    user: ShownUser<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weak_password: Option<Weakness>,
}

/// An access token for a stored session, signed now, with everything that comes along.
pub(crate) fn answer(
    ctx: &Ctx,
    user: &User,
    session_id: Uuid,
    refresh_token: &str,
    amr: Vec<AmrEntry>,
    weak_password: Option<Weakness>,
) -> Result<Response, Error> {
    let lifetime = ctx.config.jwt_expiry;
    let claims = claims::access_token(user, session_id, amr, &ctx.config.issuer, ctx.clock.now(), lifetime);
    let body = TokenResponse {
        access_token: ctx.signer.sign(&claims)?,
        token_type: "bearer",
        expires_in: lifetime,
        expires_at: claims.expires_at(),
        refresh_token,
        user: user.shown(),
        weak_password,
    };
    let mut response = Json(body).into_response();
    for (name, id) in [(USER_ID, user.id), (SESSION_ID, session_id)] {
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

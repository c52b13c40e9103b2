//! Who is asking: from the bearer token to the claims, and on to the user's and the session's rows.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use base::identity::Claims;
use http::request::Parts;
use http::{HeaderMap, header};
use serde_json::Value;
use uuid::Uuid;

use crate::Ctx;
use crate::db::{self, Work, sessions};
use crate::error::{Error, Step};
use crate::logic::session::Session;
use crate::logic::user::User;
use crate::request::audience_header;

/// A user with a good token. Not banned, and the session the token names exists.
pub(crate) struct Caller {
    pub(crate) user: User,
    pub(crate) session: Option<Session>,
    claims: Arc<Claims>,
}

/// Whoever holds a token of an administrator's role.
pub(crate) struct Admin {
    pub(crate) role: String,
}

impl Caller {
    /// The audience of the token, if it names one.
    pub(crate) fn token_audience(&self) -> Option<&str> {
        token_audience(&self.claims)
    }

    /// The audience of the request: the header's, else the token's, else the configured one.
    pub(crate) fn request_audience<'a>(&'a self, ctx: &'a Ctx, headers: &'a HeaderMap) -> &'a str {
        let of_token = || {
            // anon and service keys never had an audience of their own
            let is_admin = self.claims.role().is_some_and(|role| is_admin_role(ctx, role));
            if is_admin { None } else { self.token_audience() }
        };
        audience_header(headers).or_else(of_token).unwrap_or(&ctx.config.audience)
    }
}

impl FromRequestParts<Arc<Ctx>> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, ctx: &Arc<Ctx>) -> Result<Self, Error> {
        let claims = verify(ctx, &parts.headers)?;
        let caller = load(ctx, claims).await?;
        if caller.user.is_banned(ctx.clock.now()) {
            return Err(Error::TokenUserBanned);
        }
        Ok(caller)
    }
}

impl FromRequestParts<Arc<Ctx>> for Admin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, ctx: &Arc<Ctx>) -> Result<Self, Error> {
        let claims = verify(ctx, &parts.headers)?;
        // a service key is nobody's; but a user with such a role must still be signed in
        if session_id(&claims)?.is_some() {
            let caller = load(ctx, Arc::clone(&claims)).await?;
            let now = ctx.clock.now();
            let valid =
                caller.session.is_none_or(|session| session.check(&ctx.config.sessions, now, None).is_ok());
            if !valid {
                return Err(Error::TokenSessionExpired);
            }
        }
        match claims.role() {
            Some(role) if is_admin_role(ctx, role) => Ok(Self { role: role.to_owned() }),
            _ => Err(Error::NotAdmin),
        }
    }
}

fn is_admin_role(ctx: &Ctx, role: &str) -> bool {
    ctx.config.admin_roles.iter().any(|admin| admin == role)
}

fn verify(ctx: &Ctx, headers: &HeaderMap) -> Result<Arc<Claims>, Error> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = authorization.and_then(bearer_token).ok_or(Error::NoBearerToken)?;
    Ok(ctx.verifier.verify(token, ctx.clock.now())?)
}

/// The token of `Bearer <token>`: one word, and nothing behind it.
fn bearer_token(authorization: &str) -> Option<&str> {
    let token = base::identity::bearer(authorization)?;
    let one_word = !token.is_empty() && !token.contains(char::is_whitespace);
    one_word.then_some(token)
}

async fn load(ctx: &Ctx, claims: Arc<Claims>) -> Result<Caller, Error> {
    let subject = claims.sub().filter(|subject| !subject.is_empty()).ok_or(Error::NoSubject)?;
    let user_id = Uuid::try_parse(subject).map_err(|_error| Error::SubjectNotUuid)?;
    let session_id = session_id(&claims)?;
    let answers =
        Work::ask(Step::QuerySchema, sessions::find_caller(user_id, session_id)).run(&ctx.pool).await?;
    let row = answers.rows(0).first().ok_or(Error::TokenUserNotFound)?;
    let caller = Caller { user: db::read_user(row)?, session: db::read_session(row, 3)?, claims };
    if session_id.is_some() && caller.session.is_none() {
        return Err(Error::TokenSessionNotFound);
    }
    Ok(caller)
}

/// The session a token names; the nil UUID names none.
fn session_id(claims: &Claims) -> Result<Option<Uuid>, Error> {
    match claims.session_id().filter(|id| !id.is_empty()) {
        None => Ok(None),
        Some(id) => {
            let id = Uuid::try_parse(id).map_err(|_error| Error::SessionIdNotUuid)?;
            Ok(Some(id).filter(|id| !id.is_nil()))
        }
    }
}

fn token_audience(claims: &Claims) -> Option<&str> {
    let audience = match claims.map.get("aud")? {
        Value::String(one) => one.as_str(),
        Value::Array(many) => many.first()?.as_str()?,
        _ => return None,
    };
    Some(audience).filter(|audience| !audience.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearer_tokens() {
        let cases = [
            ("Bearer abc", Some("abc")),
            ("bearer abc", Some("abc")),
            ("Bearer ", None),
            ("Bearer a b", None),
            ("Basic abc", None),
            ("abc", None),
            ("", None),
        ];
        for (value, expected) in cases {
            assert_eq!(bearer_token(value), expected, "{value}");
        }
    }

    #[test]
    fn the_first_audience_counts() {
        let of = |text: &str| {
            let claims = Claims::parse(text.as_bytes().to_vec()).unwrap();
            token_audience(&claims).map(str::to_owned)
        };
        assert_eq!(of(r#"{"aud":"a"}"#).as_deref(), Some("a"));
        assert_eq!(of(r#"{"aud":["b","a"]}"#).as_deref(), Some("b"));
        for none in [r"{}", r#"{"aud":""}"#, r#"{"aud":[]}"#, r#"{"aud":1}"#, r#"{"aud":[1]}"#] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}

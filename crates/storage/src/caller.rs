//! Who is asking: from the bearer token to the scope that statements run in.

use std::sync::Arc;

use base::identity::{Claims, JwtError, bearer};
use chrono::{DateTime, Utc};
use http::request::Parts;
use http::{HeaderMap, header};
use serde_json::{Map, Value};

use crate::Ctx;
use crate::db::Scope;
use crate::error::Error;
use crate::logic::route::{Door, Route};
use crate::logic::signed_url::{self, Purpose};

/// The role of who shows no good token where none is needed.
const ANONYMOUS: &str = "anon";
const ANONYMOUS_CLAIMS: &str = r#"{"role":"anon"}"#;

/// Whoever asks, and whether a good token says so.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) scope: Scope,
    pub(crate) is_authenticated: bool,
}

impl Caller {
    /// The caller of a route. Some need no token, and then a bad one is as good as none.
    pub(crate) fn of(ctx: &Ctx, parts: &Parts, route: &Route) -> Result<Self, Error> {
        let anonymous = |operation| scope(parts, ANONYMOUS, "", ANONYMOUS_CLAIMS.into(), None, operation);
        let token = token(&parts.headers);
        match ctx.verifier.verify(token, ctx.clock.now()) {
            Ok(claims) => {
                let role = claims.role().unwrap_or(ANONYMOUS);
                let subject = claims.sub().filter(|subject| !subject.is_empty()).map(str::to_owned);
                let raw = Arc::clone(&claims.raw);
                let scope = scope(parts, role, token, raw, subject, route.operation());
                Ok(Self { scope, is_authenticated: true })
            }
            Err(_) if needs_no_token(route) => {
                Ok(Self { scope: anonymous(route.operation()), is_authenticated: false })
            }
            Err(error) => Err(Error::BadJwt(error)),
        }
    }

    /// Fails for all but the service role.
    pub(crate) fn must_be_service(&self) -> Result<(), Error> {
        if self.scope.role == "service_role" { Ok(()) } else { Err(Error::ServiceRoleOnly) }
    }
}

fn needs_no_token(route: &Route) -> bool {
    match route {
        Route::Download(door, _) | Route::Head(door, _) | Route::Info(door, _) => {
            *door != Door::Authenticated
        }
        Route::SignedDownload(_) | Route::SignedUpload(_) | Route::Status | Route::Absent(_) => true,
        _ => false,
    }
}

/// The token of `Authorization`, with or without `Bearer` in front; empty when there is none.
fn token(headers: &HeaderMap) -> &str {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    bearer(value).unwrap_or(value)
}

fn scope(
    parts: &Parts,
    role: &str,
    token: &str,
    claims: Arc<str>,
    subject: Option<String>,
    operation: &'static str,
) -> Scope {
    Scope {
        role: role.to_owned(),
        token: token.to_owned(),
        claims,
        subject,
        headers: headers_as_json(&parts.headers).into(),
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        operation,
    }
}

fn headers_as_json(headers: &HeaderMap) -> String {
    let text =
        |value: &http::HeaderValue| Value::String(String::from_utf8_lossy(value.as_bytes()).into_owned());
    let members: Map<String, Value> =
        headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    Value::Object(members).to_string()
}

/// What the token of a signed URL says.
pub(crate) struct SignedUrl {
    pub(crate) claims: Arc<Claims>,
    /// From then on it is good for nothing.
    pub(crate) expires: DateTime<Utc>,
}

/// Fails unless the token was made by this room, for this object and purpose, and is not over.
pub(crate) fn verify_signed_url(
    ctx: &Ctx,
    token: &str,
    path: &str,
    purpose: Purpose,
) -> Result<SignedUrl, Error> {
    let now = ctx.clock.now();
    let claims = ctx.url_keys.verify(token, now).map_err(Error::BadSignedUrl)?;
    // it is over in that very second, and one without an end is never good
    let expires =
        claims.map.get("exp").and_then(Value::as_i64).and_then(|at| DateTime::from_timestamp(at, 0));
    let expires = expires.filter(|expires| *expires > now).ok_or(Error::BadSignedUrl(JwtError::Expired))?;
    signed_url::check(&claims, path, purpose).map_err(Error::Misfit)?;
    Ok(SignedUrl { claims, expires })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_may_stand_alone() {
        for (value, expected) in [
            ("Bearer a.b.c", "a.b.c"),
            ("bearer  a.b.c", "a.b.c"),
            ("a.b.c", "a.b.c"),
            ("Bearer", ""),
            ("", ""),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            assert_eq!(token(&headers), expected, "{value}");
        }
        assert_eq!(token(&HeaderMap::new()), "");
    }
}

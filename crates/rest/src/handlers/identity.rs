//! Who asks: the role and the claims of a request.

use std::sync::Arc;

use base::identity::{self, Verifier};
use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::error::JwtError;
use crate::logic::request::gucs;

/// The caller of a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Caller {
    /// The role that statements run as.
    pub(crate) role: String,
    /// The role is not the anonymous one.
    pub(crate) authenticated: bool,
    /// `request.jwt.claims`
    pub(crate) claims: Arc<str>,
}

/// Verifies the token, if there is one.
pub(crate) fn identify(
    config: &Config,
    verifier: &Verifier,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Result<Caller, JwtError> {
    let header = headers.get(AUTHORIZATION).map(|value| gucs::text(value.as_bytes()));
    let Some(token) = header.as_deref().and_then(identity::bearer) else {
        return anonymous(config);
    };
    if !verifier.has_keys() {
        return Err(JwtError::SecretMissing);
    }
    let claims = verifier.verify(token, now)?;
    let role = match (config.role_claim.find(&claims.map), &config.anon_role) {
        (Some(role), _) => role,
        (None, Some(anon)) => anon.clone(),
        (None, None) => return Err(JwtError::TokenRequired),
    };
    // Postgres takes no text with a NUL, so it can't be asked
    if role.contains('\0') {
        return Err(JwtError::NoSuchRole(role));
    }
    let raw = if claims.role() == Some(&role) {
        Arc::clone(&claims.raw)
    } else {
        let mut map: Map<String, Value> = claims.map.clone();
        map.insert("role".to_owned(), role.clone().into());
        Value::Object(map).to_string().into()
    };
    Ok(Caller { authenticated: config.anon_role.as_ref() != Some(&role), role, claims: raw })
}

fn anonymous(config: &Config) -> Result<Caller, JwtError> {
    let role = config.anon_role.clone().ok_or(JwtError::TokenRequired)?;
    let claims = json!({ "role": role }).to_string().into();
    Ok(Caller { role, authenticated: false, claims })
}

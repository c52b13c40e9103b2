//! Who asks: the role and the claims of a request.

use std::sync::Arc;

use base::identity::{self, Verifier};
use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::error::JwtError;

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
    let header = headers.get(AUTHORIZATION).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let Some(token) = header.as_deref().and_then(identity::bearer) else {
        return anonymous(config);
    };
    if !verifier.has_keys() {
        return Err(JwtError::SecretMissing);
    }
    let claims = verifier.verify(token, now)?;
    let role = claimed_role(&claims.map, &config.role_claim_key);
    let role = match (role, &config.anon_role) {
        (Some(role), _) => role.to_owned(),
        (None, Some(anon)) => anon.clone(),
        (None, None) => return Err(JwtError::TokenRequired),
    };
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

/// Follows a path like `.realm.roles[0]` or `."https://example.com/role"` into the claims.
fn claimed_role<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a str> {
    let mut rest = path.trim();
    let mut current: Option<&Value> = None;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let (index, after) = after.split_once(']')?;
            current = Some(element(current?.as_array()?, index)?);
            rest = after;
            continue;
        }
        let key_start = rest.strip_prefix('.')?;
        let (key, after) = match key_start.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => key_start.split_at(key_start.find(['.', '[']).unwrap_or(key_start.len())),
        };
        current = match current {
            None => claims.get(key),
            Some(value) => value.get(key),
        };
        current?;
        rest = after;
    }
    current?.as_str()
}

/// `[1]`, or the first that fulfils `[?(@ == "text")]` and its like.
fn element<'a>(array: &'a [Value], index: &str) -> Option<&'a Value> {
    if let Ok(number) = index.parse::<usize>() {
        return array.get(number);
    }
    let condition = index.strip_prefix("?(@")?.strip_suffix(')')?.trim();
    let (operator, wanted) = condition.split_once(' ')?;
    let wanted = wanted.trim().strip_prefix('"')?.strip_suffix('"')?;
    array.iter().find(|value| {
        let Some(text) = value.as_str() else { return false };
        match operator {
            "==" => text == wanted,
            "!=" => text != wanted,
            "^==" => text.starts_with(wanted),
            "==^" => text.ends_with(wanted),
            "*==" => text.contains(wanted),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_is_found_by_path() {
        let claims = json!({
            "role": "a", "realm": {"roles": ["x", "web_y"]}, "https://e.x/role": "b", "number": 3
        });
        let cases = [
            (".role", Some("a")),
            (".realm.roles[1]", Some("web_y")),
            (".realm.roles[?(@ ^== \"web\")]", Some("web_y")),
            (".realm.roles[?(@ == \"x\")]", Some("x")),
            (".\"https://e.x/role\"", Some("b")),
            (".number", None),
            (".missing.deep", None),
            ("role", None),
            ("", None),
        ];
        for (path, expected) in cases {
            assert_eq!(claimed_role(claims.as_object().unwrap(), path), expected, "{path}");
        }
    }
}

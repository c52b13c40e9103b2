//! API keys: who a request speaks for, decided before it reaches a room.
//!
//! A room sees only `Authorization: Bearer <jwt>` and verifies that token itself.

use chrono::{DateTime, Utc};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Uri, header};

use base::identity::{ApiKeys, bearer};

use crate::error::Refusal;

/// Replaces the request's API key by the token it stands for, unless the request brings a token of its own.
pub(crate) fn exchange_api_key(parts: &mut Parts, keys: &ApiKeys, now: DateTime<Utc>) -> Result<(), Refusal> {
    let Some(key) = api_key(parts)? else { return exchange_opaque_bearer(parts, keys, now) };
    let authorization = authorization(keys, key, now)?;
    if !brings_own_token(parts) {
        parts.headers.insert(header::AUTHORIZATION, authorization);
    }
    hide_query_key(&mut parts.uri);
    Ok(())
}

fn authorization(keys: &ApiKeys, key: &str, now: DateTime<Utc>) -> Result<HeaderValue, Refusal> {
    let kind = keys.recognise(key, now).ok_or(Refusal::UnknownKey)?;
    keys.authorization(&kind, key).ok_or(Refusal::UnknownKey)
}

/// Takes the key out of the query: to the REST room every unknown parameter is a filter.
fn hide_query_key(uri: &mut Uri) {
    let Some(query) = uri.query().filter(|query| query.split('&').any(is_key_parameter)) else { return };
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_key_parameter(pair)).collect();
    let text =
        if kept.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), kept.join("&")) };
    if let Ok(path_and_query) = text.parse::<PathAndQuery>() {
        *uri = Uri::from(path_and_query);
    }
}

fn is_key_parameter(pair: &str) -> bool {
    pair.starts_with("apikey=")
}

/// `Authorization: Bearer sb_…` without an `apikey`: the opaque key itself, as curl users write it.
fn exchange_opaque_bearer(parts: &mut Parts, keys: &ApiKeys, now: DateTime<Utc>) -> Result<(), Refusal> {
    let Some(token) = token(parts).filter(|token| token.starts_with("sb_")) else { return Ok(()) };
    let authorization = authorization(keys, token, now)?;
    parts.headers.insert(header::AUTHORIZATION, authorization);
    Ok(())
}

/// The key of the header `apikey`, or of the query parameter of that name (for links and websockets).
fn api_key(parts: &Parts) -> Result<Option<&str>, Refusal> {
    if let Some(value) = parts.headers.get("apikey") {
        return value.to_str().map(Some).map_err(|_error| Refusal::UnknownKey);
    }
    let query = parts.uri.query().unwrap_or_default();
    Ok(query.split('&').find_map(|pair| pair.strip_prefix("apikey=")))
}

/// Any `Authorization` but an opaque key (which clients repeat there) is the request's own.
fn brings_own_token(parts: &Parts) -> bool {
    parts.headers.contains_key(header::AUTHORIZATION)
        && token(parts).is_none_or(|token| !token.starts_with("sb_"))
}

fn token(parts: &Parts) -> Option<&str> {
    parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::identity::ProjectKeys;
    use http::Request;
    use std::sync::Arc;

    fn authorization(
        keys: &ProjectKeys,
        headers: &[(&str, &str)],
        uri: &str,
    ) -> Result<Option<String>, Refusal> {
        let now = Utc::now();
        let api_keys = ApiKeys::new(keys, Arc::new(keys.verifier().unwrap()));
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        exchange_api_key(&mut parts, &api_keys, now)?;
        Ok(parts.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned()))
    }

    #[test]
    fn rooms_do_not_see_the_key_in_the_query() {
        let cases = [
            ("/todos?select=id&apikey=x&order=id", "/todos?select=id&order=id"),
            ("/todos?apikey=x", "/todos"),
            ("/todos?select=apikey&myapikey=x", "/todos?select=apikey&myapikey=x"),
            ("/todos", "/todos"),
        ];
        for (uri, expected) in cases {
            let mut uri: Uri = uri.parse().unwrap();
            hide_query_key(&mut uri);
            assert_eq!(uri.to_string(), expected);
        }
    }

    #[test]
    fn a_key_speaks_unless_the_request_brings_a_token() {
        let keys = ProjectKeys::generate(Utc::now()).unwrap();
        let (publishable, secret) = (keys.publishable_key.as_str(), keys.secret_key.as_str());
        let anon = Ok(Some(format!("Bearer {}", keys.anon_key)));
        let service = Ok(Some(format!("Bearer {}", keys.service_role_key)));
        let own = Ok(Some("Bearer own".to_owned()));
        let bearer_secret = format!("Bearer {secret}");
        let link = format!("/?a=1&apikey={publishable}");
        let check = |headers: &[(&str, &str)], uri: &str, expected: Result<Option<String>, Refusal>| {
            assert_eq!(authorization(&keys, headers, uri), expected, "{headers:?} {uri}");
        };
        check(&[], "/", Ok(None));
        check(&[("apikey", publishable)], "/", anon.clone());
        check(&[("apikey", secret)], "/", service.clone());
        check(&[("apikey", &keys.anon_key)], "/", anon.clone());
        check(&[("apikey", publishable), ("authorization", "Bearer own")], "/", own.clone());
        check(&[("apikey", secret), ("authorization", &bearer_secret)], "/", service.clone());
        // an opaque key never outranks the key the request shows
        check(&[("apikey", publishable), ("authorization", &bearer_secret)], "/", anon.clone());
        check(&[("authorization", &bearer_secret)], "/", service);
        check(&[("authorization", "Bearer sb_secret_forged")], "/", Err(Refusal::UnknownKey));
        check(&[("authorization", "Bearer own")], "/", own);
        check(&[("apikey", "sb_secret_forged")], "/", Err(Refusal::UnknownKey));
        check(&[("apikey", "nonsense"), ("authorization", "Bearer own")], "/", Err(Refusal::UnknownKey));
        check(&[("apikey", "")], "/", Err(Refusal::UnknownKey));
        check(&[], &link, anon);
    }
}

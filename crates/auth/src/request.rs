//! What handlers read of a request: its JSON body, its parameters, where it comes from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use http::request::Parts;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;

use crate::error::Error;
use crate::logic::invalid::Invalid;
use crate::logic::text;

/// Bodies beyond this are refused.
const MAX_BODY_BYTES: usize = 1 << 20;

/// A JSON body, whatever its content type says.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Error> {
        read_json(&read_body(request).await?).map(Self)
    }
}

/// A JSON body that may be missing altogether.
pub(crate) struct OptionalJsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned + Default, S: Sync> FromRequest<S> for OptionalJsonBody<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Error> {
        let body = read_body(request).await?;
        if body.is_empty() { Ok(Self(T::default())) } else { read_json(&body).map(Self) }
    }
}

async fn read_body(request: Request) -> Result<bytes::Bytes, Error> {
    match Limited::new(request.into_body(), MAX_BODY_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if is_too_large(&*error) => Err(Error::BodyTooLarge),
        Err(error) => Err(Error::BodyNotReceived(axum::Error::new(error))),
    }
}

/// The limit may be this room's or that of a body within the body: the whole server's.
fn is_too_large(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source())
        .any(<dyn std::error::Error>::is::<LengthLimitError>)
}

/// Through a `Value`, so that text Postgres can't store is found in parts no field asks for too.
fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let value: Value = serde_json::from_slice(body)?;
    // serde would take an array for a struct, field by field
    if !value.is_object() {
        return Err(serde_json::Error::custom("expected an object").into());
    }
    text::check_no_nul(&value)?;
    Ok(serde_json::from_value(value)?)
}

/// The parameters of a query string; the first of a name counts.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// The parameter of that name; empty ones are as good as none.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// All parameters of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The parameters of other names as they would be sent again, each with `&` in front.
    pub(crate) fn others(&self, name: &str) -> String {
        let others = self.0.iter().filter(|(given, _)| given != name);
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(others).finish();
        if query.is_empty() { query } else { format!("&{query}") }
    }
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(Invalid::NulCharacter.into());
        }
        Ok(Self(pairs))
    }
}

/// Where a request comes from, as far as a session remembers it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    /// The header `User-Agent`.
    pub(crate) user_agent: Option<String>,
    /// The first address in `X-Forwarded-For`, or the peer's. For the record only: clients can write what they like there.
    pub(crate) ip: Option<IpAddr>,
}

impl Origin {
    /// The address as a parameter.
    pub(crate) fn ip_text(&self) -> Option<String> {
        self.ip.map(|ip| ip.to_string())
    }
}

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let user_agent = parts.headers.get(header::USER_AGENT);
        let user_agent = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Self {
            user_agent: user_agent.filter(|text| !text.is_empty()),
            ip: forwarded_for(&parts.headers).or(peer),
        })
    }
}

fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let addresses = headers.get("x-forwarded-for")?.to_str().ok()?;
    addresses.split(',').find_map(|address| address.trim().parse().ok())
}

/// The audience a request names in its header, if any.
pub(crate) fn audience_header(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-jwt-aud").and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies() {
        assert_eq!(read_json::<Value>(b"{\"a\":1}").unwrap(), json!({ "a": 1 }));
        let refused: [&[u8]; 10] = [
            b"[]",
            b"null",
            b"1",
            b"",
            b"{",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":\"\\ud800\"}",
            b"{\"a\":1}{",
            b"\"\\u00\"",
            b"nul",
        ];
        for body in refused {
            assert!(matches!(read_json::<Value>(body), Err(Error::BadJson(_))), "{body:?}");
        }
        let nul = read_json::<Value>(b"{\"a\":{\"b\":\"\\u0000\"}}");
        assert!(matches!(nul, Err(Error::Invalid(Invalid::NulCharacter))));
        let deep = "[".repeat(100_000);
        assert!(matches!(read_json::<Value>(deep.as_bytes()), Err(Error::BadJson(_))));
    }

    #[test]
    fn the_first_readable_address_counts() {
        let cases = [("1.2.3.4, 5.6.7.8", Some("1.2.3.4")), ("unknown,::1", Some("::1")), ("x", None)];
        for (value, expected) in cases {
            let headers = HeaderMap::from_iter([(
                http::HeaderName::from_static("x-forwarded-for"),
                HeaderValue::from_static(value),
            )]);
            assert_eq!(forwarded_for(&headers).map(|ip| ip.to_string()).as_deref(), expected);
        }
    }
}

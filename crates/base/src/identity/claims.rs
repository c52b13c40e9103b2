//! The claims of a verified JWT, and everything that can be wrong with a token.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// Why a token was refused. The kinds and their order of precedence are PostgREST's; each room words them its own way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Nothing between `Bearer ` and the end of the header.
    #[error("the token is empty")]
    Empty,
    /// Not three parts separated by dots.
    #[error("expected 3 parts, got {0}")]
    Parts(usize),
    /// The header is not base64url JSON with a known `alg`.
    #[error("wrong or unsupported algorithm: {0}")]
    Algorithm(String),
    /// The header has a parameter that must be understood (`crit`, RFC 7515), and is not: none is.
    #[error("the header parameter {0} is critical and unknown")]
    Critical(String),
    /// No configured key fits the token's `kid` and `alg`.
    #[error("no suitable key")]
    NoSuitableKey,
    /// A key fits, but none of them made this signature.
    #[error("invalid signature")]
    Signature,
    /// The payload is not a JSON object.
    #[error("the claims are not a JSON object")]
    ClaimsNotObject,
    /// `exp`, `nbf` or `iat` is not a number.
    #[error("the claim {0} is not a number")]
    NotNumber(&'static str),
    /// `aud` is neither a string nor an array of strings.
    #[error("the claim aud is not a string or an array of strings")]
    AudienceShape,
    /// `exp` has passed.
    #[error("expired")]
    Expired,
    /// `nbf` lies ahead.
    #[error("not yet valid")]
    NotYetValid,
    /// `iat` lies ahead.
    #[error("issued in the future")]
    IssuedInFuture,
    /// `aud` does not name this server.
    #[error("not in audience")]
    Audience,
}

/// The claims of a token whose signature was verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// The payload, byte for byte as signed: what `request.jwt.claims` becomes.
    pub raw: Arc<str>,
    /// The same, parsed.
    pub map: Map<String, Value>,
}

impl Claims {
    /// Parses a token's decoded payload.
    pub fn parse(payload: Vec<u8>) -> Result<Self, JwtError> {
        let raw = String::from_utf8(payload).map_err(|_error| JwtError::ClaimsNotObject)?;
        let map = serde_json::from_str(&raw).map_err(|_error| JwtError::ClaimsNotObject)?;
        Ok(Self { raw: raw.into(), map })
    }

    /// A claim that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// A claim. Tokens have few, and passing them is faster than hashing the name.
    fn get(&self, name: &str) -> Option<&Value> {
        self.map.iter().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// The Postgres role the token asks for.
    pub fn role(&self) -> Option<&str> {
        self.text("role")
    }

    /// The subject: in user tokens the id of the row in `auth.users`.
    pub fn sub(&self) -> Option<&str> {
        self.text("sub")
    }

    /// The id of the session the token belongs to; API keys have none.
    pub fn session_id(&self) -> Option<&str> {
        self.text("session_id")
    }

    /// Checks `exp`, `nbf`, `iat` (seconds, with `leeway`) and, when this server has an audience, `aud`.
    pub fn check(&self, now: DateTime<Utc>, leeway: i64, audience: Option<&str>) -> Result<(), JwtError> {
        let now = now.timestamp();
        if self.seconds("exp")?.is_some_and(|exp| now - leeway > exp) {
            return Err(JwtError::Expired);
        }
        if self.seconds("nbf")?.is_some_and(|nbf| now + leeway < nbf) {
            return Err(JwtError::NotYetValid);
        }
        if self.seconds("iat")?.is_some_and(|iat| now + leeway < iat) {
            return Err(JwtError::IssuedInFuture);
        }
        self.check_audience(audience)
    }

    fn seconds(&self, name: &'static str) -> Result<Option<i64>, JwtError> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let number = value.as_f64().ok_or(JwtError::NotNumber(name))?;
                // `as` saturates, which is what an absurdly distant time should do
                #[expect(clippy::cast_possible_truncation, reason = "saturating is intended")]
                Ok(Some(number.floor() as i64))
            }
        }
    }

    fn check_audience(&self, audience: Option<&str>) -> Result<(), JwtError> {
        let named: Vec<&str> = match self.get("aud") {
            None | Some(Value::Null) => return Ok(()),
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => {
                many.iter().map(Value::as_str).collect::<Option<_>>().ok_or(JwtError::AudienceShape)?
            }
            Some(_) => return Err(JwtError::AudienceShape),
        };
        let fits = named.is_empty() || audience.is_none_or(|ours| named.contains(&ours));
        if fits { Ok(()) } else { Err(JwtError::Audience) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_audience_are_checked_with_their_leeway() {
        let cases: &[(&str, Option<&str>, Result<(), JwtError>)] = &[
            ("{}", Some("us"), Ok(())),
            (r#"{"exp": 1000}"#, None, Ok(())),
            (r#"{"exp": 971}"#, None, Ok(())),
            (r#"{"exp": 969}"#, None, Err(JwtError::Expired)),
            (r#"{"exp": 969.9}"#, None, Err(JwtError::Expired)),
            (r#"{"exp": 1e300}"#, None, Ok(())),
            (r#"{"exp": "1000"}"#, None, Err(JwtError::NotNumber("exp"))),
            (r#"{"nbf": 1029}"#, None, Ok(())),
            (r#"{"nbf": 1031}"#, None, Err(JwtError::NotYetValid)),
            (r#"{"iat": 1031}"#, None, Err(JwtError::IssuedInFuture)),
            (r#"{"exp": null}"#, None, Ok(())),
            (r#"{"aud": "us"}"#, Some("us"), Ok(())),
            (r#"{"aud": "them"}"#, Some("us"), Err(JwtError::Audience)),
            (r#"{"aud": "them"}"#, None, Ok(())),
            (r#"{"aud": ["them", "us"]}"#, Some("us"), Ok(())),
            (r#"{"aud": []}"#, Some("us"), Ok(())),
            (r#"{"aud": [1]}"#, Some("us"), Err(JwtError::AudienceShape)),
            (r#"{"aud": 1}"#, None, Err(JwtError::AudienceShape)),
        ];
        let now = DateTime::from_timestamp(1000, 0).unwrap();
        for (payload, audience, expected) in cases {
            let claims = Claims::parse(payload.as_bytes().to_vec()).unwrap();
            assert_eq!(&claims.check(now, 30, *audience), expected, "{payload}");
        }
    }

    #[test]
    fn a_payload_must_be_a_json_object() {
        for payload in [&b"[]"[..], b"1", b"", b"{", b"\xff\xfe", b"null"] {
            assert_eq!(Claims::parse(payload.to_vec()), Err(JwtError::ClaimsNotObject));
        }
    }
}

//! What handlers read of a request beside its path: a JSON body, and the headers that describe a file.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use http::{HeaderMap, HeaderName, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::Value;

use crate::error::Error;
use crate::logic::fields::Fields;

/// JSON bodies beyond this are refused.
const MAX_BODY_BYTES: usize = 1 << 20;

/// A header as text.
pub(crate) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The header `x-upsert`.
pub(crate) fn is_upsert(headers: &HeaderMap) -> bool {
    text(headers, HeaderName::from_static("x-upsert")) == Some("true")
}

/// The members of the JSON body.
pub(crate) async fn json(headers: &HeaderMap, body: Body) -> Result<Fields, Error> {
    let content_type = text(headers, header::CONTENT_TYPE);
    let bytes = read(body).await?;
    match content_type.map(media_type).as_deref() {
        Some("application/json") if bytes.is_empty() => Err(Error::EmptyBody),
        Some("application/json") => {
            let value = serde_json::from_slice(&bytes).map_err(Error::BadJson)?;
            Ok(Fields::of("body", value)?)
        }
        Some("text/plain") => Ok(Fields::of("body", Value::Null)?),
        None if bytes.is_empty() => Ok(Fields::of("body", Value::Null)?),
        _ => Err(Error::UnsupportedMediaType),
    }
}

fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn read(body: Body) -> Result<bytes::Bytes, Error> {
    match Limited::new(body, MAX_BODY_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Error::BodyTooLarge),
        Err(error) => Err(Error::BodyNotReceived(error.to_string())),
    }
}

/// What a client wants to remember of a file, from the header `x-metadata`: base64 of a JSON object. Anything else is
/// ignored, as upstream does.
pub(crate) fn user_metadata(headers: &HeaderMap) -> Option<Value> {
    let encoded = text(headers, HeaderName::from_static("x-metadata"))?;
    let bytes = STANDARD.decode(encoded).or_else(|_| STANDARD_NO_PAD.decode(encoded)).ok()?;
    object(&bytes)
}

/// A JSON object, or nothing.
pub(crate) fn object(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_as(content_type: Option<&str>, body: &'static str) -> Result<Fields, Error> {
        let mut headers = HeaderMap::new();
        if let Some(value) = content_type {
            headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
        }
        json(&headers, Body::from(body)).await
    }

    #[tokio::test]
    async fn bodies() {
        assert!(read_as(Some("application/json; charset=utf-8"), r#"{"a":1}"#).await.unwrap().has("a"));
        assert!(matches!(read_as(Some("application/json"), "").await, Err(Error::EmptyBody)));
        assert!(matches!(read_as(Some("application/json"), "{").await, Err(Error::BadJson(_))));
        assert!(matches!(read_as(Some("application/json"), "[]").await, Err(Error::Invalid(_))));
        assert!(matches!(read_as(None, "").await, Err(Error::Invalid(_))));
        assert!(matches!(read_as(None, "{}").await, Err(Error::UnsupportedMediaType)));
        assert!(matches!(read_as(Some("image/png"), "{}").await, Err(Error::UnsupportedMediaType)));
    }

    #[test]
    fn metadata_of_the_header() {
        let of = |value: &str| {
            user_metadata(&HeaderMap::from_iter([(
                HeaderName::from_static("x-metadata"),
                value.parse().unwrap(),
            )]))
        };
        assert_eq!(of("eyJhIjoxfQ=="), Some(serde_json::json!({ "a": 1 })));
        for ignored in ["", "!", "W10=", "bm90aGluZw=="] {
            assert_eq!(of(ignored), None, "{ignored}");
        }
    }
}

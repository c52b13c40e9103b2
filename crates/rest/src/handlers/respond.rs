//! What answers have in common: body, range, and the headers that the database may set.

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_RANGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};

use super::Exchange;
use crate::db::render::Column;
use crate::db::run::Brought;
use crate::error::{Error, JSON, PROXY_STATUS, RangeFault, RequestError, Verbosity, final_status, frames};
use crate::logic::plan::media::Negotiated;
use crate::logic::plan::read::LegacyName;
use crate::logic::request::preferences::Preferences;

/// An answer in the making.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// Which preferences were heeded.
pub(crate) const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// Room for the headers of most answers, those of the gateway and the protocol included.
const USUAL_HEADERS: usize = 12;

impl Answer {
    /// An answer without a body.
    pub(crate) fn new(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::with_capacity(USUAL_HEADERS), body: Bytes::new() }
    }

    /// Adds a header. Values come from the database and from names in it: what is no header is left out.
    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<Bytes>) -> Self {
        if let Ok(value) = HeaderValue::from_maybe_shared(value.into()) {
            self.headers.append(name, value);
        }
        self
    }

    /// Adds a header if there is a value.
    #[must_use]
    pub(crate) fn maybe(self, name: HeaderName, value: Option<impl Into<Bytes>>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    /// Adds the body.
    #[must_use]
    pub(crate) fn body(self, negotiated: &Negotiated, body: Bytes) -> Self {
        self.typed_body(negotiated.media_type.content_type().into_owned(), body)
    }

    /// Adds the body and what it is called.
    #[must_use]
    pub(crate) fn typed_body(mut self, content_type: impl Into<Bytes>, body: Bytes) -> Self {
        self.body = body;
        self.header(CONTENT_TYPE, content_type)
    }

    /// Adds a body whose type is said already.
    #[must_use]
    pub(crate) fn raw_body(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }

    /// If the offset lies beyond the last row: the error in the place of the rows, under the headers they would have.
    #[must_use]
    pub(crate) fn within(mut self, offset: i64, total: Option<i64>, verbosity: Verbosity) -> Self {
        if self.status != StatusCode::RANGE_NOT_SATISFIABLE {
            return self;
        }
        let fault = RangeFault::OutOfBounds { offset, total: total.unwrap_or(0) };
        let wire = Error::from(RequestError::Range(fault)).wire();
        self.body = wire.body(verbosity).into();
        self.headers.insert(CONTENT_TYPE, JSON);
        self.header(PROXY_STATUS, wire.proxy_status())
    }

    /// Says which preferences were heeded.
    #[must_use]
    pub(crate) fn applied(self, preferences: &Preferences) -> Self {
        self.maybe(PREFERENCE_APPLIED, preferences.applied())
    }

    /// Says which schema was used, if that was negotiated.
    #[must_use]
    pub(crate) fn profile(self, exchange: &Exchange<'_>) -> Self {
        let request = exchange.request;
        self.maybe(
            HeaderName::from_static("content-profile"),
            request.schema_negotiated.then(|| request.schema.clone()),
        )
    }

    /// Warns of names that will stop working.
    #[must_use]
    pub(crate) fn warnings(mut self, names: &[LegacyName]) -> Self {
        for name in names {
            self = self.header(
                HeaderName::from_static("warning"),
                format!(
                    "299 PostgRESTv{} \"Embedded resource was referenced by relation name even though it has an alias. \
                     This is deprecated and will stop working in a future release. Update `{}` to `{}` in query string \
                     filters, orders or limits.\"",
                    crate::POSTGREST_VERSION, name.target, name.alias
                ),
            );
        }
        self
    }

    /// The response, after what the database set itself.
    pub(crate) fn finish(mut self, brought: Option<&Brought>, head: bool) -> Result<Response<Body>, Error> {
        if let Some(brought) = brought {
            self.settings_of(brought)?;
        }
        let mut response = Response::new(if head { unmeasured() } else { Body::from(self.body) });
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        Ok(response)
    }

    fn settings_of(&mut self, brought: &Brought) -> Result<(), RequestError> {
        if let Some(status) = brought.text(Column::Status) {
            // as PostgREST does: what follows the number does not matter
            let digits = status.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            let number = digits.parse().ok().and_then(final_status);
            self.status = number.ok_or(RequestError::GucStatus)?;
        }
        let Some(headers) = brought.text(Column::Headers) else { return Ok(()) };
        let set = guc_headers(headers).ok_or(RequestError::GucHeaders)?;
        let set: Vec<_> = set.into_iter().filter(|(name, _)| !frames(name)).collect();
        for (name, _) in &set {
            self.headers.remove(name);
        }
        for (name, value) in set {
            self.headers.append(name, value);
        }
        Ok(())
    }
}

/// No body, and no word of how long it would be.
fn unmeasured() -> Body {
    Body::from_stream(futures_util::stream::empty::<Result<Bytes, std::convert::Infallible>>())
}

/// A JSON array of objects with one member each.
fn guc_headers(text: &str) -> Option<Vec<(HeaderName, HeaderValue)>> {
    let objects: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(text).ok()?;
    objects
        .iter()
        .map(|object| {
            let mut members = object.iter();
            let (Some((name, value)), None) = (members.next(), members.next()) else { return None };
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_bytes(value.as_str()?.as_bytes()).ok()?))
        })
        .collect()
}

/// `first-last/total`, with `*` for what is not known or not there.
pub(crate) fn content_range(first: i64, last: i64, total: Option<i64>) -> String {
    let mut range = String::with_capacity(32);
    if first <= last && total != Some(0) {
        // put together by hand: `format!` costs as much as parsing the whole request line
        range.push_str(&first.to_string());
        range.push('-');
        range.push_str(&last.to_string());
    } else {
        range.push('*');
    }
    range.push('/');
    match total {
        Some(total) => range.push_str(&total.to_string()),
        None => range.push('*'),
    }
    range
}

/// Status and `Content-Range` of a read.
pub(crate) fn range(offset: i64, rows: i64, total: Option<i64>) -> (StatusCode, String) {
    let last = offset.saturating_add(rows).saturating_sub(1);
    let status = match total {
        Some(total) if offset > total => StatusCode::RANGE_NOT_SATISFIABLE,
        Some(total) if rows < total => StatusCode::PARTIAL_CONTENT,
        _ => StatusCode::OK,
    };
    (status, content_range(offset, last, total))
}

/// Adds `Content-Range`.
pub(crate) fn with_range(answer: Answer, range: String) -> Answer {
    answer.header(CONTENT_RANGE, range)
}

/// The body of the main statement, in the negotiated form.
pub(crate) fn body_of(negotiated: &Negotiated, brought: &Brought) -> Bytes {
    if negotiated.explain.is_some() {
        return brought.lines();
    }
    let body = brought.body();
    if negotiated.handler.is_binary() { from_hex(&body) } else { body }
}

/// Postgres' text form of `bytea`.
fn from_hex(text: &[u8]) -> Bytes {
    let digits = text.strip_prefix(b"\\x").unwrap_or_default();
    let value = |digit: &u8| char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    digits
        .as_chunks::<2>()
        .0
        .iter()
        .map(|[high, low]| value(high).unwrap_or(0) << 4 | value(low).unwrap_or(0))
        .collect::<Vec<u8>>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let cases = [
            ((0, 0, None), (200, "*/*")),
            ((0, 3, None), (200, "0-2/*")),
            ((0, 3, Some(3)), (200, "0-2/3")),
            ((1, 2, Some(5)), (206, "1-2/5")),
            ((0, 0, Some(0)), (200, "*/0")),
            ((5, 0, Some(5)), (206, "*/5")),
            ((6, 0, Some(5)), (416, "*/5")),
            ((i64::MAX, 0, None), (200, "*/*")),
        ];
        for ((offset, rows, total), expected) in cases {
            let (status, text) = range(offset, rows, total);
            assert_eq!((status.as_u16(), text.as_str()), expected, "{offset} {rows} {total:?}");
        }
    }

    #[test]
    fn bytea_text_becomes_bytes() {
        assert_eq!(from_hex(b"\\x00ff1a"), Bytes::from_static(&[0, 255, 26]));
        assert_eq!(from_hex(b"zz"), Bytes::new());
    }

    #[test]
    fn headers_of_the_database_are_an_array_of_pairs() {
        assert_eq!(guc_headers(r#"[{"X-A": "1"}, {"x-a": "2"}]"#).map(|headers| headers.len()), Some(2));
        for wrong in ["{}", "[1]", r#"[{"a": 1}]"#, r#"[{"a": "1", "b": "2"}]"#, r#"[{"a b": "1"}]"#, "x"] {
            assert_eq!(guc_headers(wrong), None, "{wrong}");
        }
    }
}

//! The shape of a read: everything that the request says but the values that its filters compare with.
//!
//! Reads of one shape are parsed, planned and written alike, for nothing on the way looks into those values. So what is made
//! of a request with marks in their places serves all of them.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, RANGE};
use http::{Method, Uri};

use super::ast::ApiRequest;
use super::parse::{ACCEPT_PROFILE, PREFER, ParseSettings, parse_with};
use super::query::Parameters;
use crate::error::RequestError;

/// Of longer requests (long lists, mostly) the shape is not asked for: the next one is another anyway.
const LONGEST: usize = 2048;
/// Room for most keys.
const USUAL_LENGTH: usize = 512;

/// A read, taken apart into its shape and its values.
#[derive(Debug)]
pub struct Shape<'r> {
    method: &'r Method,
    uri: &'r Uri,
    headers: &'r HeaderMap,
    parameters: &'r Parameters<'r>,
    key: Vec<u8>,
    values: Vec<&'r str>,
}

impl<'r> Shape<'r> {
    /// Whether there are shapes of requests with this method; for others the parameters need not be decoded.
    pub fn is_of(method: &Method) -> bool {
        matches!(*method, Method::GET | Method::HEAD)
    }

    /// The shape of a read of a table or view; none of any other request. `parameters` are those of `uri`.
    pub fn of(
        method: &'r Method,
        uri: &'r Uri,
        headers: &'r HeaderMap,
        parameters: &'r Parameters<'r>,
    ) -> Option<Self> {
        if !Self::is_of(method) {
            return None;
        }
        let relation = uri.path().strip_prefix('/').filter(|path| !path.is_empty() && !path.contains('/'))?;
        let query = uri.query().map_or(0, str::len);
        if relation.len() + query > LONGEST {
            return None;
        }
        let mut key = Vec::with_capacity(USUAL_LENGTH);
        key.extend_from_slice(method.as_str().as_bytes());
        key.push(0);
        key.extend_from_slice(relation.as_bytes());
        for header in [ACCEPT_PROFILE, ACCEPT, RANGE, CONTENT_TYPE] {
            write_header(&mut key, headers.get(header));
        }
        for preferences in headers.get_all(PREFER) {
            write_header(&mut key, Some(preferences));
        }
        write_header(&mut key, None);
        let values = parameters.write_shape(&mut key);
        (key.len() <= LONGEST).then_some(Self { method, uri, headers, parameters, key, values })
    }

    /// Equal for two requests if and only if they are of one shape.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// The values, in the order in which they were sent.
    pub fn values(&self) -> &[&'r str] {
        &self.values
    }

    /// The request with marks in the places of its values.
    ///
    /// # Errors
    /// Those of any such request, in words that may show a mark.
    pub fn parse(&self, settings: ParseSettings<'_>) -> Result<ApiRequest, RequestError> {
        let marked = || Ok(self.parameters.marked());
        parse_with(settings, self.method, self.uri, self.headers, marked, Bytes::new())
    }
}

/// The value of a header, or that there is none. No header has a NUL in it.
fn write_header(key: &mut Vec<u8>, value: Option<&HeaderValue>) {
    key.push(0);
    if let Some(value) = value {
        key.push(b'=');
        key.extend_from_slice(value.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(
        method: &Method,
        uri: &str,
        headers: &[(&'static str, &'static str)],
    ) -> Option<(Vec<u8>, Vec<String>)> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let uri: Uri = uri.parse().expect(uri);
        let parameters = Parameters::decode(uri.query().unwrap_or_default()).expect("decoded");
        let shape = Shape::of(method, &uri, &map, &parameters)?;
        Some((shape.key().to_vec(), shape.values().iter().map(|value| (*value).to_owned()).collect()))
    }

    #[test]
    fn requests_of_one_shape_differ_in_their_values_only() {
        let of = |uri| key(&Method::GET, uri, &[]).expect("a read");
        let (shape, values) = of("/t?a=eq.1&b.c=not.gte.x+y&d=cs.%7B1%7D");
        assert_eq!(values, ["1", "x y", "{1}"]);
        assert_eq!(of("/t?a=eq.&b.c=not.gte.eq.2&d=cs.a%26b").0, shape);
        for other in [
            "/u?a=eq.1&b.c=not.gte.x&d=cs.1",
            "/t?a=eq.1&b.c=gte.x&d=cs.1",
            "/t?a=eq.1&b.c=not.gt.x&d=cs.1",
            "/t?a=eq.1&d=not.gte.x&b.c=cs.1",
            "/t?a=eq.1&b.c=not.gte.x",
            "/t?a=eq.1&b.c=not.gte.x&d=in.(1)",
            "/t?a=eq.1&b.c=not.gte.x&d=cs.1&e",
        ] {
            assert_ne!(of(other).0, shape, "{other}");
        }
    }

    #[test]
    fn what_looks_into_a_value_keeps_it_in_the_shape() {
        for query in [
            "select=eq.1",
            "order=eq.1",
            "a.limit=eq.1",
            "or=eq.1",
            "columns=eq.1",
            "a=like.x*",
            "a=in.(1,2)",
            "a=is.null",
            "a=fts.x",
            "a=eq(any).%7B1%7D",
            "a=1",
            "a",
            "a=",
            "a=not.not.eq.1",
            "%6frder=eq.1",
        ] {
            let (shape, values) = key(&Method::GET, &format!("/t?{query}"), &[]).expect(query);
            assert!(values.is_empty(), "{query}");
            let (other, _) = key(&Method::GET, &format!("/t?{query}1"), &[]).expect(query);
            assert_ne!(shape, other, "{query}");
        }
    }

    #[test]
    fn headers_that_are_heeded_are_part_of_the_shape() {
        let requests: [&[(&str, &str)]; 9] = [
            &[],
            &[("accept", "")],
            &[("accept", "text/csv")],
            &[("accept-profile", "text/csv")],
            &[("range", "0-1")],
            &[("content-type", "0-1")],
            &[("prefer", "count=exact")],
            &[("prefer", "count=exact"), ("prefer", "")],
            &[("prefer", ""), ("prefer", "count=exact")],
        ];
        let keys = requests.map(|headers| key(&Method::GET, "/t", headers).expect("a read").0);
        for (index, one) in keys.iter().enumerate() {
            assert!(keys.iter().skip(index + 1).all(|other| other != one), "{:?}", requests.get(index));
        }
        assert_ne!(key(&Method::HEAD, "/t", &[]).expect("a read").0, keys[0]);
        assert_eq!(key(&Method::GET, "/t", &[("x-other", "1")]).expect("a read").0, keys[0]);
    }

    #[test]
    fn only_reads_of_usual_length_have_a_shape() {
        for (method, uri) in [
            (Method::POST, "/t"),
            (Method::OPTIONS, "/t"),
            (Method::GET, "/"),
            (Method::GET, "/rpc/f"),
            (Method::GET, "/t/"),
            (Method::GET, &*format!("/t?a=eq.{}", "1".repeat(LONGEST))),
            (Method::GET, &*format!("/t?a=in.({})", "1".repeat(LONGEST))),
        ] {
            assert_eq!(key(&method, uri, &[]), None, "{method} {uri}");
        }
    }
}

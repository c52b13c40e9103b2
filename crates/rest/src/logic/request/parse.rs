//! From the parts of an HTTP request to the typed one.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RANGE};
use http::{Method, Uri};

use super::ast::{Action, ApiRequest, InvokeMethod, Mutation, RowRange};
use super::body;
use super::media_type::MediaType;
use super::preferences::Preferences;
use super::query::{self, Parameters, QueryUse};
use super::range::{self, HeaderRange};
use crate::error::RequestError;

pub(super) const PREFER: HeaderName = HeaderName::from_static("prefer");
pub(super) const ACCEPT_PROFILE: HeaderName = HeaderName::from_static("accept-profile");
const CONTENT_PROFILE: HeaderName = HeaderName::from_static("content-profile");

/// What the configuration says about requests.
#[derive(Clone, Copy, Debug)]
pub struct ParseSettings<'a> {
    /// The exposed schemas, the default one first (`db-schemas`).
    pub schemas: &'a [String],
    /// Whether the root describes the schema (`openapi-mode` is not `disabled`).
    pub describe: bool,
    /// The function that the root calls instead (`db-root-spec`).
    pub root_function: Option<&'a str>,
    /// Whether clients choose how the transaction ends (`db-tx-end` is `…-allow-override`).
    pub allow_transaction: bool,
}

/// The resource that a path names.
enum Resource {
    Root,
    Relation(String),
    Function(String),
}

/// Understands a request. `body` is only looked at if the action takes one.
pub fn parse(
    settings: ParseSettings<'_>,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<ApiRequest, RequestError> {
    let decode = || Parameters::decode(uri.query().unwrap_or_default());
    parse_with(settings, method, uri, headers, decode, body)
}

/// The same with the parameters that `decode` tells.
pub(super) fn parse_with<'p>(
    settings: ParseSettings<'_>,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    decode: impl FnOnce() -> Result<Parameters<'p>, RequestError>,
    body: Bytes,
) -> Result<ApiRequest, RequestError> {
    let resource = resource(settings, uri.path())?;
    let (schema, schema_negotiated) = schema(settings, method, headers)?;
    let action = action(resource, method)?;
    let parameters = decode()?;
    let usage = QueryUse {
        arguments: matches!(action, Action::Invoke { method: InvokeMethod::Get { .. }, .. }),
        canonical: matches!(action, Action::Read { .. }),
    };
    let (query, range) = query::parse(&parameters, usage)?;
    let range = top_range(range, method, headers)?;
    let content_type =
        headers.get(CONTENT_TYPE).map_or(MediaType::Json, |value| MediaType::parse(&latin1(value)));
    let payload = body::parse(body, &content_type, query.columns.is_some(), &action)?;
    let prefer = headers.get_all(PREFER).iter().map(latin1).collect::<Vec<_>>();
    Ok(ApiRequest {
        preferences: Preferences::parse(prefer.iter().map(AsRef::as_ref), settings.allow_transaction),
        accept: accept(headers),
        action,
        schema,
        schema_negotiated,
        query,
        range,
        payload,
        content_type,
    })
}

fn resource(settings: ParseSettings<'_>, path: &str) -> Result<Resource, RequestError> {
    let path = path.strip_prefix('/').unwrap_or(path);
    if path.is_empty() {
        return match settings.root_function {
            _ if !settings.describe => Err(RequestError::DescriptionDisabled),
            Some(function) => Ok(Resource::Function(function.to_owned())),
            None => Ok(Resource::Root),
        };
    }
    let mut segments = path.split('/');
    match (segments.next(), segments.next(), segments.next()) {
        (Some(relation), None, _) => Ok(Resource::Relation(segment(relation)?)),
        (Some("rpc"), Some(function), None) => Ok(Resource::Function(segment(function)?)),
        _ => Err(RequestError::Path),
    }
}

/// One percent-encoded part of a path; here a `+` stands for itself.
fn segment(text: &str) -> Result<String, RequestError> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_not_utf8| RequestError::Path)
}

fn action(resource: Resource, method: &Method) -> Result<Action, RequestError> {
    let mutation = match *method {
        Method::POST => Some(Mutation::Create),
        Method::PUT => Some(Mutation::SingleUpsert),
        Method::PATCH => Some(Mutation::Update),
        Method::DELETE => Some(Mutation::Delete),
        _ => None,
    };
    let head = method == Method::HEAD;
    let read = head || method == Method::GET;
    let options = method == Method::OPTIONS;
    match resource {
        Resource::Function(function) if read => {
            Ok(Action::Invoke { function, method: InvokeMethod::Get { head } })
        }
        Resource::Function(function) if method == Method::POST => {
            Ok(Action::Invoke { function, method: InvokeMethod::Post })
        }
        Resource::Function(function) if options => Ok(Action::FunctionInfo { function }),
        Resource::Function(_) => Err(RequestError::RpcMethod(method.to_string())),
        Resource::Relation(relation) if read => Ok(Action::Read { relation, head }),
        Resource::Relation(relation) if options => Ok(Action::RelationInfo { relation }),
        Resource::Root if read => Ok(Action::Describe { head }),
        Resource::Root if options => Ok(Action::RootInfo),
        Resource::Relation(relation) => match mutation {
            Some(mutation) => Ok(Action::Mutate { relation, mutation }),
            None => Err(RequestError::Method(method.to_string())),
        },
        Resource::Root => Err(RequestError::Method(method.to_string())),
    }
}

/// The schema, and whether it was the subject of a negotiation.
fn schema(
    settings: ParseSettings<'_>,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(String, bool), RequestError> {
    let writes = matches!(*method, Method::POST | Method::PUT | Method::PATCH | Method::DELETE);
    let profile = headers.get(if writes { CONTENT_PROFILE } else { ACCEPT_PROFILE });
    let Some(profile) = profile else {
        let default = settings.schemas.first().cloned().unwrap_or_default();
        return Ok((default, settings.schemas.len() != 1));
    };
    let schema = String::from_utf8_lossy(profile.as_bytes()).into_owned();
    if settings.schemas.contains(&schema) {
        Ok((schema, true))
    } else {
        Err(RequestError::Schema { schema, exposed: settings.schemas.to_vec() })
    }
}

fn top_range(query: RowRange, method: &Method, headers: &HeaderMap) -> Result<RowRange, RequestError> {
    // a Range header means something only for GET (RFC 9110, 14.2)
    let header = match headers.get(RANGE) {
        Some(value) if method == Method::GET => HeaderRange::parse(&latin1(value)),
        _ => HeaderRange::default(),
    };
    let range = range::meet(query, header)?;
    if method == Method::PUT && range != RowRange::default() {
        return Err(RequestError::PutRange);
    }
    Ok(range)
}

fn accept(headers: &HeaderMap) -> Vec<MediaType> {
    let accepted = headers.get(ACCEPT).map(|value| MediaType::parse_accept(&latin1(value)));
    match accepted {
        Some(accepted) if !accepted.is_empty() => accepted,
        _ => vec![MediaType::Any],
    }
}

/// The value of a header; bytes beyond ASCII are Latin-1, which can be no error.
fn latin1(value: &HeaderValue) -> std::borrow::Cow<'_, str> {
    match value.to_str() {
        Ok(text) => text.into(),
        Err(_not_ascii) => value.as_bytes().iter().copied().map(char::from).collect::<String>().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        method: &str,
        uri: &str,
        headers: &[(&'static str, &'static str)],
    ) -> Result<ApiRequest, RequestError> {
        let schemas = ["test".to_owned(), "v1".to_owned()];
        let settings = ParseSettings {
            schemas: &schemas,
            describe: true,
            root_function: None,
            allow_transaction: false,
        };
        let method = Method::from_bytes(method.as_bytes()).expect(method);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        parse(settings, &method, &uri.parse().expect(uri), &map, Bytes::from_static(b"{}"))
    }

    #[test]
    fn actions() {
        let cases = [
            ("GET", "/", "Describe { head: false }"),
            ("HEAD", "/", "Describe { head: true }"),
            ("OPTIONS", "/", "RootInfo"),
            ("POST", "/", "Unsupported HTTP method: POST"),
            ("GET", "/t", "Read { relation: \"t\", head: false }"),
            ("HEAD", "/t", "Read { relation: \"t\", head: true }"),
            ("POST", "/t", "Mutate { relation: \"t\", mutation: Create }"),
            ("PUT", "/t", "Mutate { relation: \"t\", mutation: SingleUpsert }"),
            ("PATCH", "/t", "Mutate { relation: \"t\", mutation: Update }"),
            ("DELETE", "/t", "Mutate { relation: \"t\", mutation: Delete }"),
            ("OPTIONS", "/t", "RelationInfo { relation: \"t\" }"),
            ("TRACE", "/t", "Unsupported HTTP method: TRACE"),
            ("GET", "/a%20b+%C3%A9", "Read { relation: \"a b+é\", head: false }"),
            ("GET", "/rpc/f", "Invoke { function: \"f\", method: Get { head: false } }"),
            ("HEAD", "/rpc/f", "Invoke { function: \"f\", method: Get { head: true } }"),
            ("POST", "/rpc/f", "Invoke { function: \"f\", method: Post }"),
            ("OPTIONS", "/rpc/f", "FunctionInfo { function: \"f\" }"),
            ("PATCH", "/rpc/f", "Cannot use the PATCH method on RPC"),
            ("GET", "/rpc", "Read { relation: \"rpc\", head: false }"),
            ("GET", "/t/", "Invalid path specified in request URL"),
            ("GET", "/t/1", "Invalid path specified in request URL"),
            ("GET", "/rpc/f/", "Invalid path specified in request URL"),
            ("GET", "/%FF", "Invalid path specified in request URL"),
        ];
        for (method, uri, expected) in cases {
            let action = match read(method, uri, &[]) {
                Ok(request) => format!("{:?}", request.action),
                Err(error) => error.to_string(),
            };
            assert_eq!(action, expected, "{method} {uri}");
        }
    }

    #[test]
    fn schemas() {
        let schema = |method, headers: &[_]| read(method, "/t", headers).map(|request| request.schema);
        assert_eq!(schema("GET", &[]).as_deref(), Ok("test"));
        assert_eq!(schema("GET", &[("accept-profile", "v1"), ("content-profile", "x")]).as_deref(), Ok("v1"));
        assert_eq!(
            schema("POST", &[("accept-profile", "x"), ("content-profile", "v1")]).as_deref(),
            Ok("v1")
        );
        assert_eq!(schema("DELETE", &[("content-profile", "v1")]).as_deref(), Ok("v1"));
        assert!(matches!(schema("HEAD", &[("accept-profile", "V1")]), Err(RequestError::Schema { .. })));
    }

    #[test]
    fn ranges_belong_to_get() {
        let range = |method, uri| read(method, uri, &[("range", "1-2")]).map(|request| request.range);
        assert_eq!(range("GET", "/t"), Ok(RowRange { offset: 1, limit: Some(2) }));
        assert_eq!(range("HEAD", "/t"), Ok(RowRange::default()));
        assert_eq!(range("PUT", "/t"), Ok(RowRange::default()));
        assert_eq!(range("PUT", "/t?limit=1"), Err(RequestError::PutRange));
        assert_eq!(range("PUT", "/t?offset=1"), Err(RequestError::PutRange));
    }

    #[test]
    fn headers() {
        let request = read(
            "POST",
            "/t",
            &[
                ("prefer", "return=minimal"),
                ("prefer", "tx=rollback"),
                ("accept", "text/csv"),
                ("content-type", "text/CSV"),
            ],
        );
        let request = request.expect("a CSV of one field's name");
        assert_eq!(request.preferences.applied().as_deref(), Some("return=minimal"));
        assert_eq!((request.accept, request.content_type), (vec![MediaType::Csv], MediaType::Csv));
        let request =
            read("GET", "/t", &[("prefer", "count=exact, tx=rollback"), ("accept", "")]).expect("a read");
        assert_eq!(request.preferences.applied().as_deref(), Some("count=exact"));
        assert_eq!(request.accept, [MediaType::Any]);
        assert_eq!((request.content_type, request.payload), (MediaType::Json, None));
    }
}

//! CORS for the rooms that leave it to the gateway (`rest` answers its own, as PostgREST does).

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};

const METHODS: HeaderValue = HeaderValue::from_static("GET,POST,PUT,PATCH,DELETE,OPTIONS,HEAD");
const EXPOSED: HeaderValue =
    HeaderValue::from_static("X-Total-Count, Link, X-Supabase-Api-Version, x-request-id");
const ANY: HeaderValue = HeaderValue::from_static("*");

/// Whether the browser only asks if it may ask.
pub(crate) fn is_preflight<B>(request: &Request<B>) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight: every origin may come, with the headers it names. Authority lies in tokens, not cookies.
pub(crate) fn preflight(request: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    let asked = request.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned().unwrap_or(ANY);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    response
}

/// What lets a browser hand the answer to the page.
pub(crate) fn allow(response: &mut HeaderMap) {
    response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    response.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

//! From a path to a room: the whole table, and what happens to every request on its way in and out.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use futures_util::FutureExt as _;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body::Body as _;
use http_body_util::Limited;
use hyper::body::Incoming;
use tower::ServiceExt as _;

use crate::body::Unpaused;
use crate::error::Refusal;
use crate::{Gateway, cors, guard};

/// Where a path leads. The prefix is taken off: rooms see their own paths only.
#[derive(Debug, PartialEq, Eq)]
enum Door {
    Rest,
    Auth,
    Storage,
    Health,
}

const DOORS: &[(&str, Door)] = &[
    ("/rest/v1", Door::Rest),
    ("/auth/v1", Door::Auth),
    ("/storage/v1", Door::Storage),
    ("/health", Door::Health),
];

impl Door {
    /// Whether the room leaves CORS to the gateway.
    fn is_open_to_browsers(&self) -> bool {
        matches!(self, Self::Auth | Self::Storage)
    }
}

impl Gateway {
    /// Answers one request. Whatever goes wrong inside, there is an answer.
    pub async fn handle(self: Arc<Self>, request: Request<Incoming>, peer: SocketAddr) -> Response<Body> {
        let request_id = request_id(&request);
        let line = (request.method().clone(), request.uri().path().to_owned());
        let answered = AssertUnwindSafe(self.answer(request, &request_id, peer)).catch_unwind().await;
        let mut response = answered.unwrap_or_else(|_panic| Refusal::Panicked.response());
        if response.status().is_server_error() {
            let cause =
                response.extensions().get::<base::Cause>().map_or("unknown", |cause| cause.0.as_ref());
            tracing::error!(request_id = ?request_id, method = %line.0, path = line.1, status = response.status().as_u16(), cause, "request failed");
        }
        response.headers_mut().insert("x-request-id", request_id);
        response
    }

    async fn answer(
        &self,
        mut request: Request<Incoming>,
        request_id: &HeaderValue,
        peer: SocketAddr,
    ) -> Response<Body> {
        let Some((door, rest_of_path)) = find_door(request.uri()) else {
            return Refusal::NoRoute.response();
        };
        if door.is_open_to_browsers() && cors::is_preflight(&request) {
            return cors::preflight(request.headers());
        }
        *request.uri_mut() = rest_of_path;
        if *door == Door::Auth {
            // it notes where a session comes from, and names the request in its errors
            request.extensions_mut().insert(ConnectInfo(peer));
            request.headers_mut().insert("x-request-id", request_id.clone());
        }
        let Some(_inside) = self.gate.enter().await else { return Refusal::Replacing.response() };
        match self.admit(door, request) {
            Ok(request) => self.enter(door, request).await,
            Err(refusal) => {
                let mut response = refusal.response();
                cors::allow(response.headers_mut());
                response
            }
        }
    }

    /// The checks that are the same for all rooms.
    fn admit(&self, door: &Door, request: Request<Incoming>) -> Result<Request<Body>, Refusal> {
        let (mut parts, body) = request.into_parts();
        guard::exchange_api_key(&mut parts, &self.api_keys, self.clock.now())?;
        // files are not held in memory, and the room knows how large they may be
        let body_limit = if *door == Door::Storage { usize::MAX } else { self.limits.body };
        let limits = crate::Limits { body: body_limit, ..self.limits.clone() };
        Ok(bounded(Request::from_parts(parts, body), &limits))
    }

    async fn enter(&self, door: &Door, request: Request<Body>) -> Response<Body> {
        // in boxes of their own: as part of the connection's state all their kilobytes would be moved for each request
        match door {
            Door::Rest => Box::pin(self.rest.handle(request)).await,
            Door::Auth => {
                let Ok(mut response) = Box::pin(self.auth.clone().oneshot(request)).await;
                cors::allow(response.headers_mut());
                response
            }
            Door::Storage => {
                let Some(storage) = &self.storage else { return Refusal::NoRoute.response() };
                let mut response = Box::pin(storage.handle(request)).await;
                cors::allow(response.headers_mut());
                response
            }
            Door::Health => Box::pin(self.health()).await,
        }
    }

    async fn health(&self) -> Response<Body> {
        let mut flight = pg::Flight::new();
        flight.push(pg::Statement::new("select 1"));
        match self.pool.run(flight).await {
            Ok(_one) => {
                let mut response = Response::new(Body::from(r#"{"status":"ok"}"#));
                let json = HeaderValue::from_static("application/json; charset=utf-8");
                response.headers_mut().insert(header::CONTENT_TYPE, json);
                response
            }
            Err(error) => {
                let mut response = Refusal::Unhealthy.response();
                response.extensions_mut().insert(base::Cause::of(&error));
                response
            }
        }
    }
}

/// The request with a body that is no larger and pauses no longer than it may.
pub fn bounded(request: Request<Incoming>, limits: &crate::Limits) -> Request<Body> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced = length.and_then(|length| length.parse::<usize>().ok()).unwrap_or_default();
    request.map(|body| match limits.body {
        most if announced > most => too_large(),
        _ if body.is_end_stream() => Body::empty(),
        most => Body::new(Limited::new(Unpaused::new(body, limits.body_pause), most)),
    })
}

/// A body beyond its limit from the first byte on: the room refuses it in its own words, and nothing of it is read.
fn too_large() -> Body {
    Body::new(Limited::new(Body::from("more"), 0))
}

/// The door a URI leads to, and the URI as its room sees it.
fn find_door(uri: &Uri) -> Option<(&'static Door, Uri)> {
    let path_and_query = uri.path_and_query()?.as_str();
    DOORS.iter().find_map(|(prefix, door)| {
        let rest = path_and_query.strip_prefix(prefix)?;
        let inner = match rest.as_bytes().first() {
            Some(b'/') => rest.parse::<PathAndQuery>(),
            None | Some(b'?') => format!("/{rest}").parse(),
            Some(_) => return None,
        };
        Some((door, Uri::from(inner.ok()?)))
    })
}

/// The client's `x-request-id` when it is a sane one, else a new one.
fn request_id<B>(request: &Request<B>) -> HeaderValue {
    let sane = |value: &&HeaderValue| value.len() <= 200 && value.to_str().is_ok_and(|text| !text.is_empty());
    request.headers().get("x-request-id").filter(sane).cloned().unwrap_or_else(|| {
        let mut buffer = uuid::Uuid::encode_buffer();
        let text = uuid::Uuid::new_v4().hyphenated().encode_lower(&mut buffer);
        HeaderValue::from_str(text).expect("a UUID is plain ASCII")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_room_and_loses_its_prefix() {
        let cases = [
            ("/rest/v1/todos?select=id", Some((&Door::Rest, "/todos?select=id"))),
            ("/rest/v1/", Some((&Door::Rest, "/"))),
            ("/rest/v1", Some((&Door::Rest, "/"))),
            ("/rest/v1?apikey=x", Some((&Door::Rest, "/?apikey=x"))),
            ("/auth/v1/user", Some((&Door::Auth, "/user"))),
            ("/storage/v1/object/a/b.png", Some((&Door::Storage, "/object/a/b.png"))),
            ("/health", Some((&Door::Health, "/"))),
            ("/rest/v10/todos", None),
            ("/rest/v2/todos", None),
            ("/REST/v1/todos", None),
            ("/", None),
            ("/../rest/v1/todos", None),
        ];
        for (path, expected) in cases {
            let found = find_door(&path.parse().unwrap());
            let found = found.as_ref().map(|(door, uri)| (*door, uri.path_and_query().unwrap().as_str()));
            assert_eq!(found, expected, "{path}");
        }
    }
}

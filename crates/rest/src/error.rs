//! The room's errors, and the one place that maps them to the wire.
//!
//! The four families are PostgREST's: what is wrong with the request (`PGRST1xx`), what the schema cache does
//! not have (`PGRST2xx`), what is wrong with the token (`PGRST3xx`), and what Postgres or the way to it says
//! (`PGRST0xx`, SQLSTATE). Each says of itself what goes over the wire ([`Wire`]); this module writes it.

mod database;
mod jwt;
mod request;
mod schema_cache;

use std::borrow::Cow;

use axum::body::Body;
use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{Response, StatusCode};
use hyper::ext::ReasonPhrase;
use serde::Serialize;
use serde_json::Value;

pub use database::{DatabaseError, PostgresError, Reason};
pub use jwt::JwtError;
pub use request::{RangeFault, RequestError};
pub use schema_cache::{CandidateRelationship, MissingFunction, SchemaCacheError};

/// Everything the room refuses or fails with.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The request cannot be understood, or asks for what is not to be had.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The request names something that the schema cache does not know, or knows several times.
    #[error(transparent)]
    SchemaCache(#[from] SchemaCacheError),
    /// The token is missing or no good.
    #[error(transparent)]
    Jwt(#[from] JwtError),
    /// Postgres refused, or could not be asked.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// The type of an error's body.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
/// Where an error's code stands, too, for answers without a body (RFC 9209).
pub(crate) const PROXY_STATUS: HeaderName = HeaderName::from_static("proxy-status");

/// Clients read status lines into small buffers.
const LONGEST_PHRASE: usize = 512;

/// A status that ends an exchange: one that only announces (1xx) cannot be answered.
pub(crate) fn final_status(number: u16) -> Option<StatusCode> {
    StatusCode::from_u16(number).ok().filter(|status| !status.is_informational())
}

/// True for headers that say where a message ends: the server's to set, not the database's.
pub(crate) fn frames(name: &HeaderName) -> bool {
    const FRAMING: [HeaderName; 5] = [CONNECTION, CONTENT_LENGTH, TRAILER, TRANSFER_ENCODING, UPGRADE];
    FRAMING.contains(name)
}

/// How much of an error the client sees (`client-error-verbosity`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// Code, message, details and hint.
    #[default]
    Verbose,
    /// Code and message.
    Minimal,
}

/// What goes over the wire for an error.
#[derive(Debug, Clone, PartialEq)]
pub struct Wire {
    /// The status.
    pub status: StatusCode,
    /// `PGRSTxxx`, an SQLSTATE or a code of the database's own.
    pub code: Cow<'static, str>,
    /// What is wrong.
    pub message: String,
    /// More of it: mostly text.
    pub details: Option<Value>,
    /// What to do about it.
    pub hint: Option<String>,
    /// What follows the status in the status line, when it is not the usual phrase.
    pub reason_phrase: Option<String>,
    /// Headers beyond those every error has.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Wire {
    fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            details: None,
            hint: None,
            reason_phrase: None,
            headers: Vec::new(),
        }
    }

    /// The body.
    pub(crate) fn body(&self, verbosity: Verbosity) -> Vec<u8> {
        let Self { code, message, details, hint, .. } = self;
        match verbosity {
            Verbosity::Verbose => serde_json::to_vec(&VerboseBody { code, details, hint, message }),
            Verbosity::Minimal => serde_json::to_vec(&MinimalBody { code, message }),
        }
        .expect("strings and JSON values always serialise")
    }

    /// What `Proxy-Status` says.
    pub(crate) fn proxy_status(&self) -> String {
        format!("PostgREST; error={}", self.code)
    }

    fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(Value::String(details.into()));
        self
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }
}

/// The body of an error, in the order PostgREST writes it.
#[derive(Serialize)]
struct VerboseBody<'a> {
    code: &'a str,
    details: &'a Option<Value>,
    hint: &'a Option<String>,
    message: &'a str,
}

/// The body of an error when the client is not to see more.
#[derive(Serialize)]
struct MinimalBody<'a> {
    code: &'a str,
    message: &'a str,
}

impl Error {
    /// What goes over the wire.
    pub fn wire(&self) -> Wire {
        match self {
            Self::Request(error) => error.wire(),
            Self::SchemaCache(error) => error.wire(),
            Self::Jwt(error) => error.wire(),
            Self::Database(error) => error.wire(),
        }
    }

    /// The whole response.
    pub fn response(&self, verbosity: Verbosity) -> Response<Body> {
        let wire = self.wire();
        let mut response = Response::new(Body::from(wire.body(verbosity)));
        let proxy_status = HeaderValue::from_str(&wire.proxy_status());
        *response.status_mut() = wire.status;
        let phrase = wire.reason_phrase.filter(|phrase| phrase.len() <= LONGEST_PHRASE);
        if let Some(phrase) = phrase.and_then(|phrase| ReasonPhrase::try_from(phrase.into_bytes()).ok()) {
            response.extensions_mut().insert(phrase);
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        if let Ok(value) = proxy_status {
            headers.insert(PROXY_STATUS, value);
        }
        for (name, value) in wire.headers {
            headers.append(name, value);
        }
        response
    }
}

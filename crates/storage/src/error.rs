//! Everything the room answers that is not a success, and the one place that turns it into status and body.
//!
//! Upstream answers nearly every error with HTTP 400 and says the status it means in the body.

mod database;
mod description;

use axum::body::Body;
use base::identity::JwtError;
use http::{HeaderValue, Response, header};
use serde_json::json;

use self::description::Description;
use crate::logic::fields::Invalid;
use crate::logic::route::Absent;
use crate::logic::signed_url::Misfit;

/// When a client should try again after a 503, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// Everything that can go wrong.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is described by its text in `description`")]
#[expect(private_interfaces, reason = "what a variant carries is for the description only")]
pub enum Error {
    // the request itself
    #[error("no such route")]
    NoSuchRoute(String),
    #[error("the path is not percent-encoded UTF-8")]
    BadPath(String),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("unsupported media type")]
    UnsupportedMediaType,
    #[error("the body is empty")]
    EmptyBody,
    #[error("the body is not JSON: {0}")]
    BadJson(#[source] serde_json::Error),
    #[error("the body is too large")]
    BodyTooLarge,
    #[error("the body was not received: {0}")]
    BodyNotReceived(String),
    #[error("that feature is not there")]
    Absent(Absent),

    // who is asking
    #[error("bad token: {0}")]
    BadJwt(JwtError),
    #[error("access denied: {0}")]
    AccessDenied(String),
    #[error("only for the service role")]
    ServiceRoleOnly,
    #[error("bad token of a signed URL: {0}")]
    BadSignedUrl(JwtError),
    #[error("the signed URL is for something else")]
    Misfit(Misfit),

    // buckets
    #[error("no such bucket")]
    NoSuchBucket,
    #[error("the bucket exists")]
    BucketAlreadyExists,
    #[error("the bucket is not empty")]
    BucketNotEmpty,
    #[error("the bucket has too many objects")]
    BucketTooFull,
    #[error("bad bucket name")]
    InvalidBucketName,
    #[error("bad size")]
    InvalidFileSizeLimit,
    #[error("nothing to change")]
    NothingToChange,

    // objects
    #[error("no such object")]
    NoSuchKey,
    #[error("the object's bytes are not there")]
    BytesNotFound,
    #[error("the object exists")]
    KeyAlreadyExists,
    #[error("bad object name")]
    InvalidKey(String),
    #[error("media type not allowed")]
    InvalidMimeType(String),
    #[error("too large")]
    EntityTooLarge(&'static str),
    #[error("range not satisfiable")]
    InvalidRange,
    #[error("bad X-Robots-Tag: {0}")]
    InvalidRobotsTag(String),
    #[error("bad parameter")]
    InvalidParameter(&'static str),
    #[error("too many objects in one request")]
    TooManyObjects,
    #[error("somebody else changes the object")]
    Locked,

    // our side
    #[error(transparent)]
    Database(#[from] pg::Error),
    #[error("the object store failed: {0}")]
    Store(#[source] object_store::Error),
    #[error("a token can't be signed: {0}")]
    Signing(#[from] base::identity::KeyError),
    #[error("a row can't be read: {0}")]
    Row(#[from] serde_json::Error),
    #[error("a task of this process died: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::BytesNotFound,
            other => Self::Store(other),
        }
    }
}

impl Error {
    /// SQLSTATE, when Postgres refused.
    pub(crate) fn sqlstate(&self) -> Option<&str> {
        let Self::Database(error) = self else { return None };
        error.code()
    }

    /// Whether the statements may have been committed all the same: the connection was lost before the server said so.
    pub(crate) fn leaves_open(&self) -> bool {
        let Self::Database(error) = self else { return false };
        match error {
            // the server's last words may come after the commit
            pg::Error::Db(error) => error.severity != "ERROR",
            pg::Error::Connect { .. }
            | pg::Error::PoolClosed
            | pg::Error::PoolTimeout { .. }
            | pg::Error::PoolFull
            | pg::Error::Encode(_)
            | pg::Error::TransactionLeftOpen => false,
            _ => true,
        }
    }

    /// The answer. A 5xx hides its cause and hands it to the gateway for the log.
    pub(crate) fn response(&self) -> Response<Body> {
        let Description { http, status, error, code, message } = self.description();
        let body =
            json!({ "statusCode": status.to_string(), "error": error, "message": message, "code": code });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = http;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        if status == 503 {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        if matches!(self, Self::BytesNotFound) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if http.is_server_error() {
            response.extensions_mut().insert(base::Cause::of(self));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;
    use http_body_util::BodyExt as _;

    /// Status of HTTP and what the body says, on one line.
    async fn answered(error: Error) -> String {
        let response = error.response();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        let (meant, error, code) = (text("statusCode"), text("error"), text("code"));
        format!("{status} {meant} {error}, {code}: {}", text("message"))
    }

    fn db(code: &str, message: &str) -> Error {
        let error =
            pg::DbError { code: code.to_owned(), message: message.to_owned(), ..pg::DbError::default() };
        Error::Database(pg::Error::Db(Box::new(error)))
    }

    #[tokio::test]
    async fn nearly_everything_is_http_400_and_says_what_it_means() {
        let row_level = "new row violates row-level security policy for table \"objects\"";
        let pool_full = Error::Database(pg::Error::PoolFull);
        let cases = [
            (Error::NoSuchBucket, "400 404 Bucket not found, NoSuchBucket: Bucket not found"),
            (Error::NoSuchKey, "400 404 not_found, NoSuchKey: Object not found"),
            (Error::BytesNotFound, "400 404 Not found, NoSuchKey: The resource was not found"),
            (Error::KeyAlreadyExists, "400 409 Duplicate, KeyAlreadyExists: The resource already exists"),
            (
                Error::EntityTooLarge("object"),
                "400 413 Payload too large, EntityTooLarge: The object exceeded the maximum allowed size",
            ),
            (
                Error::InvalidMimeType("a/b".to_owned()),
                "400 415 invalid_mime_type, InvalidMimeType: mime type a/b is not supported",
            ),
            (Error::InvalidKey("é".to_owned()), "400 400 InvalidKey, InvalidKey: Invalid key: é"),
            (Error::BadJwt(JwtError::Empty), "400 403 Unauthorized, AccessDenied: Invalid Compact JWS"),
            (
                Error::BadJwt(JwtError::Critical("x".to_owned())),
                "400 403 Unauthorized, AccessDenied: Extension Header Parameter \"x\" is not recognized",
            ),
            (Error::ServiceRoleOnly, "403 403 Unauthorized, AccessDenied: Access denied: Invalid role"),
            (Error::InvalidRange, "416 416 invalid_range, InvalidRange: invalid range provided"),
            (
                db("42501", row_level),
                "400 403 Unauthorized, AccessDenied: new row violates row-level security policy",
            ),
            (
                db("42501", "permission denied for table objects"),
                "400 403 Unauthorized, AccessDenied: permission denied for table objects",
            ),
            (db("P0001", "not today"), "400 400 DatabaseError, DatabaseError: not today"),
            (
                db("57014", "canceling statement"),
                "544 544 DatabaseTimeout, DatabaseTimeout: The connection to the database timed out",
            ),
            (db("XX000", "secret"), "500 500 DatabaseError, DatabaseError: database error, code: XX000"),
            (
                pool_full,
                "429 429 too_many_connections, SlowDown: Too many connections issued to the database",
            ),
        ];
        for (error, expected) in cases {
            assert_eq!(answered(error).await, expected);
        }
    }

    #[test]
    fn whether_a_commit_may_have_happened() {
        let said = |severity: &str| {
            let error = pg::DbError { severity: severity.to_owned(), ..pg::DbError::default() };
            Error::Database(pg::Error::Db(Box::new(error)))
        };
        for error in [said("FATAL"), Error::Database(pg::Error::Closed), Error::Database(pg::Error::Timeout)]
        {
            assert!(error.leaves_open(), "{error:?}");
        }
        for error in [said("ERROR"), Error::Database(pg::Error::PoolFull), Error::NoSuchKey, Error::Locked] {
            assert!(!error.leaves_open(), "{error:?}");
        }
    }

    #[test]
    fn a_server_error_says_its_cause_to_the_log_only() {
        let response = db("XX000", "secret").response();
        assert!(response.extensions().get::<base::Cause>().unwrap().0.contains("secret"));
        assert_eq!(Error::Database(pg::Error::Closed).response().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}

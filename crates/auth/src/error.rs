//! Everything the room answers that is not a success, and the one place that turns it into status and body.
//!
//! Handlers return an [`Error`]; `description` says its status, code and message; the middleware [`render`] writes them in
//! the shape the client asked for.

mod description;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base::identity::JwtError;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use self::description::Description;
use crate::config::Config;
use crate::logic::api_version::{self, ApiVersion};
use crate::logic::invalid::Invalid;
use crate::logic::password_rules::Weakness;
use crate::logic::session::Expired;

/// The header that names the error for operators.
const ERROR_CODE: HeaderName = HeaderName::from_static("x-sb-error-code");

/// When a client should try again after a 503, in seconds.
const RETRY_AFTER: &str = "1";

/// Everything that can go wrong.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is described by its text in `description`")]
pub enum Error {
    // the request itself
    #[error("no such route")]
    NoSuchRoute,
    #[error("method not allowed")]
    MethodNotAllowed,
    #[error("body too large")]
    BodyTooLarge,
    #[error("body not received: {0}")]
    BodyNotReceived(#[source] axum::Error),
    #[error("body is not JSON: {0}")]
    BadJson(#[from] serde_json::Error),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("took too long")]
    TimedOut,

    // who is asking
    #[error("no bearer token")]
    NoBearerToken,
    #[error("bad token: {0}")]
    BadJwt(#[from] JwtError),
    #[error("the token has no sub")]
    NoSubject,
    #[error("the token's sub is not a UUID")]
    SubjectNotUuid,
    #[error("the token's session_id is not a UUID")]
    SessionIdNotUuid,
    #[error("the token's user is gone")]
    TokenUserNotFound,
    #[error("the token's session is gone")]
    TokenSessionNotFound,
    #[error("the token's session is over")]
    TokenSessionExpired,
    #[error("the token's user is banned")]
    TokenUserBanned,
    #[error("not an administrator")]
    NotAdmin,

    // signing up and in
    #[error("sign-up is off")]
    SignupDisabled,
    #[error("anonymous sign-in is off")]
    AnonymousDisabled,
    #[error("e-mail sign-up is off")]
    EmailSignupDisabled,
    #[error("phone sign-up is off")]
    PhoneSignupDisabled,
    #[error("e-mail sign-in is off")]
    EmailLoginDisabled,
    #[error("phone sign-in is off")]
    PhoneLoginDisabled,
    #[error("weak password")]
    WeakPassword(Weakness),
    #[error("user exists")]
    UserAlreadyExists,
    #[error("e-mail address taken")]
    EmailExists,
    #[error("phone number taken")]
    PhoneExists(PhoneTaken),
    #[error("no SMS provider")]
    SmsNotSent,
    #[error("mail asked for again too soon")]
    MailTooSoon(i64),
    #[error("message asked for again too soon")]
    SmsTooSoon(i64),
    #[error("unknown grant_type")]
    UnsupportedGrantType,
    #[error("wrong credentials")]
    InvalidCredentials,
    #[error("user banned")]
    UserBanned,
    #[error("e-mail address not confirmed")]
    EmailNotConfirmed,
    #[error("phone number not confirmed")]
    PhoneNotConfirmed,

    // refreshing
    #[error("unknown refresh token")]
    RefreshTokenNotFound,
    #[error("refresh token of a banned user")]
    RefreshTokenUserBanned,
    #[error("refresh token without session")]
    RefreshTokenSessionNotFound,
    #[error("refresh token of a session that is over")]
    RefreshTokenSessionExpired(Expired),
    #[error("refresh token used before")]
    RefreshTokenAlreadyUsed,
    #[error("refresh token of an OAuth client")]
    RefreshTokenOfOauthClient,
    #[error("session locked for too long")]
    TooManyRefreshes,

    // changing a user
    #[error("app_metadata is an administrator's")]
    AppMetadataNotAllowed,
    #[error("second factor needed")]
    InsufficientAal,
    #[error("anonymous user without address sets a password")]
    AnonymousPassword,
    #[error("user of single sign-on")]
    SsoManaged,
    #[error("the password is the old one")]
    SamePassword,
    #[error("signed in too long ago")]
    ReauthenticationNeeded,
    #[error("wrong or old nonce")]
    ReauthenticationNotValid,

    // administration
    #[error("no such user")]
    UserNotFound,
    #[error("the user's id is not a UUID")]
    UserIdNotUuid,

    // features this server does not offer
    #[error("SAML is off")]
    SamlDisabled,
    #[error("passkeys are off")]
    PasskeysDisabled,
    #[error("linking identities is off")]
    ManualLinkingDisabled,
    #[error("the OAuth server is off")]
    OauthServerDisabled,
    #[error("signing in with a wallet is off")]
    Web3Disabled,
    #[error("signing in with that provider is off")]
    ProviderDisabled,

    // our side
    #[error("{step:?}: {source}")]
    Database {
        step: Step,
        #[source]
        source: pg::Error,
    },
    #[error("a row can't be read: {0}")]
    Row(#[source] serde_json::Error),
    #[error("a password can't be hashed: {0}")]
    Hashing(#[from] bcrypt::BcryptError),
    #[error("a token can't be signed: {0}")]
    Signing(#[from] base::identity::KeyError),
    #[error("a task of this process died: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Who asks for a number that is taken: upstream words it differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneTaken {
    /// The user.
    OnUpdate,
    /// An administrator.
    OnCreate,
}

/// What a statement was for: the message of its failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    FindUser,
    LoadUser,
    QuerySchema,
    ListUsers,
    SaveNewUser,
    SaveAnonymousUser,
    SaveAdminUser,
    UpdateUser,
    StorePassword,
    AdminUpdateUser,
    DeleteUser,
    SoftDeleteUser,
    CreateIdentity,
    GrantUser,
    LogOut,
    Audit,
    Refresh,
}

impl Error {
    /// A failed statement.
    pub(crate) fn database(step: Step, source: pg::Error) -> Self {
        Self::Database { step, source }
    }

    /// The constraint of this room's own tables that a statement violated, if that is what happened.
    pub(crate) fn violated_constraint(&self) -> Option<&str> {
        let Self::Database { source, .. } = self else { return None };
        let error = source.db()?;
        let ours = error.schema.as_deref() == Some("auth") && error.code.starts_with("23");
        if ours { error.constraint.as_deref() } else { None }
    }

    /// SQLSTATE, when Postgres refused.
    pub(crate) fn sqlstate(&self) -> Option<&str> {
        let Self::Database { source, .. } = self else { return None };
        source.code()
    }

    /// In the older shape only: what a project's own trigger or constraint says is passed on to the client.
    fn passed_on(&self) -> Option<(StatusCode, Value)> {
        let Self::Database { source, .. } = self else { return None };
        let error = source.db()?;
        let status = match error.code.as_str() {
            "P0001" | "23000" | "23001" | "23502" | "23503" | "23505" | "23514" | "23P01" => 500,
            code => code.strip_prefix("PT")?.parse().ok().filter(|status| (200..600).contains(status))?,
        };
        let mut body = json!({ "code": error.code, "message": error.message });
        if let Some(hint) = &error.hint {
            body["hint"] = json!(hint);
        }
        if let Some(detail) = &error.detail {
            body["detail"] = json!(detail);
        }
        Some((StatusCode::from_u16(status).ok()?, body))
    }

    fn body(&self, version: ApiVersion, request_id: Option<&HeaderValue>) -> (StatusCode, Value) {
        let Description { status, code, message } = self.description();
        if matches!(self, Self::RefreshTokenOfOauthClient) {
            return (status, json!({ "error": code, "error_description": message }));
        }
        let code = if code.is_empty() { "unknown" } else { code };
        let mut body = match version {
            ApiVersion::V20240101 => json!({ "code": code, "message": message }),
            ApiVersion::Initial => {
                if let Some(passed_on) = self.passed_on() {
                    return passed_on;
                }
                json!({ "code": status.as_u16(), "error_code": code, "msg": message })
            }
        };
        if let Self::WeakPassword(weakness) = self {
            body["weak_password"] = json!({ "reasons": weakness.reasons });
        }
        let request_id = request_id.and_then(|id| id.to_str().ok());
        if let (ApiVersion::Initial, true, Some(id)) = (version, status.is_server_error(), request_id) {
            body["error_id"] = json!(id);
        }
        (status, body)
    }
}

/// Leaves the error for `render`, which knows the request's headers.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.description().status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Bounds the time of a request and words its error, if it ends in one.
pub(crate) async fn render(State(config): State<Arc<Config>>, request: Request, next: Next) -> Response {
    let version = request.headers().get(api_version::HEADER).and_then(|value| value.to_str().ok());
    let version = api_version::determine(version);
    let request_id = request.headers().get("x-request-id").cloned();
    let limit = std::time::Duration::from_secs(u64::from(config.max_request_seconds));
    let response = match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => Error::TimedOut.into_response(),
    };
    match response.extensions().get::<Arc<Error>>() {
        Some(error) => answer(&Arc::clone(error), version, request_id.as_ref()),
        None => response,
    }
}

fn answer(error: &Error, version: ApiVersion, request_id: Option<&HeaderValue>) -> Response {
    let code = error.description().code;
    let (status, body) = error.body(version, request_id);
    let mut response = (status, axum::Json(body)).into_response();
    let headers = response.headers_mut();
    if !code.is_empty() {
        headers.insert(ERROR_CODE, HeaderValue::from_static(code));
    }
    if version == ApiVersion::V20240101 {
        headers.insert(api_version::HEADER, HeaderValue::from_static("2024-01-01"));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    }
    if status.is_server_error() {
        response.extensions_mut().insert(base::Cause::of(error));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn db(code: &str) -> Error {
        let error = pg::DbError {
            code: code.to_owned(),
            message: "no".to_owned(),
            hint: Some("ask".to_owned()),
            ..pg::DbError::default()
        };
        Error::database(Step::SaveNewUser, pg::Error::Db(Box::new(error)))
    }

    #[test]
    fn both_shapes() {
        let weak = Error::WeakPassword(Weakness { message: "Weak.".to_owned(), reasons: vec!["length"] });
        let cases = [
            (
                Error::SignupDisabled,
                422,
                json!({ "code": "signup_disabled", "message": "Signups not allowed for this instance" }),
                json!({ "code": 422, "error_code": "signup_disabled", "msg": "Signups not allowed for this instance" }),
            ),
            (
                weak,
                422,
                json!({ "code": "weak_password", "message": "Weak.", "weak_password": { "reasons": ["length"] } }),
                json!({ "code": 422, "error_code": "weak_password", "msg": "Weak.", "weak_password": { "reasons": ["length"] } }),
            ),
            (
                Error::NoSuchRoute,
                404,
                json!({ "code": "unknown", "message": "No such route" }),
                json!({ "code": 404, "error_code": "unknown", "msg": "No such route" }),
            ),
            (
                db("P0001"),
                500,
                json!({ "code": "unexpected_failure", "message": "Database error saving new user" }),
                json!({ "code": "P0001", "message": "no", "hint": "ask" }),
            ),
            (
                db("XX000"),
                500,
                json!({ "code": "unexpected_failure", "message": "Database error saving new user" }),
                json!({ "code": 500, "error_code": "unexpected_failure", "msg": "Database error saving new user", "error_id": "r1" }),
            ),
            (
                Error::RefreshTokenOfOauthClient,
                400,
                json!({ "error": "invalid_client", "error_description": "Client authentication required for OAuth session" }),
                json!({ "error": "invalid_client", "error_description": "Client authentication required for OAuth session" }),
            ),
        ];
        let request_id = HeaderValue::from_static("r1");
        for (error, status, newer, older) in cases {
            let (newer_status, newer_body) = error.body(ApiVersion::V20240101, Some(&request_id));
            assert_eq!((newer_status.as_u16(), newer_body), (status, newer));
            let (older_status, older_body) = error.body(ApiVersion::Initial, Some(&request_id));
            assert_eq!((older_status.as_u16(), older_body), (status, older));
        }
    }

    #[test]
    fn a_trigger_may_choose_the_status_in_the_older_shape() {
        let cases = [("PT402", 402), ("PT999", 500), ("PTxyz", 500), ("PT", 500), ("23514", 500)];
        for (code, status) in cases {
            assert_eq!(db(code).body(ApiVersion::Initial, None).0.as_u16(), status, "{code}");
        }
    }

    #[test]
    fn what_passes_is_503_and_may_be_retried() {
        let unavailable = [pg::Error::PoolFull, pg::Error::Closed, pg::Error::Timeout];
        let errors = unavailable.map(|source| Error::database(Step::FindUser, source));
        for error in errors.iter().chain(&[db("40P01"), db("53300"), db("57P01")]) {
            let response = answer(error, ApiVersion::V20240101, None);
            assert_eq!(response.status(), 503, "{error}");
            assert_eq!(response.headers()[header::RETRY_AFTER], "1");
            assert!(response.extensions().get::<base::Cause>().is_some());
        }
        assert_eq!(db("57014").body(ApiVersion::Initial, None).0, 504);
    }
}

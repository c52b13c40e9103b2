//! Everything the room answers that is not a success, and the one place that turns it into status and body.
//!
//! Handlers return an [`Error`]; the middleware [`render`] words it in the shape the client asked for.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base::identity::JwtError;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

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

impl Step {
    fn message(self) -> &'static str {
        match self {
            Self::FindUser => "Database error finding user",
            Self::LoadUser => "Database error loading user",
            Self::QuerySchema => "Database error querying schema",
            Self::ListUsers => "Database error finding users",
            Self::SaveNewUser => "Database error saving new user",
            Self::SaveAnonymousUser => "Database error creating anonymous user",
            Self::SaveAdminUser => "Database error creating new user",
            Self::UpdateUser => "Database error updating user",
            Self::StorePassword => "Error during password storage",
            Self::AdminUpdateUser => "Error updating user",
            Self::DeleteUser => "Database error deleting user",
            Self::SoftDeleteUser => "Error soft deleting user",
            Self::CreateIdentity => "Error creating identity",
            Self::GrantUser => "Database error granting user",
            Self::LogOut => "Error logging out user",
            Self::Audit => "Error recording audit log entry",
            Self::Refresh => UNEXPECTED,
        }
    }
}

const UNEXPECTED: &str = "Unexpected failure, please check server logs for more information";

/// What a client is told.
struct Description {
    status: StatusCode,
    /// `""`: none of upstream's codes fits.
    code: &'static str,
    message: Cow<'static, str>,
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

    /// Status, code and message: the whole table, upstream's wording.
    fn description(&self) -> Description {
        self.describe_request()
            .or_else(|| self.describe_caller())
            .or_else(|| self.describe_sign_in())
            .or_else(|| self.describe_refresh())
            .or_else(|| self.describe_change())
            .unwrap_or_else(|| self.describe_failure())
    }

    fn describe_request(&self) -> Option<Description> {
        Some(match self {
            Self::NoSuchRoute => describe(404, "", "No such route"),
            Self::MethodNotAllowed => describe(405, "", "Method not allowed"),
            Self::BodyTooLarge => {
                describe(413, "request_entity_too_large", "Request body too large (max 1048576 bytes)")
            }
            Self::BodyNotReceived(_) => describe(400, "bad_json", "Could not read the request body"),
            Self::BadJson(why) => {
                describe(400, "bad_json", format!("Could not parse request body as JSON: {why}"))
            }
            Self::Invalid(why) => describe(400, "validation_failed", why.to_string()),
            Self::TimedOut => describe(
                504,
                "request_timeout",
                "Processing this request timed out, please retry after a moment.",
            ),
            _ => return None,
        })
    }

    fn describe_caller(&self) -> Option<Description> {
        Some(match self {
            Self::NoBearerToken => {
                describe(401, "no_authorization", "This endpoint requires a valid Bearer token")
            }
            Self::BadJwt(why) => {
                describe(403, "bad_jwt", format!("invalid JWT: unable to parse or verify signature, {why}"))
            }
            Self::NoSubject => describe(403, "bad_jwt", "invalid claim: missing sub claim"),
            Self::SubjectNotUuid => describe(400, "bad_jwt", "invalid claim: sub claim must be a UUID"),
            Self::SessionIdNotUuid => {
                describe(403, "bad_jwt", "invalid claim: session_id claim must be a UUID")
            }
            Self::TokenUserNotFound => {
                describe(403, "user_not_found", "User from sub claim in JWT does not exist")
            }
            Self::TokenSessionNotFound => {
                describe(403, "session_not_found", "Session from session_id claim in JWT does not exist")
            }
            Self::TokenSessionExpired => describe(403, "session_expired", "Session is no longer valid"),
            Self::TokenUserBanned => describe(403, "user_banned", "User is banned"),
            Self::NotAdmin => describe(403, "not_admin", "User not allowed"),
            _ => return None,
        })
    }

    fn describe_sign_in(&self) -> Option<Description> {
        Some(match self {
            Self::SignupDisabled => describe(422, "signup_disabled", "Signups not allowed for this instance"),
            Self::AnonymousDisabled => {
                describe(422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled")
            }
            Self::EmailSignupDisabled => {
                describe(400, "email_provider_disabled", "Email signups are disabled")
            }
            Self::PhoneSignupDisabled => {
                describe(400, "phone_provider_disabled", "Phone signups are disabled")
            }
            Self::EmailLoginDisabled => describe(422, "email_provider_disabled", "Email logins are disabled"),
            Self::PhoneLoginDisabled => describe(422, "phone_provider_disabled", "Phone logins are disabled"),
            Self::WeakPassword(weakness) => describe(422, "weak_password", weakness.message.clone()),
            Self::UserAlreadyExists => describe(422, "user_already_exists", "User already registered"),
            Self::EmailExists => {
                describe(422, "email_exists", "A user with this email address has already been registered")
            }
            Self::PhoneExists(PhoneTaken::OnUpdate) => {
                describe(422, "phone_exists", "A user with this phone number has already been registered")
            }
            Self::PhoneExists(PhoneTaken::OnCreate) => {
                describe(422, "phone_exists", "Phone number already registered by another user")
            }
            Self::SmsNotSent => describe(
                422,
                "sms_send_failed",
                "Error sending confirmation OTP to provider: no SMS provider is configured",
            ),
            Self::MailTooSoon(seconds) => describe(429, "over_email_send_rate_limit", too_soon(*seconds)),
            Self::SmsTooSoon(seconds) => describe(429, "over_sms_send_rate_limit", too_soon(*seconds)),
            Self::UnsupportedGrantType => describe(400, "invalid_credentials", "unsupported_grant_type"),
            Self::InvalidCredentials => describe(400, "invalid_credentials", "Invalid login credentials"),
            Self::UserBanned => describe(400, "user_banned", "User is banned"),
            Self::EmailNotConfirmed => describe(400, "email_not_confirmed", "Email not confirmed"),
            Self::PhoneNotConfirmed => describe(400, "phone_not_confirmed", "Phone not confirmed"),
            _ => return None,
        })
    }

    fn describe_refresh(&self) -> Option<Description> {
        Some(match self {
            Self::RefreshTokenNotFound => {
                describe(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
            }
            Self::RefreshTokenUserBanned => {
                describe(400, "user_banned", "Invalid Refresh Token: User Banned")
            }
            Self::RefreshTokenSessionNotFound => {
                describe(400, "session_not_found", "Invalid Refresh Token: No Valid Session Found")
            }
            Self::RefreshTokenSessionExpired(Expired::Age) => {
                describe(400, "session_expired", "Invalid Refresh Token: Session Expired")
            }
            Self::RefreshTokenSessionExpired(Expired::Inactivity) => {
                describe(400, "session_expired", "Invalid Refresh Token: Session Expired (Inactivity)")
            }
            Self::RefreshTokenAlreadyUsed => {
                describe(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
            }
            Self::RefreshTokenOfOauthClient => {
                describe(400, "invalid_client", "Client authentication required for OAuth session")
            }
            Self::TooManyRefreshes => describe(
                409,
                "conflict",
                "Too many concurrent token refresh requests on the same session or refresh token",
            ),
            _ => return None,
        })
    }

    fn describe_change(&self) -> Option<Description> {
        Some(match self {
            Self::AppMetadataNotAllowed => {
                describe(403, "not_admin", "Updating app_metadata requires admin privileges")
            }
            Self::InsufficientAal => describe(
                401,
                "insufficient_aal",
                "AAL2 session is required to update email or password when MFA is enabled.",
            ),
            Self::AnonymousPassword => describe(
                422,
                "validation_failed",
                "Updating password of an anonymous user without an email or phone is not allowed",
            ),
            Self::SsoManaged => describe(
                422,
                "user_sso_managed",
                "Updating email, phone, password of a SSO account only possible via SSO",
            ),
            Self::SamePassword => {
                describe(422, "same_password", "New password should be different from the old password.")
            }
            Self::ReauthenticationNeeded => {
                describe(400, "reauthentication_needed", "Password update requires reauthentication")
            }
            Self::ReauthenticationNotValid => {
                describe(422, "reauthentication_not_valid", "Nonce has expired or is invalid")
            }
            Self::UserNotFound => describe(404, "user_not_found", "User not found"),
            Self::UserIdNotUuid => describe(404, "validation_failed", "user_id must be an UUID"),
            _ => return None,
        })
    }

    /// What is left is our own failure, or the database's.
    fn describe_failure(&self) -> Description {
        let Self::Database { step, source } = self else {
            return describe(500, "unexpected_failure", UNEXPECTED);
        };
        let sqlstate = source.code().unwrap_or_default();
        // deadlock or serialisation failure, out of resources, read-only after a failover: all pass
        let passing = matches!(sqlstate, "40001" | "40P01" | "25006") || sqlstate.starts_with("53");
        if source.is_unavailable() || passing {
            describe(503, "", "The database is not available at the moment, please retry")
        } else if sqlstate == "57014" {
            Self::TimedOut.description()
        } else {
            describe(500, "unexpected_failure", step.message())
        }
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

fn describe(status: u16, code: &'static str, message: impl Into<Cow<'static, str>>) -> Description {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Description { status, code, message: message.into() }
}

fn too_soon(seconds: i64) -> String {
    format!("For security purposes, you can only request this after {seconds} seconds.")
}

/// Leaves the error for [`render`], which knows the request's headers.
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

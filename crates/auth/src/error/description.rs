//! The table of everything the room answers that is not a success: status, code and upstream's wording.

use std::borrow::Cow;

use http::StatusCode;

use super::{Error, PhoneTaken, Step};
use crate::logic::session::Expired;

const UNEXPECTED: &str = "Unexpected failure, please check server logs for more information";

/// What a client is told.
pub(super) struct Description {
    pub(super) status: StatusCode,
    /// `""`: none of upstream's codes fits.
    pub(super) code: &'static str,
    pub(super) message: Cow<'static, str>,
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

impl Error {
    /// Status, code and message: the whole table, upstream's wording.
    pub(super) fn description(&self) -> Description {
        self.describe_request()
            .or_else(|| self.describe_caller())
            .or_else(|| self.describe_sign_in())
            .or_else(|| self.describe_refresh())
            .or_else(|| self.describe_change())
            .or_else(|| self.describe_switched_off())
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

    fn describe_switched_off(&self) -> Option<Description> {
        Some(match self {
            Self::SamlDisabled => describe(404, "saml_provider_disabled", "SAML 2.0 is disabled"),
            Self::PasskeysDisabled => describe(404, "passkey_disabled", "Passkeys are disabled"),
            Self::ManualLinkingDisabled => {
                describe(404, "manual_linking_disabled", "Manual linking is disabled")
            }
            Self::OauthServerDisabled => describe(404, "feature_disabled", "OAuth server is disabled"),
            Self::Web3Disabled => describe(422, "web3_provider_disabled", "Web3 provider is disabled"),
            Self::ProviderDisabled => describe(400, "provider_disabled", "Provider is not enabled"),
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
}

fn describe(status: u16, code: &'static str, message: impl Into<Cow<'static, str>>) -> Description {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Description { status, code, message: message.into() }
}

fn too_soon(seconds: i64) -> String {
    format!("For security purposes, you can only request this after {seconds} seconds.")
}

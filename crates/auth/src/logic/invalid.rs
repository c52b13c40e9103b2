//! Everything a request may say that is well-formed JSON and still refused as `validation_failed`.

use super::go_duration::DurationError;
use super::pagination::PaginationError;

/// A refused value; its text is what the client reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("Strings and object keys must not contain the character U+0000")]
    NulCharacter,
    #[error("Signup requires a valid password")]
    PasswordMissing,
    #[error("Password cannot be longer than 72 characters")]
    PasswordTooLong,
    #[error("Only a password or a password hash should be provided")]
    PasswordAndHash,
    #[error("The password hash must be bcrypt, argon2i or argon2id within its limits")]
    PasswordHash,
    #[error("Only an email address or phone number should be provided on signup.")]
    EmailAndPhoneOnSignup,
    #[error("Only an email address or phone number should be provided on login.")]
    EmailAndPhoneOnLogin,
    #[error("missing email or phone")]
    EmailOrPhoneMissing,
    #[error("Cannot create a user without either an email or phone")]
    UserWithoutEmailAndPhone,
    #[error("An email address is too long")]
    EmailTooLong,
    #[error("Unable to validate email address: invalid format")]
    EmailFormat,
    #[error("Invalid phone number format (E.164 required)")]
    PhoneFormat,
    #[error(
        "Invalid channel, supported values are 'sms' or 'whatsapp'. 'whatsapp' is only supported if Twilio or Twilio Verify is used as the provider."
    )]
    Channel,
    #[error("PKCE not supported for phone signups")]
    PkceWithPhone,
    #[error("PKCE flow requires code_challenge_method and code_challenge")]
    PkceIncomplete,
    #[error("code challenge method must be s256 or plain")]
    PkceMethod,
    #[error("code challenge has to be between 43 and 128 characters")]
    PkceLength,
    #[error(
        "code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes"
    )]
    PkceCharacters,
    #[error("Refresh token is not valid")]
    RefreshToken,
    #[error("Token audience doesn't match request audience")]
    Audience,
    #[error("Unsupported logout scope")]
    LogoutScope,
    #[error("ID must conform to the uuid v4 format")]
    UserId,
    #[error("ID cannot be a nil uuid")]
    UserIdNil,
    #[error("A user with this ID already exists")]
    UserIdTaken,
    #[error("invalid format for ban duration: {0}")]
    BanDuration(DurationError),
    #[error("Bad Pagination Parameters: {0}")]
    Pagination(PaginationError),
    #[error("Bad Sort Parameters: only created_at, asc and desc are allowed")]
    Sort,
    #[error("A value is too long")]
    TooLong,
}

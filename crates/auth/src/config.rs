//! The section `[auth]` of a project's `supabase/config.toml`. Defaults are those of the official CLI's local stack.
//!
//! Names and nesting are upstream's; fields of features this room does not have yet are ignored when read.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// `[auth]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the file has these switches")]
pub struct Config {
    /// Where users come back to after a link in a mail.
    pub site_url: String,
    /// Other addresses they may come back to (globs).
    pub additional_redirect_urls: Vec<String>,
    /// The address of this room as clients see it, `…/auth/v1`; becomes the claim `iss`. Set by the server, not by the file.
    #[serde(alias = "jwt_issuer")]
    pub issuer: String,
    /// Lifetime of access tokens in seconds.
    pub jwt_expiry: u32,
    /// Whether a refresh token used twice revokes all tokens of its session.
    pub enable_refresh_token_rotation: bool,
    /// For how many seconds after its first use a refresh token may be used again.
    pub refresh_token_reuse_interval: u32,
    /// Whether anyone may sign up.
    pub enable_signup: bool,
    /// Whether users without e-mail, phone and password may sign in.
    pub enable_anonymous_sign_ins: bool,
    /// Whether users may link further identities themselves.
    pub enable_manual_linking: bool,
    /// Shortest password, in bytes; never less than 6.
    pub minimum_password_length: usize,
    /// Which characters a password must have.
    pub password_requirements: PasswordRequirements,
    /// Audience of tokens and users when a request names none.
    pub audience: String,
    /// Role of new users.
    pub default_role: String,
    /// Roles whose tokens may use `/admin`.
    pub admin_roles: Vec<String>,
    /// `[auth.email]`
    pub email: Email,
    /// `[auth.sms]`
    pub sms: Sms,
    /// `[auth.sessions]`
    pub sessions: Sessions,
    /// How long a request may take before it is answered 504, in seconds.
    pub max_request_seconds: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            site_url: "http://127.0.0.1:3000".to_owned(),
            additional_redirect_urls: Vec::new(),
            issuer: "http://127.0.0.1:54321/auth/v1".to_owned(),
            jwt_expiry: 3600,
            enable_refresh_token_rotation: true,
            refresh_token_reuse_interval: 10,
            enable_signup: true,
            enable_anonymous_sign_ins: false,
            enable_manual_linking: false,
            minimum_password_length: 6,
            password_requirements: PasswordRequirements::None,
            audience: "authenticated".to_owned(),
            default_role: "authenticated".to_owned(),
            admin_roles: vec!["service_role".to_owned(), "supabase_admin".to_owned()],
            email: Email::default(),
            sms: Sms::default(),
            sessions: Sessions::default(),
            max_request_seconds: 10,
        }
    }
}

/// `[auth.email]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the file has these switches")]
pub struct Email {
    /// Whether e-mail addresses may sign up and in.
    pub enable_signup: bool,
    /// Whether an address must be confirmed before its user can sign in; off = every address is confirmed at once.
    pub enable_confirmations: bool,
    /// Whether a change of address must be confirmed at the old address too.
    pub double_confirm_changes: bool,
    /// Whether a password can only be changed within a day of signing in.
    pub secure_password_change: bool,
    /// Shortest time between two mails of a kind to a user.
    #[serde(deserialize_with = "duration")]
    pub max_frequency: Duration,
    /// Digits of a one-time code.
    pub otp_length: usize,
    /// Lifetime of a one-time code in seconds.
    pub otp_expiry: u32,
}

impl Default for Email {
    fn default() -> Self {
        Self {
            enable_signup: true,
            enable_confirmations: false,
            double_confirm_changes: true,
            secure_password_change: false,
            max_frequency: Duration::from_secs(1),
            otp_length: 6,
            otp_expiry: 3600,
        }
    }
}

/// `[auth.sms]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub struct Sms {
    /// Whether phone numbers may sign up and in.
    pub enable_signup: bool,
    /// Whether a number must be confirmed before its user can sign in.
    pub enable_confirmations: bool,
    /// Shortest time between two messages of a kind to a user.
    #[serde(deserialize_with = "duration")]
    pub max_frequency: Duration,
    /// Numbers (digits only) that are never sent a message and always take this code.
    pub test_otp: BTreeMap<String, String>,
}

impl Default for Sms {
    fn default() -> Self {
        Self {
            enable_signup: false,
            enable_confirmations: false,
            max_frequency: Duration::from_secs(5),
            test_otp: BTreeMap::new(),
        }
    }
}

/// `[auth.sessions]`
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Sessions {
    /// A session ends this long after its sign-in.
    #[serde(deserialize_with = "optional_duration")]
    pub timebox: Option<Duration>,
    /// A session ends this long after its last refresh.
    #[serde(deserialize_with = "optional_duration")]
    pub inactivity_timeout: Option<Duration>,
}

/// Which characters a password must have at least one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum PasswordRequirements {
    /// None in particular.
    #[default]
    #[serde(rename = "")]
    None,
    /// A letter and a digit.
    #[serde(rename = "letters_digits")]
    LettersDigits,
    /// A lower-case letter, an upper-case letter and a digit.
    #[serde(rename = "lower_upper_letters_digits")]
    LowerUpperLettersDigits,
    /// Those and a symbol.
    #[serde(rename = "lower_upper_letters_digits_symbols")]
    LowerUpperLettersDigitsSymbols,
}

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{};'\\:\"|<>?,./`~";

impl PasswordRequirements {
    /// The sets of characters of each of which a password must have one.
    pub fn sets(self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::LettersDigits => &[LETTERS, DIGITS],
            Self::LowerUpperLettersDigits => &[LOWER, UPPER, DIGITS],
            Self::LowerUpperLettersDigitsSymbols => &[LOWER, UPPER, DIGITS, SYMBOLS],
        }
    }
}

impl Config {
    /// Whether an e-mail address counts as confirmed without a mail.
    pub fn mailer_autoconfirm(&self) -> bool {
        !self.email.enable_confirmations
    }

    /// Whether a phone number counts as confirmed without a message.
    pub fn sms_autoconfirm(&self) -> bool {
        !self.sms.enable_confirmations
    }
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text)
        .ok_or_else(|| serde::de::Error::custom(format_args!("{text:?} is not a duration such as 1m30s")))
}

fn optional_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    duration(deserializer).map(|duration| (!duration.is_zero()).then_some(duration))
}

fn parse(text: &str) -> Option<Duration> {
    crate::logic::go_duration::parse(text).ok()?.to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_section_is_the_default() {
        assert_eq!(toml::from_str::<Config>("").unwrap(), Config::default());
    }

    #[test]
    fn the_section_of_the_official_template_is_read() {
        let config: Config = toml::from_str(
            r#"
            enabled = true
            site_url = "http://127.0.0.1:3000"
            additional_redirect_urls = ["https://127.0.0.1:3000"]
            jwt_expiry = 600
            enable_anonymous_sign_ins = true
            password_requirements = "letters_digits"
            [rate_limit]
            email_sent = 2
            [email]
            enable_confirmations = true
            max_frequency = "1m30s"
            [sms.test_otp]
            4152127777 = "123456"
            [sessions]
            timebox = "24h"
            inactivity_timeout = "0s"
            "#,
        )
        .unwrap();
        assert_eq!(config.jwt_expiry, 600);
        assert!(config.enable_anonymous_sign_ins && config.email.enable_confirmations);
        assert!(!config.mailer_autoconfirm() && config.sms_autoconfirm());
        assert_eq!(config.email.max_frequency, Duration::from_secs(90));
        assert_eq!(config.password_requirements.sets().len(), 2);
        assert_eq!(config.sms.test_otp["4152127777"], "123456");
        assert_eq!(config.sessions.timebox, Some(Duration::from_hours(24)));
        assert_eq!(config.sessions.inactivity_timeout, None);
    }

    #[test]
    fn a_wrong_duration_is_named() {
        let error = toml::from_str::<Config>("[email]\nmax_frequency = 'soon'").unwrap_err().to_string();
        assert!(error.contains("soon"), "{error}");
    }
}

//! A user as stored (a row with its identities and factors) and as shown to clients.

#![expect(clippy::struct_field_names, reason = "the names are those of the columns")]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::timestamp::Timestamp;

/// A row of `auth.users`: the columns this room reads.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) aud: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) encrypted_password: Option<String>,
    pub(crate) email_confirmed_at: Option<Timestamp>,
    pub(crate) invited_at: Option<Timestamp>,
    pub(crate) confirmation_sent_at: Option<Timestamp>,
    pub(crate) recovery_sent_at: Option<Timestamp>,
    pub(crate) email_change: Option<String>,
    pub(crate) email_change_sent_at: Option<Timestamp>,
    pub(crate) last_sign_in_at: Option<Timestamp>,
    pub(crate) raw_app_meta_data: Option<Box<RawValue>>,
    pub(crate) raw_user_meta_data: Option<Box<RawValue>>,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) updated_at: Option<Timestamp>,
    pub(crate) phone: Option<String>,
    pub(crate) phone_confirmed_at: Option<Timestamp>,
    pub(crate) phone_change: Option<String>,
    pub(crate) phone_change_sent_at: Option<Timestamp>,
    pub(crate) confirmed_at: Option<Timestamp>,
    pub(crate) banned_until: Option<Timestamp>,
    pub(crate) reauthentication_token: Option<String>,
    pub(crate) reauthentication_sent_at: Option<Timestamp>,
    pub(crate) is_sso_user: bool,
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) is_anonymous: bool,
    /// Filled in by [`User::assemble`].
    #[serde(skip)]
    pub(crate) identities: Vec<Identity>,
    /// Filled in by [`User::assemble`].
    #[serde(skip)]
    pub(crate) factors: Vec<Factor>,
}

/// A row of `auth.identities`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Identity {
    pub(crate) id: Uuid,
    pub(crate) provider_id: String,
    pub(crate) user_id: Uuid,
    pub(crate) identity_data: Box<RawValue>,
    pub(crate) provider: String,
    pub(crate) last_sign_in_at: Option<Timestamp>,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) updated_at: Option<Timestamp>,
    pub(crate) email: Option<String>,
}

/// A row of `auth.mfa_factors`, without its secret.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Factor {
    pub(crate) id: Uuid,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) status: String,
    #[serde(skip_serializing_if = "is_blank")]
    pub(crate) friendly_name: Option<String>,
    pub(crate) factor_type: String,
    #[serde(serialize_with = "blank_for_none")]
    pub(crate) phone: Option<String>,
    pub(crate) last_challenged_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) web_authn_aaguid: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_webauthn_challenge_data: Option<Box<RawValue>>,
}

impl User {
    /// The user of three JSON texts: the row, the array of its identities, the array of its factors.
    pub(crate) fn assemble(user: &str, identities: &str, factors: &str) -> Result<Self, serde_json::Error> {
        let mut user: Self = serde_json::from_str(user)?;
        user.identities = serde_json::from_str(identities)?;
        user.factors = serde_json::from_str(factors)?;
        Ok(user)
    }

    /// The e-mail address, or `""`.
    pub(crate) fn email(&self) -> &str {
        self.email.as_deref().unwrap_or_default()
    }

    /// The phone number, or `""`.
    pub(crate) fn phone(&self) -> &str {
        self.phone.as_deref().unwrap_or_default()
    }

    /// The stored hash, if there is any.
    pub(crate) fn password_hash(&self) -> Option<&str> {
        self.encrypted_password.as_deref().filter(|hash| !hash.is_empty())
    }

    /// Whether the user is banned at `now`.
    pub(crate) fn is_banned(&self, now: DateTime<Utc>) -> bool {
        self.banned_until.is_some_and(|until| now < until.0)
    }

    /// Whether the e-mail address or the phone number is confirmed.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.email_confirmed_at.is_some() || self.phone_confirmed_at.is_some()
    }

    /// Whether a second factor must be shown for sensitive changes.
    pub(crate) fn has_verified_factor(&self) -> bool {
        self.factors.iter().any(|factor| factor.status == "verified")
    }

    /// `app_metadata`; `None` when it is NULL.
    pub(crate) fn app_metadata(&self) -> Option<&RawValue> {
        self.raw_app_meta_data.as_deref()
    }

    /// `user_metadata`; `None` when it is NULL.
    pub(crate) fn user_metadata(&self) -> Option<&RawValue> {
        self.raw_user_meta_data.as_deref()
    }

    /// What clients see.
    pub(crate) fn shown(&self) -> ShownUser<'_> {
        ShownUser {
            id: self.id,
            aud: self.aud.as_deref().unwrap_or_default(),
            role: self.role.as_deref().unwrap_or_default(),
            email: self.email(),
            email_confirmed_at: self.email_confirmed_at,
            invited_at: self.invited_at,
            phone: self.phone(),
            phone_confirmed_at: self.phone_confirmed_at,
            confirmation_sent_at: self.confirmation_sent_at,
            confirmed_at: self.confirmed_at,
            recovery_sent_at: self.recovery_sent_at,
            new_email: self.email_change.as_deref().unwrap_or_default(),
            email_change_sent_at: self.email_change_sent_at,
            new_phone: self.phone_change.as_deref().unwrap_or_default(),
            phone_change_sent_at: self.phone_change_sent_at,
            reauthentication_sent_at: self.reauthentication_sent_at,
            last_sign_in_at: self.last_sign_in_at,
            app_metadata: Metadata(self.app_metadata()),
            user_metadata: Metadata(self.user_metadata()),
            factors: &self.factors,
            identities: self.identities.iter().map(Identity::shown).collect(),
            created_at: self.created_at,
            updated_at: self.updated_at,
            banned_until: self.banned_until,
            deleted_at: self.deleted_at,
            is_anonymous: self.is_anonymous,
        }
    }
}

impl Identity {
    fn shown(&self) -> ShownIdentity<'_> {
        ShownIdentity {
            identity_id: self.id,
            id: &self.provider_id,
            user_id: self.user_id,
            identity_data: &self.identity_data,
            provider: &self.provider,
            last_sign_in_at: self.last_sign_in_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
            email: self.email.as_deref().unwrap_or_default(),
        }
    }
}

/// The user object of the protocol.
#[derive(Debug, Serialize)]
pub(crate) struct ShownUser<'a> {
    id: Uuid,
    aud: &'a str,
    role: &'a str,
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_confirmed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invited_at: Option<Timestamp>,
    phone: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_confirmed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmation_sent_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_sent_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "str::is_empty")]
    new_email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_change_sent_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "str::is_empty")]
    new_phone: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_change_sent_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reauthentication_sent_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sign_in_at: Option<Timestamp>,
    app_metadata: Metadata<'a>,
    user_metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "<[Factor]>::is_empty")]
    factors: &'a [Factor],
    identities: Vec<ShownIdentity<'a>>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    banned_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
    is_anonymous: bool,
}

/// An identity of the user object: its row id is `identity_id`, the provider's id is `id`.
#[derive(Debug, Serialize)]
struct ShownIdentity<'a> {
    identity_id: Uuid,
    id: &'a str,
    user_id: Uuid,
    identity_data: &'a RawValue,
    provider: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sign_in_at: Option<Timestamp>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "str::is_empty")]
    email: &'a str,
}

/// A metadata column: passed on as Postgres wrote it, NULL as an empty object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Metadata<'a>(pub(crate) Option<&'a RawValue>);

impl Serialize for Metadata<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(raw) => raw.serialize(serializer),
            None => serde_json::Map::new().serialize(serializer),
        }
    }
}

#[expect(clippy::ref_option, reason = "the shape serde asks for")]
fn is_blank(text: &Option<String>) -> bool {
    text.as_deref().unwrap_or_default().is_empty()
}

#[expect(clippy::ref_option, reason = "the shape serde asks for")]
fn blank_for_none<S: serde::Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn bare(change: &Value) -> User {
        let mut row = json!({ "id": Uuid::nil(), "is_sso_user": false, "is_anonymous": false });
        row.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        User::assemble(&row.to_string(), "[]", "[]").unwrap()
    }

    #[test]
    fn a_row_of_nulls_is_shown_with_what_is_always_there() {
        let shown = serde_json::to_value(bare(&json!({})).shown()).unwrap();
        let expected = json!({
            "id": Uuid::nil(), "aud": "", "role": "", "email": "", "phone": "",
            "app_metadata": {}, "user_metadata": {}, "identities": [],
            "created_at": null, "updated_at": null, "is_anonymous": false,
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn numbers_beyond_a_double_pass_unchanged() {
        let text = r#"{"id":"00000000-0000-0000-0000-000000000000","is_sso_user":false,"is_anonymous":false,
            "raw_user_meta_data":{"n":123456789012345678901234567890,"e":1e999}}"#;
        let user = User::assemble(text, "[]", "[]").unwrap();
        let shown = serde_json::to_string(&user.shown()).unwrap();
        assert!(shown.contains(r#""n":123456789012345678901234567890,"e":1e999"#), "{shown}");
    }

    #[test]
    fn bans_end() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc);
        let user = bare(&json!({ "banned_until": "2026-01-02T00:00:00+00:00" }));
        assert!(user.is_banned(at("2026-01-01T23:59:59Z")));
        assert!(!user.is_banned(at("2026-01-02T00:00:00Z")));
        assert!(bare(&json!({ "banned_until": "infinity" })).is_banned(at("2999-01-01T00:00:00Z")));
        assert!(!bare(&json!({})).is_banned(at("2026-01-01T00:00:00Z")));
    }

    #[test]
    fn an_empty_password_is_none() {
        assert_eq!(bare(&json!({ "encrypted_password": "" })).password_hash(), None);
        assert_eq!(bare(&json!({ "encrypted_password": "$2a$" })).password_hash(), Some("$2a$"));
    }
}

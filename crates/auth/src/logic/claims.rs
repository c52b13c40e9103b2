//! The claims of an access token.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::user::{Metadata, User};

/// How the user of a session proved who they are, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct AmrEntry {
    /// `password`, `anonymous`, `otp`, `totp` …
    pub(crate) method: String,
    /// Seconds since 1970.
    pub(crate) timestamp: i64,
}

/// The payload of an access token, in upstream's order.
#[derive(Debug, Serialize)]
pub(crate) struct AccessTokenClaims<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    iss: &'a str,
    sub: Uuid,
    aud: &'a str,
    exp: i64,
    iat: i64,
    email: &'a str,
    phone: &'a str,
    app_metadata: Metadata<'a>,
    user_metadata: Metadata<'a>,
    role: &'a str,
    aal: &'static str,
    amr: Vec<AmrEntry>,
    session_id: Uuid,
    is_anonymous: bool,
}

/// The claims of `user` in a session, from `now` on for `lifetime` seconds.
pub(crate) fn access_token<'a>(
    user: &'a User,
    session_id: Uuid,
    mut amr: Vec<AmrEntry>,
    issuer: &'a str,
    now: DateTime<Utc>,
    lifetime: u32,
) -> AccessTokenClaims<'a> {
    amr.sort_by_key(|entry| std::cmp::Reverse(entry.timestamp));
    let second_factor =
        amr.iter().any(|entry| matches!(entry.method.as_str(), "totp" | "mfa/phone" | "mfa/webauthn"));
    let iat = now.timestamp();
    AccessTokenClaims {
        iss: issuer,
        sub: user.id,
        aud: user.aud.as_deref().unwrap_or_default(),
        exp: iat + i64::from(lifetime),
        iat,
        email: user.email(),
        phone: user.phone(),
        app_metadata: Metadata(user.app_metadata()),
        user_metadata: Metadata(user.user_metadata()),
        role: user.role.as_deref().unwrap_or_default(),
        aal: if second_factor { "aal2" } else { "aal1" },
        amr,
        session_id,
        is_anonymous: user.is_anonymous,
    }
}

impl AccessTokenClaims<'_> {
    /// `exp`, in seconds since 1970.
    pub(crate) fn expires_at(&self) -> i64 {
        self.exp
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(method: &str, timestamp: i64) -> AmrEntry {
        AmrEntry { method: method.to_owned(), timestamp }
    }

    #[test]
    fn the_claims_of_upstream_and_no_others() {
        let row = json!({
            "id": Uuid::nil(), "aud": "authenticated", "role": "authenticated", "email": "a@b.c",
            "raw_app_meta_data": { "provider": "email" }, "raw_user_meta_data": null,
            "is_sso_user": false, "is_anonymous": false,
        });
        let user = User::assemble(&row.to_string(), "[]", "[]").unwrap();
        let now = DateTime::from_timestamp(1000, 0).unwrap();
        let claims =
            access_token(&user, Uuid::max(), vec![entry("password", 900)], "http://x/auth/v1", now, 3600);
        assert_eq!(claims.expires_at(), 4600);
        assert_eq!(
            serde_json::to_value(&claims).unwrap(),
            json!({
                "iss": "http://x/auth/v1", "sub": Uuid::nil(), "aud": "authenticated", "exp": 4600, "iat": 1000,
                "email": "a@b.c", "phone": "", "app_metadata": { "provider": "email" }, "user_metadata": {},
                "role": "authenticated", "aal": "aal1", "amr": [{ "method": "password", "timestamp": 900 }],
                "session_id": Uuid::max(), "is_anonymous": false,
            })
        );
    }

    #[test]
    fn a_second_factor_makes_aal2_and_the_newest_comes_first() {
        let row = json!({ "id": Uuid::nil(), "is_sso_user": false, "is_anonymous": true });
        let user = User::assemble(&row.to_string(), "[]", "[]").unwrap();
        let amr = vec![entry("password", 1), entry("totp", 2)];
        let claims = access_token(&user, Uuid::nil(), amr, "", DateTime::UNIX_EPOCH, 60);
        assert_eq!(claims.aal, "aal2");
        assert_eq!(claims.amr, [entry("totp", 2), entry("password", 1)]);
        assert!(serde_json::to_value(&claims).unwrap().get("iss").is_none());
    }
}

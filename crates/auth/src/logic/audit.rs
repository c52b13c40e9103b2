//! What the audit log says about an action.

use serde_json::{Value, json};
use uuid::Uuid;

use super::user::User;

/// Something that is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Login,
    Logout,
    UserSignedUp,
    UserDeleted,
    UserModified,
    UserConfirmationRequested,
    UserRepeatedSignUp,
    UserUpdatedPassword,
    TokenRevoked,
    TokenRefreshed,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Logout => "logout",
            Self::UserSignedUp => "user_signedup",
            Self::UserDeleted => "user_deleted",
            Self::UserModified => "user_modified",
            Self::UserConfirmationRequested => "user_confirmation_requested",
            Self::UserRepeatedSignUp => "user_repeated_signup",
            Self::UserUpdatedPassword => "user_updated_password",
            Self::TokenRevoked => "token_revoked",
            Self::TokenRefreshed => "token_refreshed",
        }
    }

    fn log_type(self) -> &'static str {
        match self {
            Self::Login | Self::Logout => "account",
            Self::UserSignedUp | Self::UserDeleted => "team",
            Self::TokenRevoked | Self::TokenRefreshed => "token",
            Self::UserModified
            | Self::UserConfirmationRequested
            | Self::UserRepeatedSignUp
            | Self::UserUpdatedPassword => "user",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Actor {
    id: Uuid,
    username: String,
    name: Option<Value>,
    via_sso: bool,
}

impl Actor {
    /// A user that is not stored yet, by the address it signs up with.
    pub(crate) fn new_user(id: Uuid, username: &str, name: Option<&Value>) -> Self {
        Self { id, username: username.to_owned(), name: name.cloned(), via_sso: false }
    }

    /// Whoever holds an administrator's key: known by role only.
    pub(crate) fn administrator(role: &str) -> Self {
        Self::new_user(Uuid::nil(), role, None)
    }
}

impl From<&User> for Actor {
    fn from(user: &User) -> Self {
        let name = user
            .user_metadata()
            .and_then(|metadata| serde_json::from_str::<Value>(metadata.get()).ok())
            .and_then(|metadata| metadata.get("full_name").cloned());
        let username = if user.phone().is_empty() { user.email() } else { user.phone() };
        Self { id: user.id, username: username.to_owned(), name, via_sso: user.is_sso_user }
    }
}

/// The payload of an entry.
pub(crate) fn payload(actor: &Actor, action: Action, traits: Option<Value>) -> Value {
    let mut payload = json!({
        "action": action.name(),
        "actor_id": actor.id,
        "actor_username": actor.username,
        "actor_via_sso": actor.via_sso,
        "log_type": action.log_type(),
    });
    if let Some(name) = &actor.name {
        payload["actor_name"] = name.clone();
    }
    if let Some(traits) = traits {
        payload["traits"] = traits;
    }
    payload
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phone_number_names_the_actor_before_the_address() {
        let row = json!({
            "id": Uuid::nil(), "email": "a@b.c", "phone": "4912", "is_sso_user": true, "is_anonymous": false,
            "raw_user_meta_data": { "full_name": "Ada" },
        });
        let user = User::assemble(&row.to_string(), "[]", "[]").unwrap();
        assert_eq!(
            payload(&Actor::from(&user), Action::Login, Some(json!({ "provider": "email" }))),
            json!({
                "action": "login", "actor_id": Uuid::nil(), "actor_username": "4912", "actor_via_sso": true,
                "actor_name": "Ada", "log_type": "account", "traits": { "provider": "email" },
            })
        );
    }
}

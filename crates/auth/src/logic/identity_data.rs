//! `identity_data` of the providers `email` and `phone`: what the identity itself says, and what the caller added.

use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A provider whose identities this room makes itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    /// An e-mail address and usually a password.
    Email,
    /// A phone number and usually a password.
    Phone,
}

impl Provider {
    /// The provider's name in rows and metadata.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// The data of an identity made from a known address.
pub(crate) fn of_address(provider: Provider, user_id: Uuid, address: &str, verified: bool) -> Value {
    let (email_verified, phone_verified) = match provider {
        Provider::Email => (verified, false),
        Provider::Phone => (false, verified),
    };
    json!({
        "sub": user_id,
        provider.name(): address,
        "email_verified": email_verified,
        "phone_verified": phone_verified,
    })
}

/// What an existing identity learns when its address changes.
pub(crate) fn change_of_address(provider: Provider, address: &str, verified: bool) -> Value {
    json!({ provider.name(): address, format!("{}_verified", provider.name()): verified })
}

/// The caller's `data` as far as a signed-up identity may carry it. An `email` beside a phone number would make the address
/// look taken to its true owner, so it stays in the user's metadata only.
pub(crate) fn extra_of_sign_up(provider: Provider, data: &Map<String, Value>) -> Value {
    let mut data = data.clone();
    if provider == Provider::Phone {
        data.remove("email");
    }
    Value::Object(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_of_identities() {
        let id = Uuid::nil();
        assert_eq!(
            of_address(Provider::Email, id, "a@b.c", true),
            json!({ "sub": id, "email": "a@b.c", "email_verified": true, "phone_verified": false })
        );
        assert_eq!(
            of_address(Provider::Phone, id, "4912", false),
            json!({ "sub": id, "phone": "4912", "email_verified": false, "phone_verified": false })
        );
        assert_eq!(
            change_of_address(Provider::Phone, "4912", true),
            json!({ "phone": "4912", "phone_verified": true })
        );
    }

    #[test]
    fn a_phone_identity_never_claims_an_address() {
        let Value::Object(data) = json!({ "email": "victim@example.com", "name": "x" }) else { panic!() };
        assert_eq!(extra_of_sign_up(Provider::Phone, &data), json!({ "name": "x" }));
        assert_eq!(extra_of_sign_up(Provider::Email, &data), Value::Object(data));
    }
}

//! What is left of a softly deleted user: hashes that keep the unique columns unique and tell nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const PHONE_LENGTH: usize = 15;

/// The hash that stands for an e-mail address or a provider's id.
pub(crate) fn obfuscate(user_id: Uuid, value: &str) -> String {
    let digest = Sha256::new().chain_update(user_id.to_string()).chain_update(value).finalize();
    URL_SAFE_NO_PAD.encode(digest)
}

/// The same, as long as a phone number may be.
pub(crate) fn obfuscate_phone(user_id: Uuid, value: &str) -> String {
    let mut hash = obfuscate(user_id, value);
    hash.truncate(PHONE_LENGTH);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_depend_on_user_and_value() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(obfuscate(one, "a@b.c").len(), 43);
        assert_eq!(obfuscate(one, "a@b.c"), obfuscate(one, "a@b.c"));
        assert_ne!(obfuscate(one, "a@b.c"), obfuscate(two, "a@b.c"));
        assert_eq!(obfuscate_phone(one, "").len(), 15);
    }
}

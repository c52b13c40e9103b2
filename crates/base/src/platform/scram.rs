//! SCRAM-SHA-256 verifiers as Postgres keeps them in `pg_authid` (RFC 5803 with Postgres' field order).
//!
//! Made and compared here so that passwords never travel in a statement and a warm start writes nothing.
//! Knows nothing of connections.

use std::num::NonZeroU32;

use aws_lc_rs::{constant_time, digest, hmac, pbkdf2};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Postgres' own default.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).expect("not zero");

/// Whether a password needs no normalisation: what it is here is what every client sends.
pub(super) fn is_plain(password: &str) -> bool {
    !password.is_empty() && password.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// The verifier of a password: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`.
pub(super) fn verifier(password: &str, salt: &[u8]) -> String {
    let (stored_key, server_key) = derive(password, salt, ITERATIONS);
    format!(
        "SCRAM-SHA-256${ITERATIONS}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored_key),
        STANDARD.encode(server_key)
    )
}

/// Whether the verifier was made from this password. `false` for anything that is no verifier.
pub(super) fn matches(verifier: &str, password: &str) -> bool {
    let parse = || {
        let (parameters, keys) = verifier.strip_prefix("SCRAM-SHA-256$")?.split_once('$')?;
        let (iterations, salt) = parameters.split_once(':')?;
        let (stored_key, _) = keys.split_once(':')?;
        Some((iterations.parse().ok()?, STANDARD.decode(salt).ok()?, STANDARD.decode(stored_key).ok()?))
    };
    let Some((iterations, salt, stored_key)) = parse() else { return false };
    let (derived, _) = derive(password, &salt, iterations);
    constant_time::verify_slices_are_equal(&derived, &stored_key).is_ok()
}

/// StoredKey and ServerKey.
fn derive(password: &str, salt: &[u8], iterations: NonZeroU32) -> ([u8; 32], [u8; 32]) {
    let mut salted = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, salt, password.as_bytes(), &mut salted);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &salted);
    let client_key = hmac::sign(&key, b"Client Key");
    let stored_key = digest::digest(&digest::SHA256, client_key.as_ref());
    let server_key = hmac::sign(&key, b"Server Key");
    let mut keys = ([0; 32], [0; 32]);
    keys.0.copy_from_slice(stored_key.as_ref());
    keys.1.copy_from_slice(server_key.as_ref());
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_matches_its_password_only() {
        let made = verifier("open sesame", b"0123456789abcdef");
        assert!(matches(&made, "open sesame"));
        assert!(!matches(&made, "open sesam"));
        assert!(!matches(&made, ""));
    }

    #[test]
    fn what_is_no_verifier_matches_nothing() {
        for text in [
            "",
            "md5d41d8cd98f00b204e9800998ecf8427e",
            "SCRAM-SHA-256$",
            "SCRAM-SHA-256$0:x$y:z",
            "SCRAM-SHA-256$4096:!$!:!",
        ] {
            assert!(!matches(text, "secret"), "{text}");
        }
    }

    #[test]
    fn passwords_that_would_need_normalisation_are_not_plain() {
        assert!(is_plain("aB3-_ ~"));
        for password in ["", "pässword", "tab\t", "nul\0"] {
            assert!(!is_plain(password), "{password:?}");
        }
    }
}

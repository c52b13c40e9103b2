//! Signatures of webhooks. An event is only handed to the database after its signature was found right.

use aws_lc_rs::hmac;

/// Whether Lemon Squeezy signed this body: `signature` is its header `X-Signature`, the HMAC-SHA256 in hexadecimal.
pub fn is_from_lemon_squeezy(secret: &str, body: &[u8], signature: &str) -> bool {
    !secret.is_empty() && is_hmac(secret, body, signature)
}

fn is_hmac(secret: &str, message: &[u8], signature: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    // in constant time
    bytes(signature).is_some_and(|signature| hmac::verify(&key, message, &signature).is_ok())
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits = hexadecimal.trim().as_bytes().chunks(2);
    digits
        .map(|pair| match pair {
            [high, low] => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                u8::try_from(digit(high)? * 16 + digit(low)?).ok()
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with `openssl dgst -sha256 -hmac secret`.
    const SIGNATURE: &str = "dc46983557fea127b43af721467eb9b3fde2338fe3e14f51952aa8478c13d355";

    #[test]
    fn only_the_right_signature_is_accepted() {
        assert!(is_from_lemon_squeezy("secret", b"body", SIGNATURE));
        assert!(is_from_lemon_squeezy("secret", b"body", &SIGNATURE.to_uppercase()));
        for (secret, body, signature) in [
            ("other", &b"body"[..], SIGNATURE),
            ("secret", b"another body", SIGNATURE),
            ("secret", b"body", ""),
            ("secret", b"body", "dc4"),
            ("secret", b"body", "zz"),
            ("", b"body", SIGNATURE),
        ] {
            assert!(!is_from_lemon_squeezy(secret, body, signature), "{secret} {signature}");
        }
    }
}

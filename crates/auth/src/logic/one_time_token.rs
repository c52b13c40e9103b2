//! One-time codes and their hashes. The hash is what is stored and what links carry; the code itself is stored nowhere.

use rand::Rng;
use sha2::{Digest, Sha224};

/// A random code of so many digits.
pub(crate) fn code(digits: usize, random: &mut impl Rng) -> String {
    (0..digits.clamp(6, 10)).map(|_| char::from(random.random_range(b'0'..=b'9'))).collect()
}

/// SHA-224 of the address followed by the code, in lower-case hex; `pkce_` in front when the flow is PKCE.
pub(crate) fn hash(address: &str, code: &str, pkce: bool) -> String {
    let digest = Sha224::new().chain_update(address).chain_update(code).finalize();
    let mut hash = String::with_capacity(61);
    if pkce {
        hash.push_str("pkce_");
    }
    for byte in digest {
        for nibble in [byte >> 4, byte & 15] {
            hash.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_224_of_address_and_code() {
        // echo -n abc | sha224sum
        let expected = "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7";
        assert_eq!(hash("a", "bc", false), expected);
        assert_eq!(hash("a", "bc", true), format!("pkce_{expected}"));
    }

    #[test]
    fn a_code_has_six_to_ten_digits() {
        for (asked, given) in [(0, 6), (6, 6), (8, 8), (99, 10)] {
            let code = code(asked, &mut rand::rng());
            assert_eq!(code.len(), given);
            assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        }
    }
}

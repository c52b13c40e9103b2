//! Refresh tokens of upstream's first format: twelve random characters, stored as they are.

use rand::Rng;

use super::invalid::Invalid;

/// Characters of a token.
const LENGTH: usize = 12;

/// RFC 4648 base32 in lower case, so that no two characters look alike.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// A new token: 60 random bits.
pub(crate) fn generate(random: &mut impl Rng) -> String {
    (0..LENGTH).map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())])).collect()
}

/// Whether `token` can be one at all.
pub(crate) fn check(token: &str) -> Result<(), Invalid> {
    let valid =
        token.len() == LENGTH && token.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if valid { Ok(()) } else { Err(Invalid::RefreshToken) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_token_is_valid() {
        for _ in 0..100 {
            assert_eq!(check(&generate(&mut rand::rng())), Ok(()));
        }
    }

    #[test]
    fn what_is_not_a_token() {
        for token in ["", "short", "ABCDEFGHIJKL", "abcdefghijk-", "abcdefghijklm", "ääääää", "' or 1=1; --"]
        {
            assert_eq!(check(token), Err(Invalid::RefreshToken), "{token}");
        }
        assert_eq!(check("abcdefgh0189"), Ok(()));
    }
}

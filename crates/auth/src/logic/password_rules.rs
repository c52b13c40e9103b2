//! Which passwords are strong enough. Storing and comparing them is `password_hash`'s business.

use serde::Serialize;

use super::invalid::Invalid;
use crate::config::PasswordRequirements;

/// bcrypt looks at no more than this many bytes.
pub(crate) const MAX_BYTES: usize = 72;

/// Shortest password whatever the configuration says.
const MIN_BYTES: usize = 6;

/// Why a password is weak; also the `weak_password` of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Weakness {
    /// One sentence per reason.
    pub message: String,
    /// `length`, `characters`.
    pub reasons: Vec<&'static str>,
}

/// The one refusal that is not about strength: bcrypt would ignore the end of the password.
pub(crate) fn check_length(password: &str) -> Result<(), Invalid> {
    if password.len() > MAX_BYTES { Err(Invalid::PasswordTooLong) } else { Ok(()) }
}

/// What makes `password` weak, if anything does.
pub(crate) fn weakness(
    password: &str,
    minimum: usize,
    requirements: PasswordRequirements,
) -> Option<Weakness> {
    let minimum = minimum.max(MIN_BYTES);
    let mut sentences = Vec::new();
    let mut reasons = Vec::new();
    if password.len() < minimum {
        sentences.push(format!("Password should be at least {minimum} characters."));
        reasons.push("length");
    }
    let sets = requirements.sets();
    if sets.iter().any(|set| !password.contains(|character| set.contains(character))) {
        sentences
            .push(format!("Password should contain at least one character of each: {}.", sets.join(", ")));
        reasons.push("characters");
    }
    (!reasons.is_empty()).then(|| Weakness { message: sentences.join(" "), reasons })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weaknesses() {
        let none = PasswordRequirements::None;
        let all = PasswordRequirements::LowerUpperLettersDigitsSymbols;
        let cases: [(&str, usize, PasswordRequirements, &[&str]); 8] = [
            ("secret", 6, none, &[]),
            ("short", 6, none, &["length"]),
            ("short", 0, none, &["length"]),
            ("secret78", 10, none, &["length"]),
            ("üüü", 6, none, &[]),
            ("Secret7!", 6, all, &[]),
            ("secret7!", 6, all, &["characters"]),
            ("s", 6, PasswordRequirements::LettersDigits, &["length", "characters"]),
        ];
        for (password, minimum, requirements, expected) in cases {
            let reasons = weakness(password, minimum, requirements).map(|weakness| weakness.reasons);
            assert_eq!(reasons.unwrap_or_default(), expected, "{password}");
        }
    }

    #[test]
    fn the_sentence_is_the_one_clients_compare() {
        let weakness = weakness("12345", 6, PasswordRequirements::None).unwrap();
        assert_eq!(weakness.message, "Password should be at least 6 characters.");
    }

    #[test]
    fn length_counts_bytes() {
        assert_eq!(check_length(&"a".repeat(72)), Ok(()));
        assert_eq!(check_length(&"a".repeat(73)), Err(Invalid::PasswordTooLong));
        assert_eq!(check_length(&"ü".repeat(37)), Err(Invalid::PasswordTooLong));
    }
}

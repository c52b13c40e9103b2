//! Phone numbers: E.164 without the plus.

use super::invalid::Invalid;

/// Without a leading plus and without blanks; says nothing about validity.
pub(crate) fn strip(number: &str) -> String {
    number.strip_prefix('+').unwrap_or(number).replace(' ', "")
}

/// The number's digits: 2 to 15, the first not zero.
pub(crate) fn normalise(number: &str) -> Result<String, Invalid> {
    let digits = strip(number);
    let valid = (2..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if valid { Ok(digits) } else { Err(Invalid::PhoneFormat) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let cases = [
            ("+1 415 555 2671", Ok("14155552671")),
            ("4152127777", Ok("4152127777")),
            ("0415", Err(Invalid::PhoneFormat)),
            ("+", Err(Invalid::PhoneFormat)),
            ("1", Err(Invalid::PhoneFormat)),
            ("1234567890123456", Err(Invalid::PhoneFormat)),
            ("invalid", Err(Invalid::PhoneFormat)),
            ("++14155552671", Err(Invalid::PhoneFormat)),
            ("１２３４", Err(Invalid::PhoneFormat)),
        ];
        for (number, expected) in cases {
            assert_eq!(normalise(number).as_deref(), expected.as_ref().map(|text| *text), "{number}");
        }
    }
}

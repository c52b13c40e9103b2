//! Sizes as text: those of the protocol (`20MB` is 20,000,000 bytes) and those of `config.toml` (`20MiB`, 1,024-based).

/// A size of the protocol: a number and its unit, three digits of the number counting.
pub(crate) fn of_protocol(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let whole_parts = number.split('.').all(|part| !part.is_empty());
    if !whole_parts || number.matches('.').count() > 1 {
        return None;
    }
    let factor = match unit.to_ascii_lowercase().as_str() {
        "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        _ => return None,
    };
    // as upstream: rounded to three significant digits
    let rounded: f64 = format!("{:.2e}", number.parse::<f64>().ok()?).parse().ok()?;
    let bytes = rounded * factor;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked to be in range, fractions of a byte are none"
    )]
    (bytes < 9e15).then_some(bytes as i64)
}

/// A size of `config.toml`: `50MiB`, `5MB`, `1000`. `K` is 1024, as for the official CLI.
pub(crate) fn of_config(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: i64 = number.parse().ok()?;
    let factor = match unit.trim().to_ascii_lowercase().trim_end_matches('b').trim_end_matches('i') {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_the_protocol() {
        for (text, expected) in [
            ("20MB", Some(20_000_000)),
            ("1kb", Some(1000)),
            ("1.5Gb", Some(1_500_000_000)),
            ("3B", Some(3)),
            ("1.2345kb", Some(1230)),
            ("0b", Some(0)),
            ("1", None),
            ("MB", None),
            ("1.MB", None),
            (".5MB", None),
            ("1..5MB", None),
            ("-1MB", None),
            ("1 MB", None),
            ("1MiB", None),
            ("99999999999999999999GB", None),
        ] {
            assert_eq!(of_protocol(text), expected, "{text}");
        }
    }

    #[test]
    fn sizes_of_the_configuration() {
        for (text, expected) in [
            ("50MiB", Some(50 << 20)),
            ("5MB", Some(5 << 20)),
            ("1k", Some(1024)),
            ("12", Some(12)),
            ("1 GiB", Some(1 << 30)),
            ("much", None),
            ("9999999999999GB", None),
        ] {
            assert_eq!(of_config(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_size_or_none(text in ".*") {
            let _either = (of_protocol(&text), of_config(&text));
        }
    }
}

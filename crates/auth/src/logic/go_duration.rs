//! Durations as upstream's configuration and ban_duration write them: `300ms`, `1.5h`, `2h45m`, `-1m`.

use chrono::Duration;

/// Why a text is no duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Empty, or a sign alone.
    #[error("a duration is a sequence of numbers with units, such as 1h30m")]
    Empty,
    /// A number is missing in front of a unit.
    #[error("a number is expected in front of each unit")]
    Number,
    /// A unit is missing or unknown.
    #[error("each number needs one of the units ns, us, ms, s, m, h")]
    Unit,
    /// Longer than 290 years.
    #[error("the duration is too long")]
    TooLong,
}

const MAX_NANOSECONDS: f64 = 9.2e18;

/// Reads `text`; `0` needs no unit.
pub(crate) fn parse(text: &str) -> Result<Duration, DurationError> {
    let (sign, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (-1.0, &text[1..]),
        Some(b'+') => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if rest == "0" {
        return Ok(Duration::zero());
    }
    if rest.is_empty() {
        return Err(DurationError::Empty);
    }
    let mut nanoseconds = 0.0_f64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(DurationError::Unit)?;
        let (number, after) = rest.split_at(digits);
        let number: f64 = number.parse().map_err(|_error| DurationError::Number)?;
        let unit_end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        nanoseconds += number * nanoseconds_of(unit).ok_or(DurationError::Unit)?;
        rest = after;
    }
    if nanoseconds > MAX_NANOSECONDS {
        return Err(DurationError::TooLong);
    }
    #[expect(clippy::cast_possible_truncation, reason = "limited above")]
    Ok(Duration::nanoseconds((sign * nanoseconds) as i64))
}

fn nanoseconds_of(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "m" => 60e9,
        "h" => 3600e9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let cases = [
            ("0", Ok(Duration::zero())),
            ("24h", Ok(Duration::hours(24))),
            ("1h30m", Ok(Duration::minutes(90))),
            ("1.5h", Ok(Duration::minutes(90))),
            ("-2m3.5s", Ok(Duration::milliseconds(-123_500))),
            ("300ms", Ok(Duration::milliseconds(300))),
            ("", Err(DurationError::Empty)),
            ("-", Err(DurationError::Empty)),
            ("5", Err(DurationError::Unit)),
            ("5d", Err(DurationError::Unit)),
            ("h", Err(DurationError::Number)),
            (".h", Err(DurationError::Number)),
            ("1h 2m", Err(DurationError::Unit)),
            ("9999999999999h", Err(DurationError::TooLong)),
            ("ü", Err(DurationError::Number)),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}

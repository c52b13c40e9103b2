//! How deep a text is nested, for telling whose fault a deep statement is.

/// Deeper than anything a person writes, and well within Postgres' stack.
const DEEP: usize = 1000;

/// True when brackets of any kind open more than a thousand levels, written as they are or percent-encoded.
pub fn is_deep(text: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let (byte, after) = match (first, after) {
            (b'%', [high, low, after @ ..]) => (decoded(*high, *low), after),
            _ => (first, after),
        };
        rest = after;
        match byte {
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEP {
            return true;
        }
    }
    false
}

fn decoded(high: u8, low: u8) -> u8 {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match (digit(high), digit(low)) {
        (Some(high), Some(low)) => high << 4 | low,
        _ => b'%',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_depth_counts() {
        let cases = [
            ("[".repeat(1001), true),
            ("%7B%22a%22:".repeat(1001), true),
            ("%5b".repeat(1001), true),
            ("[".repeat(1000), false),
            ("[],".repeat(5000), false),
            ("%".repeat(5000), false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_deep(text.as_bytes()), expected, "{}", &text[..12]);
        }
    }
}

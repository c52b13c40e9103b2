//! Texts from outside that are about to be stored.

use serde_json::Value;

use super::invalid::Invalid;

/// Length of a `varchar(255)` column.
const COLUMN_LENGTH: usize = 255;

/// Postgres has no U+0000 in any text: refused here, because there it would look like our own fault.
pub(crate) fn check_no_nul(value: &Value) -> Result<(), Invalid> {
    let clean = |text: &str| if text.contains('\0') { Err(Invalid::NulCharacter) } else { Ok(()) };
    match value {
        Value::String(text) => clean(text),
        Value::Array(values) => values.iter().try_for_each(check_no_nul),
        Value::Object(members) => members.iter().try_for_each(|(name, value)| {
            clean(name)?;
            check_no_nul(value)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// A text that becomes a short column.
pub(crate) fn check_column(text: &str) -> Result<(), Invalid> {
    if text.chars().count() > COLUMN_LENGTH { Err(Invalid::TooLong) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nul_is_found_wherever_it_hides() {
        let refused =
            [json!("a\0b"), json!({ "a\0": 1 }), json!({ "a": [1, { "b": "\0" }] }), json!([["\0"]])];
        for value in refused {
            assert_eq!(check_no_nul(&value), Err(Invalid::NulCharacter), "{value}");
        }
        assert_eq!(check_no_nul(&json!({ "a": ["\u{1}", null, true, 1.5, "ü"] })), Ok(()));
    }

    #[test]
    fn a_column_holds_255_characters() {
        assert_eq!(check_column(&"ü".repeat(255)), Ok(()));
        assert_eq!(check_column(&"a".repeat(256)), Err(Invalid::TooLong));
    }
}

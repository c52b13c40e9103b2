//! Names and strings as the formatter writes them.

use std::borrow::Cow;

/// A property's name, quoted where it must be.
pub(super) fn key(name: &str) -> Cow<'_, str> {
    let starts = |character: char| character.is_alphabetic() || matches!(character, '_' | '$');
    let continues = |character: char| starts(character) || character.is_alphanumeric();
    let mut characters = name.chars();
    if characters.next().is_some_and(starts) && characters.all(continues) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(string(name))
    }
}

/// A string in the quotes that need fewer escapes; in double quotes when it makes no difference.
pub(super) fn string(value: &str) -> String {
    let escaped = serde_json::to_string(value).unwrap_or_default();
    let doubles = value.matches('"').count();
    if doubles <= value.matches('\'').count() {
        return escaped;
    }
    let inner = escaped.get(1..escaped.len().saturating_sub(1)).unwrap_or_default();
    format!("'{}'", inner.replace('\'', "\\'").replace("\\\"", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_written_where_they_are_needed() {
        for (name, written) in [
            ("id", "id"),
            ("_id", "_id"),
            ("$", "$"),
            ("ünï", "ünï"),
            ("select", "select"),
            ("", "\"\""),
            ("1st", "\"1st\""),
            ("a-b", "\"a-b\""),
            ("say \"hi\"", "'say \"hi\"'"),
            ("say \"hi\" it's", "'say \"hi\" it\\'s'"),
            ("it's \"", "\"it's \\\"\""),
            ("a\\\"\"", "'a\\\\\"\"'"),
            ("new\nline", "\"new\\nline\""),
        ] {
            assert_eq!(key(name), written);
        }
    }
}

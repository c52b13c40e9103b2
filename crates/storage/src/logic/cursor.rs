//! The opaque cursor of the second listing: base64 of lines `l:<last name>`, `o:<order>`, `c:<column>`, `a:<time>`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// Where the next page begins, and how it is sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The last name of the page before.
    pub(crate) start_after: String,
    /// `asc` or `desc`.
    pub(crate) order: Option<String>,
    /// What is sorted by.
    pub(crate) column: Option<String>,
    /// The last time of the page before, when it is sorted by one.
    pub(crate) after: Option<String>,
}

impl Cursor {
    /// As a client sends it back.
    pub(crate) fn encode(&self) -> String {
        let some = |key, value: &Option<String>| value.as_ref().map(|value| format!("{key}:{value}"));
        let lines: Vec<String> = [
            Some(format!("l:{}", self.start_after)).filter(|_| !self.start_after.is_empty()),
            some('o', &self.order),
            some('c', &self.column),
            some('a', &self.after),
        ]
        .into_iter()
        .flatten()
        .collect();
        STANDARD.encode(lines.join("\n"))
    }

    /// `None` when this room did not make it.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let mut cursor = Self::default();
        for line in text.split('\n') {
            let (key, value) = line.split_once(':')?;
            let value = value.to_owned();
            match key {
                "l" => cursor.start_after = value,
                "o" if matches!(value.as_str(), "asc" | "desc") => cursor.order = Some(value),
                "c" if matches!(value.as_str(), "name" | "created_at" | "updated_at") => {
                    cursor.column = Some(value);
                }
                "a" if chrono::DateTime::parse_from_rfc3339(&value).is_ok() => cursor.after = Some(value),
                _ => return None,
            }
        }
        // Postgres has no such text
        (!cursor.start_after.contains('\0')).then_some(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upstreams_cursors_are_read() {
        let cursor =
            Cursor::decode("bDphL2IKbzpkZXNjCmM6Y3JlYXRlZF9hdAphOjIwMjYtMTEtMjFUMTI6MDA6MDAuMDAwWg==")
                .unwrap();
        assert_eq!(cursor.start_after, "a/b");
        assert_eq!(cursor.order.as_deref(), Some("desc"));
        assert_eq!(cursor.column.as_deref(), Some("created_at"));
        assert_eq!(cursor.after.as_deref(), Some("2026-11-21T12:00:00.000Z"));
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }

    #[test]
    fn nothing_else_is_a_cursor() {
        let cases = ["", "a", "l:a", "!", "eDph" /* x:a */, "bzpzaWRld2F5cw==" /* o:sideways */];
        for text in cases {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
        for line in ["c:owner", "a:yesterday", "l:a\0", "l"] {
            assert_eq!(Cursor::decode(&STANDARD.encode(line)), None, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_cursor_or_none(text in ".*") {
            let _either = Cursor::decode(&text);
        }

        #[test]
        fn a_cursor_comes_back(start_after in "[a-z:/ é]{1,20}", order in proptest::option::of("asc|desc")) {
            let cursor = Cursor { start_after, order, ..Cursor::default() };
            proptest::prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
    }
}

//! Identifiers: what is a name in Postgres may be none in Rust.

use std::collections::HashSet;

/// Names that are taken in one place.
pub(super) struct Names(HashSet<String>);

impl Names {
    /// For types: what the generated code uses itself is taken.
    pub(super) fn types() -> Self {
        Self(["Option", "Vec", "String", "Self", "Some", "None"].map(str::to_owned).into())
    }

    /// For variants of an enum.
    pub(super) fn variants() -> Self {
        Self(["Self".to_owned()].into())
    }

    /// For fields of a struct.
    pub(super) fn fields() -> Self {
        Self(HashSet::new())
    }

    /// The name, or a similar one, which is not taken with any of these endings. With all of them it is then.
    pub(super) fn claim(&mut self, endings: &[&str], name: &str) -> String {
        let mut claimed = name.to_owned();
        let mut number = 2;
        while endings.iter().any(|ending| self.0.contains(&format!("{claimed}{ending}"))) {
            claimed = format!("{name}{number}");
            number += 1;
        }
        self.0.extend(endings.iter().map(|ending| format!("{claimed}{ending}")));
        claimed
    }
}

/// `job_status` as `JobStatus`.
pub(super) fn pascal_case(name: &str) -> String {
    let mut result = String::new();
    for word in name.split(|character: char| !character.is_alphanumeric()) {
        let mut characters = word.chars();
        result.extend(characters.next().into_iter().flat_map(char::to_uppercase));
        result.push_str(characters.as_str());
    }
    match result.chars().next() {
        None => "Empty".to_owned(),
        Some(first) if first.is_numeric() => format!("N{result}"),
        Some(_) => result,
    }
}

/// `firstName` as `first_name`; words of the language are written raw.
pub(super) fn field(name: &str) -> String {
    let mut result = String::new();
    let mut before = ' ';
    for character in name.chars() {
        if character.is_alphanumeric() {
            if character.is_uppercase() && (before.is_lowercase() || before.is_numeric()) {
                result.push('_');
            }
            result.extend(character.to_lowercase());
        } else if !result.ends_with('_') || character == '_' {
            result.push('_');
        }
        before = character;
    }
    match result.as_str() {
        "" | "_" => "unnamed".to_owned(),
        "self" | "super" | "crate" => format!("{result}_"),
        word if KEYWORDS.contains(&word) => format!("r#{word}"),
        word if word.starts_with(char::is_numeric) => format!("n{word}"),
        _ => result,
    }
}

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        for (name, of_type, of_field) in [
            ("job_status", "JobStatus", "job_status"),
            ("firstName", "FirstName", "first_name"),
            ("Users", "Users", "users"),
            ("past due", "PastDue", "past_due"),
            ("1st", "N1st", "n1st"),
            ("", "Empty", "unnamed"),
            ("日本", "日本", "日本"),
            ("type", "Type", "r#type"),
            ("self", "Self", "self_"),
            ("a-b", "AB", "a_b"),
            ("_x", "X", "_x"),
            ("URL", "URL", "url"),
            ("\"", "Empty", "unnamed"),
        ] {
            assert_eq!((pascal_case(name).as_str(), field(name).as_str()), (of_type, of_field), "{name}");
        }
    }

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::types();
        assert_eq!(names.claim(&[""], "Option"), "Option2");
        assert_eq!(names.claim(&["Row"], "Job"), "Job");
        assert_eq!(names.claim(&[""], "Job"), "Job");
        assert_eq!(names.claim(&["", "Row"], "Job"), "Job2");
    }
}

//! Quoting, and the few forms that statements of all kinds share. Knows no kind of object.

use std::fmt::Write as _;

/// A quoted identifier. Always quoted: the same text on every version, whatever words it reserves.
pub(crate) fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A quoted name with its schema.
pub(crate) fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", ident(schema), ident(name))
}

/// A string literal that means the same whatever `standard_conforming_strings` says.
pub(crate) fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if doubled.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

/// Quoted identifiers with commas between.
pub(crate) fn idents<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(|name| ident(name)).collect::<Vec<_>>().join(", ")
}

/// `, `-separated `key=value` options as `with (…)` wants them, values quoted.
pub(crate) fn options(options: &[String]) -> String {
    options.iter().map(|option| one_option(option)).collect::<Vec<_>>().join(", ")
}

fn one_option(option: &str) -> String {
    match option.split_once('=') {
        Some((key, value)) => format!("{key}={}", literal(value)),
        None => option.to_owned(),
    }
}

/// What turns one list of options into another: `set (…)` and `reset (…)`.
pub(crate) fn option_changes(from: &[String], to: &[String]) -> Vec<String> {
    let key = |option: &String| option.split('=').next().unwrap_or_default().to_owned();
    let set: Vec<String> = to.iter().filter(|option| !from.contains(option)).cloned().collect();
    let kept: Vec<String> = to.iter().map(key).collect();
    let reset: Vec<String> = from.iter().map(key).filter(|name| !kept.contains(name)).collect();
    let mut changes = Vec::new();
    if !set.is_empty() {
        changes.push(format!("set ({})", options(&set)));
    }
    if !reset.is_empty() {
        changes.push(format!("reset ({})", reset.join(", ")));
    }
    changes
}

/// A list in parentheses, one item a line.
pub(crate) fn block(items: &[String]) -> String {
    if items.is_empty() {
        return "()".to_owned();
    }
    let mut text = String::from("(\n");
    for (index, item) in items.iter().enumerate() {
        let comma = if index + 1 < items.len() { "," } else { "" };
        let _ = writeln!(text, "    {item}{comma}");
    }
    text.push(')');
    text
}

/// A statement that ends with exactly one semicolon.
pub(crate) fn statement(text: &str) -> String {
    format!("{};", text.trim_end().trim_end_matches(';').trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_quoted() {
        assert_eq!(qualified("a", "b\"c"), r#""a"."b""c""#);
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r"a\b"), r"E'a\\b'");
        assert_eq!(statement("select 1;\n"), "select 1;");
    }

    #[test]
    fn options_change_by_set_and_reset() {
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            option_changes(&list(&["a=1", "b=2"]), &list(&["b=3"])),
            list(&["set (b='3')", "reset (a)"])
        );
        assert_eq!(option_changes(&list(&["a=1"]), &list(&["a=1"])), list(&[]));
    }
}

//! Values a column may like, by its type, its checks and its name. Pure: the database says which it takes.

use pg::FromText as _;

use super::model::{Column, Table, literal};

/// Shapes that checks commonly ask of a text.
const SHAPES: &[&str] = &[
    "abc",
    "a-b",
    "A1B2C3D4",
    "#aabbcc",
    "a@example.com",
    "https://example.com/a",
    "+4915112345678",
    "en",
    "US",
    "USD",
    "usd",
    "2030-01",
    "127.0.0.1",
    "a/b.png",
    "image/png",
    "Etc/UTC",
    "1.0.0",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "",
];

/// SQL expressions to try, the likeliest first. `serial` makes texts that must be unique differ.
pub(super) fn candidates(table: &Table, column: &Column, serial: u32) -> Vec<String> {
    let checks: Vec<&str> = table
        .checks_of(&column.name)
        .map(|check| check.definition.as_str())
        .chain(column.domain_checks.iter().map(String::as_str))
        .collect();
    let mut found = if column.labels.is_empty() {
        words(column, &checks, serial)
    } else {
        column.labels.iter().map(|label| literal(label)).collect()
    };
    found.dedup();
    found.into_iter().map(|value| format!("{value}::{}", column.type_name)).collect()
}

fn words(column: &Column, checks: &[&str], serial: u32) -> Vec<String> {
    let quoted = |values: &[&str]| values.iter().map(|value| literal(value)).collect::<Vec<_>>();
    let base = column.base.split('(').next().unwrap_or_default();
    match base {
        _ if column.category == 'A' => arrays(column, checks),
        "uuid" => vec!["gen_random_uuid()".to_owned()],
        "boolean" => quoted(&["false", "true"]),
        "date" => vec!["current_date".into(), "(current_date + 1)".into(), "(current_date - 1)".into()],
        "json" | "jsonb" => quoted(&["{}", "[]", "{\"a\": 1}", "1", "\"a\""]),
        "bytea" => quoted(&["\\x00", "\\x0102030405060708090a0b0c0d0e0f10"]),
        "interval" => quoted(&["1 day", "1 month"]),
        "inet" | "cidr" => quoted(&["127.0.0.1"]),
        "xml" => quoted(&["<a/>"]),
        _ if base.starts_with("timestamp") => {
            ["now()", "(now() + interval '1 day')", "(now() - interval '1 day')"].map(str::to_owned).to_vec()
        }
        _ if base.starts_with("time") => quoted(&["12:00", "13:00"]),
        _ if base.ends_with("vector") && base != "tsvector" => vec![vector(&column.base)],
        _ => match column.category {
            'N' => numbers(checks),
            'S' => texts(column, checks, serial),
            'R' => quoted(&["empty", "[1,2)", "[2030-01-01,2030-01-02)"]),
            _ => quoted(&["", "{}", "1"]),
        },
    }
}

fn texts(column: &Column, checks: &[&str], serial: u32) -> Vec<String> {
    let room = column
        .base
        .split_once('(')
        .and_then(|(_, rest)| rest.trim_end_matches(')').parse::<usize>().ok())
        .unwrap_or(usize::MAX);
    let mut texts: Vec<String> = checks.iter().flat_map(|check| string_constants(check)).collect();
    let own = if column.name.contains("mail") {
        format!("access{serial}@example.com")
    } else if column.name.contains("url") {
        format!("https://example.com/access{serial}")
    } else {
        format!("access{serial}")
    };
    texts.push(own);
    texts.extend(SHAPES.iter().map(|shape| (*shape).to_owned()));
    texts.retain(|text| text.chars().count() <= room);
    if texts.is_empty() {
        texts.push("a".chars().take(room).collect());
    }
    texts.iter().map(|text| literal(text)).collect()
}

fn numbers(checks: &[&str]) -> Vec<String> {
    let mut numbers: Vec<String> = ["1", "0", "2", "100"].map(str::to_owned).to_vec();
    for number in checks.iter().flat_map(|check| number_constants(check)) {
        for near in [number, number + 1, number - 1] {
            numbers.push(format!("({near})"));
        }
    }
    numbers.push("0.5".to_owned());
    numbers
}

fn arrays(column: &Column, checks: &[&str]) -> Vec<String> {
    let element = column.base.trim_end_matches("[]");
    let mut arrays = vec!["'{}'".to_owned()];
    arrays.extend(
        checks
            .iter()
            .flat_map(|check| string_constants(check))
            .map(|word| format!("array[{}]", literal(&word))),
    );
    arrays.push(match element {
        "uuid" => "array[gen_random_uuid()]".to_owned(),
        "text" | "character varying" => "array['a']".to_owned(),
        _ => "array['1']".to_owned(),
    });
    arrays
}

/// `vector(3)`: three numbers.
fn vector(type_name: &str) -> String {
    let dimensions = type_name
        .split_once('(')
        .and_then(|(_, rest)| rest.trim_end_matches(')').parse::<usize>().ok())
        .unwrap_or(1)
        .min(16_000);
    format!("'[{}]'", vec!["1"; dimensions].join(","))
}

/// The strings in the text of a check, as the server prints them; of an array its items.
pub(super) fn string_constants(definition: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = definition;
    while let Some(start) = rest.find('\'') {
        let body = rest.get(start + 1..).unwrap_or_default();
        let mut text = String::new();
        let mut characters = body.char_indices().peekable();
        let mut end = body.len();
        while let Some((at, character)) = characters.next() {
            if character != '\'' {
                text.push(character);
            } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
                text.push('\'');
            } else {
                end = at + 1;
                break;
            }
        }
        rest = body.get(end..).unwrap_or_default();
        let items: Option<Vec<String>> =
            if rest.starts_with("::text[]") { Vec::from_text(&text) } else { None };
        for text in items.unwrap_or_else(|| vec![text]) {
            if !found.contains(&text) {
                found.push(text);
            }
        }
    }
    found
}

/// The whole numbers in the text of a check, outside of strings.
fn number_constants(definition: &str) -> Vec<i64> {
    let outside = definition.split('\'').step_by(2);
    outside
        .flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
        .filter_map(|word| word.parse().ok())
        .filter(|number: &i64| number.abs() < i64::MAX / 2)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_of_checks_are_found() {
        for (definition, strings, numbers) in [
            ("CHECK ((status = ANY (ARRAY['a'::text, 'it''s'::text])))", &["a", "it's"][..], &[][..]),
            ("CHECK ((status = ANY ('{a,\"b c\"}'::text[])))", &["a", "b c"], &[]),
            ("CHECK (((progress >= 0) AND (progress <= 100)))", &[], &[0, 100]),
            ("CHECK ((code ~ '^[A-Z]{3}$'::text))", &["^[A-Z]{3}$"], &[]),
            ("CHECK ((name <> ''::text))", &[""], &[]),
            ("CHECK ((x > 'open", &["open"], &[]),
        ] {
            assert_eq!(string_constants(definition), strings, "{definition}");
            assert_eq!(number_constants(definition), numbers, "{definition}");
        }
    }
}

//! Expressions as Postgres prints them, and when two of them are the same.
//!
//! What it prints is not what it prints of that: `(x between 1 and 5 and y)` is first `(((x >= 1) AND (x <= 5)) AND y)`, and read
//! again `((x >= 1) AND (x <= 5) AND y)`; a list of `varchar` that is compared is cast as a whole, and read again value by value.
//! A dumped schema would differ from its original for ever.

use std::fmt;
use std::ops::Deref;

/// An expression, or a statement with some in it. Equal are those that mean the same by the rules above.
#[derive(Debug, Clone)]
pub struct Expression(String);

impl From<String> for Expression {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Deref for Expression {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || settled(&self.0) == settled(&other.0)
    }
}

impl Eq for Expression {}

/// As Postgres would print it when it had read what it printed.
fn settled(text: &str) -> String {
    // a function whose body is a string, which Postgres keeps as it was written
    if text.contains("\nAS $") {
        return text.to_owned();
    }
    let mut rest = text.char_indices().peekable();
    let mut settled = String::with_capacity(text.len());
    write(&flattened(cast_one_by_one(read(text, &mut rest))), &mut settled);
    settled
}

const CONNECTIVES: [&str; 2] = [" AND ", " OR "];

#[derive(Debug, Clone, PartialEq)]
enum Part {
    /// What stands outside any brackets of this level; spaces between words are one.
    Text(String),
    /// A string or a quoted name.
    Quoted(String),
    /// What is in `(` or `[`.
    Group(char, Vec<Part>),
}

type Letters<'a> = std::iter::Peekable<std::str::CharIndices<'a>>;

/// Reads up to the bracket that closes, or to the end.
fn read(text: &str, rest: &mut Letters<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    while let Some((at, letter)) = rest.next() {
        let part = match letter {
            '(' | '[' => Part::Group(letter, read(text, rest)),
            ')' | ']' => break,
            '\'' | '"' => {
                let end = end_of_quoted(letter, plain.ends_with(['E', 'e']), rest).unwrap_or(text.len());
                Part::Quoted(text.get(at..end).unwrap_or_default().to_owned())
            }
            letter if letter.is_whitespace() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
                continue;
            }
            letter => {
                plain.push(letter);
                continue;
            }
        };
        push_words(&std::mem::take(&mut plain), &mut parts);
        parts.push(part);
    }
    push_words(&plain, &mut parts);
    parts
}

/// Connectives as parts of their own.
fn push_words(mut plain: &str, parts: &mut Vec<Part>) {
    let mut push = |text: &str| parts.extend((!text.is_empty()).then(|| Part::Text(text.to_owned())));
    while let Some((at, word)) = CONNECTIVES.iter().filter_map(|word| Some((plain.find(word)?, *word))).min()
    {
        push(&plain[..at]);
        push(word);
        plain = &plain[at + word.len()..];
    }
    push(plain);
}

/// Behind the quote that closes. Two of them are one inside, which is read as two strings: that does no harm here.
fn end_of_quoted(quote: char, escapes: bool, rest: &mut Letters<'_>) -> Option<usize> {
    while let Some((at, letter)) = rest.next() {
        if escapes && letter == '\\' {
            rest.next();
        } else if letter == quote {
            return Some(at + 1);
        }
    }
    None
}

/// `(a AND b) AND c` as `a AND b AND c`, and the same of OR.
fn flattened(parts: Vec<Part>) -> Vec<Part> {
    let parts: Vec<Part> = parts
        .into_iter()
        .map(|part| match part {
            Part::Group(open, inner) => Part::Group(open, flattened(inner)),
            other => other,
        })
        .collect();
    let Some(word) = connective(&parts) else { return parts };
    let mut flat = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        let alone = [at.checked_sub(1), Some(at + 1)].into_iter().all(|beside| {
            beside
                .and_then(|beside| parts.get(beside))
                .is_none_or(|beside| *beside == Part::Text(word.to_owned()))
        });
        match part {
            Part::Group('(', inner) if alone && connective(inner) == Some(word) => {
                flat.extend(inner.iter().cloned());
            }
            other => flat.push(other.clone()),
        }
    }
    flat
}

/// What joins these.
fn connective(parts: &[Part]) -> Option<&'static str> {
    let stands = |word: &&&str| parts.iter().any(|part| matches!(part, Part::Text(text) if text == **word));
    let mut words = CONNECTIVES.iter().filter(stands);
    words.next().copied().filter(|_first| words.next().is_none())
}

/// `(ARRAY[a, b])::text[]` as `ARRAY[(a)::text, (b)::text]`; with the few brackets of statistics, `ARRAY[a, b]::text[]` as
/// `ARRAY[a::text, b::text]`.
fn cast_one_by_one(parts: Vec<Part>) -> Vec<Part> {
    let mut done: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts {
        let part = match part {
            Part::Group(open, inner) => Part::Group(open, cast_one_by_one(inner)),
            other => other,
        };
        done.push(part);
        if let Some(cast) = done.last_chunk().and_then(array_cast) {
            done.truncate(done.len() - 3);
            done.extend(cast);
        } else if let Some(cast) = done.last_chunk().and_then(bare_array_cast) {
            done.truncate(done.len() - 4);
            done.extend(cast);
        }
    }
    done
}

/// What `(ARRAY[…])`, `::type` and `[]` are instead.
fn array_cast(parts: &[Part; 3]) -> Option<[Part; 2]> {
    let [Part::Group('(', array), Part::Text(to), Part::Group('[', none)] = parts else { return None };
    let [Part::Text(word), Part::Group('[', items)] = &**array else { return None };
    let to = to.strip_prefix("::").filter(|_| word == "ARRAY" && none.is_empty())?;
    Some(array_of(items_as(items, to, true)))
}

/// What `ARRAY`, `[…]`, `::type` and `[]` are instead.
fn bare_array_cast(parts: &[Part; 4]) -> Option<[Part; 2]> {
    let [Part::Text(word), Part::Group('[', items), Part::Text(to), Part::Group('[', none)] = parts else {
        return None;
    };
    let to = to.strip_prefix("::").filter(|_| word == "ARRAY" && none.is_empty())?;
    Some(array_of(items_as(items, to, false)))
}

fn array_of(items: Vec<Part>) -> [Part; 2] {
    [Part::Text("ARRAY".to_owned()), Part::Group('[', items)]
}

fn items_as(items: &[Part], to: &str, in_brackets: bool) -> Vec<Part> {
    let mut done = Vec::new();
    let mut item = Vec::new();
    let mut end = |item: &mut Vec<Part>, behind: &str| {
        if in_brackets {
            done.push(Part::Group('(', std::mem::take(item)));
        } else {
            done.append(item);
        }
        done.push(Part::Text(format!("::{to}{behind}")));
    };
    for part in items {
        match part {
            Part::Text(text) => {
                let mut pieces = text.split(", ");
                item.extend(
                    pieces.next().filter(|piece| !piece.is_empty()).map(|piece| Part::Text(piece.to_owned())),
                );
                for piece in pieces {
                    end(&mut item, ", ");
                    item.extend((!piece.is_empty()).then(|| Part::Text(piece.to_owned())));
                }
            }
            other => item.push(other.clone()),
        }
    }
    end(&mut item, "");
    done
}

fn write(parts: &[Part], to: &mut String) {
    for part in parts {
        match part {
            Part::Text(text) | Part::Quoted(text) => to.push_str(text),
            Part::Group(open, inner) => {
                to.push(*open);
                write(inner, to);
                to.push(if *open == '(' { ')' } else { ']' });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Expression;

    fn same(one: &str, other: &str) -> bool {
        Expression::from(one.to_owned()) == Expression::from(other.to_owned())
    }

    #[test]
    fn what_is_printed_is_the_same_as_what_is_printed_of_that() {
        for (first, again) in [
            (
                "CHECK ((((n >= 1) AND (n <= 5)) AND (n <> 3)))",
                "CHECK (((n >= 1) AND (n <= 5) AND (n <> 3)))",
            ),
            ("((a OR b) OR (c OR d))", "(a OR b OR c OR d)"),
            ("(f(x) AND ((a) AND (b)))", "(f(x) AND (a) AND (b))"),
            ("WHERE ((x) AND\n   (y))", "WHERE ((x) AND (y))"),
            (
                "((s)::text = ANY ((ARRAY['a, b'::character varying, 'it''s'::character varying])::text[]))",
                "((s)::text = ANY (ARRAY[('a, b'::character varying)::text, ('it''s'::character varying)::text]))",
            ),
            (
                "(((n >= 1) AND (n <= 3)) AND ((s)::text <> ALL ((ARRAY['a'::character varying])::text[])))",
                "((n >= 1) AND (n <= 3) AND ((s)::text <> ALL (ARRAY[('a'::character varying)::text])))",
            ),
            (
                "ON (s::text = ANY (ARRAY['a'::character varying, 'b'::character varying]::text[])), (n + 1) FROM t",
                "ON (s::text = ANY (ARRAY['a'::character varying::text, 'b'::character varying::text])), (n + 1) FROM t",
            ),
            (
                "IMMUTABLE\nRETURN (((n >= 1) AND (n <= 4)) AND (n <> 3))",
                "IMMUTABLE\nRETURN ((n >= 1) AND (n <= 4) AND (n <> 3))",
            ),
        ] {
            assert!(same(first, again), "{first}\n{again}");
        }
    }

    #[test]
    fn what_differs_differs() {
        for (one, other) in [
            ("((a AND b) OR c)", "(a AND (b OR c))"),
            ("(NOT (a AND b) AND c)", "(NOT a AND b AND c)"),
            ("((a AND b) IS TRUE AND c)", "(a AND b IS TRUE AND c)"),
            ("(x = ' (a AND b) AND c')", "(x = ' a AND b AND c')"),
            ("(x = 'a  b')", "(x = 'a b')"),
            (r"(x = E'\' AND (a AND b) AND c')", r"(x = E'\' AND a AND b AND c')"),
            ("(\"a  b\" = 1)", "(\"a b\" = 1)"),
            ("(ARRAY['1'::text])::integer[]", "ARRAY['1'::text]"),
            ("f((a AND b), c)", "f(a AND b, c)"),
            ("(a) AND (b", "(a) OR (b"),
            (
                "()\nAS $function$select (a AND b) AND c$function$",
                "()\nAS $function$select a AND b AND c$function$",
            ),
            ("(ARRAY['1'::text]::integer[])", "(ARRAY['1'::text])"),
        ] {
            assert!(!same(one, other), "{one}\n{other}");
        }
    }
}

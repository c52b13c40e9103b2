//! A file as psql reads it: statements, commands that begin with a backslash, and variables. Pure.

use std::collections::BTreeMap;

use crate::migrate::lexer::{self, Kind};
use crate::migrate::statements::Depth;

/// What comes next in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// A statement, without its semicolon.
    Statement {
        text: &'a str,
        /// Where its first word stands, in bytes.
        start: usize,
    },
    /// `\word arguments`, with the statement that stands unfinished before it.
    Command { word: &'a str, arguments: &'a str, pending: &'a str, start: usize },
}

/// The step at `at`, and where the one after it begins.
pub(super) fn next(text: &str, at: usize) -> Option<(Step<'_>, usize)> {
    let rest = text.get(at..)?;
    let mut depth = Depth::default();
    let mut first = None;
    for token in lexer::tokens(rest) {
        if !token.is_blank() && token.kind != Kind::Semicolon && token.kind != Kind::Backslash {
            first = first.or(Some(token.start));
        }
        if token.kind == Kind::Backslash {
            return Some(command(rest, at, token.start));
        }
        depth.see(&token);
        if token.kind == Kind::Semicolon && depth.is_outside() {
            let Some(first) = first else { continue };
            let text = rest.get(first..token.start).unwrap_or_default();
            return Some((Step::Statement { text, start: at + first }, at + token.end()));
        }
    }
    // psql also runs what the end of the file leaves unfinished
    let first = first?;
    let statement = rest.get(first..).unwrap_or_default().trim_end();
    Some((Step::Statement { text: statement, start: at + first }, text.len()))
}

fn command(rest: &str, at: usize, start: usize) -> (Step<'_>, usize) {
    let line = rest.get(start + 1..).unwrap_or_default();
    let end = line.find('\n').unwrap_or(line.len());
    let line = line.get(..end).unwrap_or_default().trim_end_matches('\r');
    let length = line.find(|c: char| c.is_whitespace()).unwrap_or(line.len());
    let (word, arguments) = line.split_at(length);
    let pending = rest.get(..start).unwrap_or_default();
    let is_pending = lexer::tokens(pending).any(|token| !token.is_blank() && token.kind != Kind::Semicolon);
    let pending = if is_pending { pending.trim() } else { "" };
    (Step::Command { word, arguments: arguments.trim(), pending, start: at + start }, at + start + 1 + end)
}

/// psql's variables.
#[derive(Debug, Default)]
pub(super) struct Variables(BTreeMap<String, String>);

impl Variables {
    /// `\set name value…`: values are put together without space, as psql does.
    pub(super) fn set(&mut self, arguments: &str) {
        let words = self.words(arguments);
        if let [name, values @ ..] = words.as_slice() {
            self.0.insert(name.clone(), values.concat());
        }
    }

    pub(super) fn put(&mut self, name: String, value: Option<String>) {
        match value {
            Some(value) => self.0.insert(name, value),
            None => self.0.remove(&name),
        };
    }

    /// The arguments of a command: split at spaces, quotes taken off, variables put in.
    pub(super) fn words(&self, arguments: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut rest = arguments.trim_start();
        while let Some(first) = rest.chars().next() {
            let end = match first {
                '\'' | '"' => closing(rest, first),
                _ => rest.find(char::is_whitespace).unwrap_or(rest.len()),
            };
            let (word, after) = rest.split_at(end);
            words.push(match first {
                '\'' => unquoted(word),
                '"' => word.trim_matches('"').to_owned(),
                _ => self.fill(word),
            });
            rest = after.trim_start();
        }
        words
    }

    /// `:name`, `:'name'` and `:"name"` outside of quotes; a name that is not set stays as it is.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut tokens = lexer::tokens(text).peekable();
        let mut after_colon = false;
        while let Some(token) = tokens.next() {
            let is_colon = token.kind == Kind::Other && token.text == ":";
            let value = tokens.peek().filter(|_| is_colon && !after_colon).and_then(|name| self.value(name));
            if let Some(value) = value {
                filled.push_str(&value);
                tokens.next();
                after_colon = false;
            } else {
                filled.push_str(token.text);
                after_colon = is_colon;
            }
        }
        filled
    }

    fn value(&self, name: &lexer::Token<'_>) -> Option<String> {
        match name.kind {
            Kind::Word => self.0.get(name.text).cloned(),
            Kind::Quoted if name.text.starts_with('\'') => {
                let value = self.0.get(name.text.trim_matches('\''))?;
                Some(format!("'{}'", value.replace('\'', "''")))
            }
            Kind::Quoted if name.text.starts_with('"') => {
                let value = self.0.get(name.text.trim_matches('"'))?;
                Some(format!("\"{}\"", value.replace('"', "\"\"")))
            }
            _ => None,
        }
    }
}

/// Length of a quoted word with its quotes, or of everything when the quote is not closed.
fn closing(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}

fn unquoted(word: &str) -> String {
    let body = word.strip_prefix('\'').unwrap_or(word);
    body.strip_suffix('\'').unwrap_or(body).replace("''", "'").replace("\\n", "\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn steps(text: &str) -> Vec<Step<'_>> {
        let mut at = 0;
        std::iter::from_fn(|| {
            let (step, after) = next(text, at)?;
            at = after;
            Some(step)
        })
        .collect()
    }

    fn statement(text: &str, start: usize) -> Step<'_> {
        Step::Statement { text, start }
    }

    fn command<'a>(word: &'a str, arguments: &'a str, pending: &'a str, start: usize) -> Step<'a> {
        Step::Command { word, arguments, pending, start }
    }

    #[test]
    fn files_are_read_as_psql_does() {
        for (text, expected) in [
            ("select 1; select 2;\n", vec![statement("select 1", 0), statement("select 2", 10)]),
            ("-- why\nselect ';' -- ;\n;", vec![statement("select ';' -- ;\n", 7)]),
            ("\\set a 1\nselect :a;", vec![command("set", "a 1", "", 0), statement("select :a", 9)]),
            ("  \\ir x.sql\r\nselect 1", vec![command("ir", "x.sql", "", 2), statement("select 1", 13)]),
            ("select 1 as a \\gset\nx;", vec![command("gset", "", "select 1 as a", 14), statement("x", 20)]),
            ("do $$ begin; \\ end $$;", vec![statement("do $$ begin; \\ end $$", 0)]),
            ("; ;", vec![]),
            ("\\q", vec![command("q", "", "", 0)]),
        ] {
            assert_eq!(steps(text), expected, "{text}");
        }
    }

    #[test]
    fn variables_are_put_in_where_psql_puts_them() {
        let mut variables = Variables::default();
        for arguments in ["a 1", "name 'O''Hara'", "two 'x' 'y'", "b :a"] {
            variables.set(arguments);
        }
        for (text, expected) in [
            ("select :a, :b", "select 1, 1"),
            ("select :'name', :\"two\"", "select 'O''Hara', \"xy\""),
            ("select x::a, '::a :a', :unknown, y[1:a]", "select x::a, '::a :a', :unknown, y[11]"),
            ("select $$ :a $$ -- :a", "select $$ :a $$ -- :a"),
        ] {
            assert_eq!(variables.fill(text), expected);
        }
        assert_eq!(variables.words("'a b' :a \"c d\""), ["a b", "1", "c d"]);
    }

    proptest! {
        #[test]
        fn any_file_ends(text in "(select|:a|\\\\set|'|\"|\\$\\$|;|\n| |é|\\\\|--){0,30}") {
            let mut at = 0;
            while let Some((_, after)) = next(&text, at) {
                prop_assert!(after > at);
                at = after;
            }
            let mut variables = Variables::default();
            variables.set(&text);
            let _ = variables.fill(&text);
            let _ = variables.words(&text);
        }
    }
}

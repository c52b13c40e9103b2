//! Statements and texts made of a request with marks in the places of its values, to be filled in with others.
//!
//! A mark is a whole parameter or it is nowhere: where one shows up as part of something else, there is no template.

use std::sync::Arc;

use pg::{Param, Params, Statement};

use super::sql::{Sql, USUAL_PARAMS};
use crate::logic::request::query::{self, marked};

/// A statement but for its values.
#[derive(Debug)]
pub struct Template {
    text: Arc<str>,
    parameters: Vec<Place<Param>>,
}

/// What stands in one place.
#[derive(Debug, PartialEq)]
enum Place<T> {
    /// Always this.
    Fixed(T),
    /// The value with this index.
    Value(usize),
}

impl Template {
    /// Of a statement whose marks are of so many values.
    pub fn of(sql: &Sql, values: usize) -> Option<Self> {
        if has_mark(sql.text().as_bytes()) {
            return None;
        }
        let place = |parameter: Option<&[u8]>| match parameter {
            None => Some(Place::Fixed(Param::NULL)),
            Some(text) if !has_mark(text) => Some(Place::Fixed(std::str::from_utf8(text).ok()?.into())),
            Some(text) => marked(text).filter(|index| *index < values).map(Place::Value),
        };
        let parameters = sql.params().iter().map(place).collect::<Option<_>>()?;
        Some(Self { text: sql.text().into(), parameters })
    }

    /// Roughly how many bytes it holds.
    pub fn size(&self) -> usize {
        let fixed = |place: &Place<Param>| match place {
            Place::Fixed(Param(Some(text))) => text.len(),
            _ => 0,
        };
        self.text.len() + self.parameters.iter().map(fixed).sum::<usize>()
    }

    /// The statement with these values.
    pub fn fill(&self, values: &[&str]) -> Option<Statement> {
        let mut params = Params::with_capacity(USUAL_PARAMS);
        for place in &self.parameters {
            match place {
                Place::Fixed(param) => params.push(param.clone()),
                Place::Value(index) => params.push_text(values.get(*index)?),
            }
        }
        Some(Statement::new(&self.text).with_params(params))
    }
}

/// Room for most lines.
const USUAL_LINE: usize = 128;

/// A path with its query, encoded, but for its values.
#[derive(Debug, PartialEq)]
pub struct Line(Vec<Place<String>>);

impl Line {
    /// Of one whose marks are of so many values.
    pub fn of(encoded: &str, values: usize) -> Option<Self> {
        let mut pieces = encoded.split("%00");
        let mut places = vec![Place::Fixed(pieces.next()?.to_owned())];
        while let Some(index) = pieces.next() {
            let index = index.parse().ok().filter(|index| *index < values)?;
            places.extend([Place::Value(index), Place::Fixed(pieces.next()?.to_owned())]);
        }
        Some(Self(places))
    }

    /// Roughly how many bytes it holds.
    pub fn size(&self) -> usize {
        self.0.iter().map(|place| if let Place::Fixed(text) = place { text.len() } else { 0 }).sum()
    }

    /// The line with these values.
    pub fn fill(&self, values: &[&str]) -> Option<String> {
        let mut line = String::with_capacity(USUAL_LINE);
        for place in &self.0 {
            match place {
                Place::Fixed(text) => line.push_str(text),
                Place::Value(index) => query::encode(values.get(*index)?, &mut line),
            }
        }
        Some(line)
    }
}

fn has_mark(text: &[u8]) -> bool {
    memchr::memchr(0, text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_filled_in_wherever_they_stand() {
        let mut sql = Sql::new();
        sql.bind_text("\x001\0")
            .raw(" ")
            .bind_text("fixed")
            .raw(" ")
            .bind_text("\x000\0")
            .raw(" ")
            .bind(Param::NULL);
        sql.raw(" ").bind_text("\x001\0");
        let filled =
            Template::of(&sql, 2).expect("all marks are parameters").fill(&["a", "é"]).expect("two values");
        assert_eq!(filled.sql(), "$1 $2 $3 $4 $5");
        let values: Vec<_> = filled.params().iter().collect();
        assert_eq!(
            values,
            [Some("é"), Some("fixed"), Some("a"), None, Some("é")].map(|value| value.map(str::as_bytes))
        );
    }

    #[test]
    fn there_is_no_template_when_a_mark_is_part_of_something() {
        for text in ["x\x000\0", "\x000\0x", "\0", "\0\0", "\x002\0", "\0a\0"] {
            assert!(Template::of(Sql::new().bind_text(text), 2).is_none(), "{text:?}");
        }
        assert!(Template::of(Sql::new().ident("\x000\0"), 2).is_none());
    }

    #[test]
    fn lines_are_encoded() {
        let line = Line::of("/t?a=eq.%001%00&b=%000%00", 2).expect("two marks");
        assert_eq!(line.fill(&["x y", "é"]).as_deref(), Some("/t?a=eq.%C3%A9&b=x%20y"));
        assert_eq!(line.fill(&["only one"]), None);
        for text in ["a%00", "a%00x%00", "a%002%00", "a%000%00%00"] {
            assert_eq!(Line::of(text, 2), None, "{text}");
        }
    }
}

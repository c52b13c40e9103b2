//! SQL text and its parameters, growing together.
//!
//! Text enters by few doors: static text, identifiers (always quoted), text that Postgres printed
//! itself, and numbers: positions and limits. Every other value is a parameter.

use std::fmt::Write as _;

use pg::catalog::{Printed, QualifiedName};
use pg::{Param, Params, Statement};

/// Room for most statements, so that they need not move while they grow.
const USUAL_LENGTH: usize = 768;
/// Room for the parameters of most statements, in bytes.
pub(super) const USUAL_PARAMS: usize = 1024;

/// A statement in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sql {
    text: String,
    params: Params,
}

impl Sql {
    /// An empty statement.
    pub fn new() -> Self {
        Self { text: String::with_capacity(USUAL_LENGTH), params: Params::with_capacity(USUAL_PARAMS) }
    }

    /// Text of this program.
    pub fn raw(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A name, quoted.
    pub fn ident(&mut self, name: &str) -> &mut Self {
        self.text.push('"');
        if name.bytes().any(|byte| byte == b'"') {
            self.text.push_str(&name.replace('"', "\"\""));
        } else {
            self.text.push_str(name);
        }
        self.text.push('"');
        self
    }

    /// A name with its schema, both quoted.
    pub fn qualified(&mut self, name: &QualifiedName) -> &mut Self {
        self.ident(&name.schema).raw(".").ident(&name.name)
    }

    /// A function that the configuration names, as `name` or `schema.name`.
    pub fn function_name(&mut self, name: &str) -> &mut Self {
        match name.split_once('.') {
            Some((schema, name)) => self.ident(schema).raw(".").ident(name),
            None => self.ident(name),
        }
    }

    /// A value.
    pub fn bind(&mut self, value: impl Into<Param>) -> &mut Self {
        self.params.push(value.into());
        self.parameter()
    }

    /// A value that is text already.
    pub fn bind_text(&mut self, value: &str) -> &mut Self {
        self.params.push_text(value);
        self.parameter()
    }

    /// The place of the value that was added last.
    fn parameter(&mut self) -> &mut Self {
        self.text.push('$');
        self.position(self.params.len())
    }

    /// A type or expression as Postgres printed it.
    pub fn printed(&mut self, text: &Printed) -> &mut Self {
        self.text.push_str(text.as_str());
        self
    }

    /// The position of a column, for `group by`.
    pub fn position(&mut self, number: usize) -> &mut Self {
        match u8::try_from(number) {
            // nearly every number, and formatting costs more than all the rest of a parameter
            Ok(number) if number < 100 => {
                if number >= 10 {
                    self.text.push(char::from(b'0' + number / 10));
                }
                self.text.push(char::from(b'0' + number % 10));
            }
            _ => write!(self.text, "{number}").expect("writing to a String does not fail"),
        }
        self
    }

    /// At most so many rows. A number in the text and no parameter: without it the planner assumes a tenth of all rows,
    /// and sorts or scans wrongly once it keeps a plan for all parameters.
    pub fn limit(&mut self, rows: i64) -> &mut Self {
        write!(self.text, " limit {rows}").expect("writing to a String does not fail");
        self
    }

    /// Writes every item, with `separator` between them.
    pub fn join<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &'static str,
        mut write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.raw(separator);
            }
            write(self, item);
        }
        self
    }

    /// Another statement behind this one, its parameters following.
    pub fn append(&mut self, other: &Self) -> &mut Self {
        debug_assert!(self.params.is_empty(), "the other's parameters are numbered from one");
        self.text.push_str(&other.text);
        self.params.clone_from(&other.params);
        self
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parameters so far.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The finished statement.
    pub fn into_statement(self) -> Statement {
        Statement::new(self.text).with_params(self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_cannot_end_early() {
        for (name, expected) in
            [("a", "\"a\""), ("a\"b", "\"a\"\"b\""), ("\"", "\"\"\"\""), ("", "\"\""), ("é;--", "\"é;--\"")]
        {
            assert_eq!(Sql::new().ident(name).text(), expected);
        }
    }

    #[test]
    fn values_are_parameters() {
        let mut sql = Sql::new();
        sql.raw("a = ").bind("x'; drop table t").raw(" or b = ").bind(3_i64);
        assert_eq!(sql.text(), "a = $1 or b = $2");
        assert_eq!(sql.params().len(), 2);
    }

    #[test]
    fn positions_are_decimal() {
        for number in [0, 1, 9, 10, 42, 99, 100, 255, 256, 65_535] {
            assert_eq!(Sql::new().position(number).text(), number.to_string());
        }
    }
}

//! Filters: `column=operator.value`, and the logic trees of `and=(…)` and `or=(…)`.

use std::borrow::Cow;

use super::ast::{
    Filter, FullTextOperator, IsValue, Located, LogicOperator, LogicTree, Operation, QuantifiedOperator,
    Quantifier, SimpleOperator,
};
use super::cursor::{Cursor, Parsed};
use super::names::{delimiter, dotted, field, identifier, quoted, tree_path};
use crate::error::RequestError;

pub(super) const SIMPLE: [(&str, SimpleOperator); 9] = [
    ("neq", SimpleOperator::NotEqual),
    ("cs", SimpleOperator::Contains),
    ("cd", SimpleOperator::ContainedIn),
    ("ov", SimpleOperator::Overlaps),
    ("sl", SimpleOperator::StrictlyLeft),
    ("sr", SimpleOperator::StrictlyRight),
    ("nxr", SimpleOperator::NotExtendsRight),
    ("nxl", SimpleOperator::NotExtendsLeft),
    ("adj", SimpleOperator::Adjacent),
];

/// A word that begins like another comes after it.
pub(super) const QUANTIFIED: [(&str, QuantifiedOperator); 9] = [
    ("eq", QuantifiedOperator::Equal),
    ("gte", QuantifiedOperator::GreaterThanEqual),
    ("gt", QuantifiedOperator::GreaterThan),
    ("lte", QuantifiedOperator::LessThanEqual),
    ("lt", QuantifiedOperator::LessThan),
    ("like", QuantifiedOperator::Like),
    ("ilike", QuantifiedOperator::ILike),
    ("match", QuantifiedOperator::Match),
    ("imatch", QuantifiedOperator::IMatch),
];

pub(super) const FULL_TEXT: [(&str, FullTextOperator); 4] = [
    ("fts", FullTextOperator::Query),
    ("plfts", FullTextOperator::Plain),
    ("phfts", FullTextOperator::Phrase),
    ("wfts", FullTextOperator::WebSearch),
];

const IS: [(&str, IsValue); 5] = [
    ("null", IsValue::Null),
    ("not_null", IsValue::NotNull),
    ("true", IsValue::True),
    ("false", IsValue::False),
    ("unknown", IsValue::Unknown),
];

/// A parser of an operator's right hand side.
type Value = for<'a> fn(&mut Cursor<'a>) -> Cow<'a, str>;

/// A parameter that is a filter, or an argument of a function.
#[derive(Debug, PartialEq, Eq)]
pub enum Parameter {
    /// `path.column=operator.value`
    Filter(Located<Filter>),
    /// `name=value`
    Argument(String, String),
}

/// Parses `path.column=operator.value`.
pub fn parse(key: &str, value: &str) -> Result<Located<Filter>, RequestError> {
    let (path, field) = Cursor::parse("tree path", key, key, tree_path)?;
    let (negated, operation) =
        Cursor::parse("filter", value, value, |cursor| expression(cursor, whole_value))?;
    Ok(Located { path, value: Filter { field, negated, operation } })
}

/// Parses a parameter of a function called by `GET`: a value without an operator is an argument.
pub fn parse_parameter(key: &str, value: &str) -> Result<Parameter, RequestError> {
    let (path, field) = Cursor::parse("tree path", key, key, tree_path)?;
    let expression = Cursor::parse("filter", value, value, |cursor| {
        cursor.option(|cursor| expression(cursor, whole_value))
    })?;
    Ok(match expression {
        Some((negated, operation)) => {
            Parameter::Filter(Located { path, value: Filter { field, negated, operation } })
        }
        None => Parameter::Argument(field.name, value.to_owned()),
    })
}

/// Parses `path.not.and=(…)` and its like.
pub fn parse_logic(key: &str, value: &str) -> Result<Located<LogicTree>, RequestError> {
    let (mut path, mut operator) = Cursor::parse("logic path", key, key, dotted)?;
    if operator == "not" || path.iter().any(|name| name == "not") {
        operator.insert_str(0, "not.");
    }
    path.retain(|name| name != "not");
    let value = Cursor::parse("logic tree", value, &format!("{operator}{value}"), logic_tree)?;
    Ok(Located { path, value })
}

/// `not.operation`
fn expression(cursor: &mut Cursor<'_>, value: Value) -> Parsed<(bool, Operation)> {
    let negated = not(cursor);
    let operation = cursor.label("operator (eq, gt, ...)", |cursor| operation(cursor, value))?;
    Ok((negated, operation))
}

fn not(cursor: &mut Cursor<'_>) -> bool {
    let not = cursor.maybe(|cursor| {
        cursor.literal("not")?;
        delimiter(cursor)
    });
    not.is_some()
}

fn operation(cursor: &mut Cursor<'_>, value: Value) -> Parsed<Operation> {
    if word(cursor, "in").is_some() {
        return list(cursor).map(Operation::In);
    }
    if word(cursor, "is").is_some() {
        return is_value(cursor).map(Operation::Is);
    }
    if word(cursor, "isdistinct").is_some() {
        return Ok(Operation::IsDistinctFrom(value(cursor).into_owned()));
    }
    if let Some(full_text) = cursor.maybe(|cursor| full_text(cursor, value)) {
        return Ok(full_text);
    }
    if let Some(simple) = cursor.maybe(|cursor| simple(cursor, value)) {
        return Ok(simple);
    }
    cursor.attempt(|cursor| quantified(cursor, value))
}

fn word(cursor: &mut Cursor<'_>, word: &'static str) -> Option<()> {
    cursor.maybe(|cursor| {
        cursor.literal(word)?;
        delimiter(cursor)
    })
}

fn full_text(cursor: &mut Cursor<'_>, value: Value) -> Parsed<Operation> {
    let operator = cursor.first_of(&FULL_TEXT)?;
    let language = cursor.maybe(|cursor| bracketed(cursor, identifier)).map(str::to_owned);
    delimiter(cursor)?;
    Ok(Operation::FullText { operator, language, value: value(cursor).into_owned() })
}

fn simple(cursor: &mut Cursor<'_>, value: Value) -> Parsed<Operation> {
    let operator = cursor.first_of(&SIMPLE)?;
    delimiter(cursor)?;
    Ok(Operation::Simple { operator, value: value(cursor).into_owned() })
}

fn quantified(cursor: &mut Cursor<'_>, value: Value) -> Parsed<Operation> {
    let operator = cursor.first_of(&QUANTIFIED)?;
    let quantifier = cursor.maybe(|cursor| {
        bracketed(cursor, |cursor| cursor.first_of(&[("any", Quantifier::Any), ("all", Quantifier::All)]))
    });
    delimiter(cursor)?;
    Ok(Operation::Quantified { operator, quantifier, value: value(cursor).into_owned() })
}

fn bracketed<'a, T>(cursor: &mut Cursor<'a>, parser: impl FnOnce(&mut Cursor<'a>) -> Parsed<T>) -> Parsed<T> {
    cursor.literal("(")?;
    let value = parser(cursor)?;
    cursor.literal(")")?;
    Ok(value)
}

/// Upper and lower case are the same here.
fn is_value(cursor: &mut Cursor<'_>) -> Parsed<IsValue> {
    cursor.label("isVal: (null, not_null, true, false, unknown)", |cursor| cursor.first_of_any_case(&IS))
}

/// `(value,value,…)`
fn list(cursor: &mut Cursor<'_>) -> Parsed<Vec<String>> {
    cursor.lexeme(|cursor| cursor.literal("("))?;
    let values = cursor.separated(
        |cursor| cursor.literal(","),
        |cursor| {
            let value = match cursor.maybe(quoted_member) {
                Some(value) => value,
                None => plain_member(cursor),
            };
            Ok(value.into_owned())
        },
    )?;
    cursor.lexeme(|cursor| cursor.literal(")"))?;
    Ok(values)
}

/// A quoted value is one only if it ends where the member does.
fn quoted_member<'a>(cursor: &mut Cursor<'a>) -> Parsed<Cow<'a, str>> {
    let value = quoted(cursor)?;
    cursor.followed_only_by(&[',', ')'])?;
    Ok(value)
}

fn plain_member<'a>(cursor: &mut Cursor<'a>) -> Cow<'a, str> {
    Cow::Borrowed(cursor.take_while(&[], |character| character != ',' && character != ')'))
}

fn whole_value<'a>(cursor: &mut Cursor<'a>) -> Cow<'a, str> {
    Cow::Borrowed(cursor.take_while(&[], |_| true))
}

/// A value among others in a logic tree.
fn member_value<'a>(cursor: &mut Cursor<'a>) -> Cow<'a, str> {
    if let Some(value) = cursor.maybe(quoted_member) {
        return value;
    }
    if let Some(array) = cursor.maybe(array) {
        return Cow::Borrowed(array);
    }
    plain_member(cursor)
}

/// `{…}`: the commas in it do not end the value.
fn array<'a>(cursor: &mut Cursor<'a>) -> Parsed<&'a str> {
    let start = cursor.position();
    cursor.literal("{")?;
    cursor.take_while(&[], |character| character != '{' && character != '}');
    cursor.literal("}")?;
    Ok(cursor.since(start))
}

fn logic_tree(cursor: &mut Cursor<'_>) -> Parsed<LogicTree> {
    if let Some(filter) = cursor.maybe(logic_filter) {
        return Ok(LogicTree::Filter(filter));
    }
    let negated = cursor.label("negation operator (not)", |cursor| Ok(not(cursor)))?;
    let operator = cursor.label("logic operator (and, or)", |cursor| {
        match cursor.maybe(|cursor| cursor.literal("and")) {
            Some(()) => Ok(LogicOperator::And),
            None => cursor.literal("or").map(|()| LogicOperator::Or),
        }
    })?;
    cursor.lexeme(|cursor| cursor.literal("("))?;
    let members = cursor.nested(|cursor| {
        cursor.separated(|cursor| cursor.lexeme(|cursor| cursor.literal(",")), logic_tree)
    })?;
    cursor.lexeme(|cursor| cursor.literal(")"))?;
    Ok(LogicTree::Group { negated, operator, members })
}

fn logic_filter(cursor: &mut Cursor<'_>) -> Parsed<Filter> {
    let field = field(cursor)?;
    delimiter(cursor)?;
    let (negated, operation) = expression(cursor, member_value)?;
    Ok(Filter { field, negated, operation })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::request::print::{print_filter, print_logic};

    fn fault(error: &RequestError) -> String {
        match error {
            RequestError::Query { message, details } => {
                let column = message.rsplit("column ").next().unwrap_or_default().trim_end_matches(')');
                format!("{column}: {details}")
            }
            other => format!("{other:?}"),
        }
    }

    fn check(read: impl Fn(&str, &str) -> String, cases: &[(&str, &str, &str)]) {
        for (key, value, expected) in cases {
            assert_eq!(&read(key, value), expected, "{key}={value}");
        }
    }

    fn read_filter(key: &str, value: &str) -> String {
        match parse(key, value) {
            Ok(filter) => format!("{:?} {}", filter.path, print_filter(&filter.value)),
            Err(error) => fault(&error),
        }
    }

    fn read_logic(key: &str, value: &str) -> String {
        match parse_logic(key, value) {
            Ok(tree) => format!("{:?} {}", tree.path, print_logic(&tree.value)),
            Err(error) => fault(&error),
        }
    }

    #[test]
    fn operators() {
        for operator in [
            "eq",
            "gte",
            "gt",
            "lte",
            "lt",
            "neq",
            "like",
            "ilike",
            "match",
            "imatch",
            "cs",
            "cd",
            "ov",
            "sl",
            "sr",
            "nxr",
            "nxl",
            "adj",
            "fts",
            "plfts",
            "phfts",
            "wfts",
            "isdistinct",
        ] {
            for negation in ["", "not."] {
                let text = format!("{negation}{operator}.a value.with dots");
                assert_eq!(read_filter("x", &text), format!("[] x.{text}"));
            }
        }
    }

    #[test]
    fn filters() {
        check(
            read_filter,
            &[
                ("id", "eq.1", "[] id.eq.1"),
                ("id", "eq.", "[] id.eq."),
                ("a.b.id", "eq.1", "[\"a\", \"b\"] id.eq.1"),
                ("\"a.b\"", "eq.1", "[] \"a.b\".eq.1"),
                ("data->a->>0", "eq.1", "[] data->\"a\"->>0.eq.1"),
                ("child.data->>a", "eq.1", "[\"child\"] data->>\"a\".eq.1"),
                ("id", "eq(any).{1,2}", "[] id.eq(any).{1,2}"),
                ("id", "not.like(all).{a*,*b}", "[] id.not.like(all).{a*,*b}"),
                ("id", "is.null", "[] id.is.null"),
                ("id", "is.NULL", "[] id.is.null"),
                ("id", "not.is.Not_Null", "[] id.not.is.notnull"),
                ("id", "is.true", "[] id.is.true"),
                ("id", "is.unknown", "[] id.is.unknown"),
                ("id", "fts(english).a", "[] id.fts(english).a"),
                ("id", "in.(1,2,3)", "[] id.in.(\"1\",\"2\",\"3\")"),
                ("id", "in.()", "[] id.in.(\"\")"),
                ("id", "in.( a , b )", "[] id.in.(\"a \",\" b \")"),
                ("id", "in.(\"a,b\",\"c)\",d)", "[] id.in.(\"a,b\",\"c)\",\"d\")"),
                ("id", "in.(\"a\\\"b\\\\\",c)", "[] id.in.(\"a\\\"b\\\\\",\"c\")"),
                ("id", "in.(\"a\"b,c)", "[] id.in.(\"\\\"a\\\"b\",\"c\")"),
                ("id", "neq.not.eq.1", "[] id.neq.not.eq.1"),
            ],
        );
    }

    #[test]
    fn faults_of_filters() {
        let operator = "expecting operator (eq, gt, ...)";
        let not_or_operator = "expecting \"not\" or operator (eq, gt, ...)";
        check(
            read_filter,
            &[
                ("id", "noop.0", &format!("1: unexpected \"o\" {not_or_operator}")),
                ("id", "val", &format!("1: unexpected \"v\" {not_or_operator}")),
                ("id", "0", &format!("1: unexpected \"0\" {not_or_operator}")),
                ("id", "", &format!("1: unexpected end of input {not_or_operator}")),
                ("id", "fts().value", &format!("5: unexpected \")\" {operator}")),
                ("id", "eq().value", &format!("4: unexpected \")\" {operator}")),
                ("id", "is().value", &format!("3: unexpected \"(\" {operator}")),
                ("id", "in().value", &format!("3: unexpected \"(\" {operator}")),
                (
                    "id",
                    "is.nope",
                    "6: unexpected \"p\" expecting isVal: (null, not_null, true, false, unknown)",
                ),
                ("id", "in.1,2", "4: unexpected \"1\" expecting \"(\""),
                ("id", "in.(1,2", "8: unexpected end of input expecting \",\" or \")\""),
                (":", "eq.1", "1: unexpected \":\" expecting field name (* or [a..z0..9_$])"),
                ("a.", "eq.1", "3: unexpected end of input expecting field name (* or [a..z0..9_$])"),
            ],
        );
    }

    #[test]
    fn logic() {
        check(
            read_logic,
            &[
                ("or", "(id.eq.1,id.eq.2)", "[] or(id.eq.1,id.eq.2)"),
                ("and", "(a.eq.1)", "[] and(a.eq.1)"),
                ("not.or", "(a.eq.1,b.eq.2)", "[] not.or(a.eq.1,b.eq.2)"),
                ("child.or", "(a.eq.1,b.eq.2)", "[\"child\"] or(a.eq.1,b.eq.2)"),
                ("child.not.and", "(a.eq.1,b.eq.2)", "[\"child\"] not.and(a.eq.1,b.eq.2)"),
                (
                    "or",
                    "( a.eq.1 , and( b.gt.2 , not.or(c.is.null,d.in.(1,2)) ) )",
                    "[] or(a.eq.1 ,and(b.gt.2 ,not.or(c.is.null,d.in.(\"1\",\"2\"))))",
                ),
                ("or", "(a.cs.{1,2},b.eq.\"x,y)\")", "[] or(a.cs.{1,2},b.eq.x,y))"),
                ("or", "(a.not.eq.1,data->b->>c.eq.1)", "[] or(a.not.eq.1,data->\"b\"->>\"c\".eq.1)"),
                ("or", "(or.eq.1,and.eq.2,not.eq.3)", "[] or(or.eq.1,and.eq.2,not.eq.3)"),
            ],
        );
    }

    #[test]
    fn faults_of_logic() {
        check(
            read_logic,
            &[
                (
                    "or",
                    "()",
                    "4: unexpected \")\" expecting field name (* or [a..z0..9_$]), negation operator (not) or \
                     logic operator (and, or)",
                ),
                ("or", "(id.in.1,2,id.eq.3)", "10: unexpected \"1\" expecting \"(\""),
                ("or", ")(", "3: unexpected \")\" expecting \"(\""),
                ("and", "(ord(id.eq.1,id.eq.1),id.eq.2)", "7: unexpected \"d\" expecting \"(\""),
                (
                    "or",
                    "(id.eq.1,not.xor(id.eq.2,id.eq.3))",
                    "16: unexpected \"x\" expecting logic operator (and, or)",
                ),
                ("or", "(id.eq.1", "11: unexpected end of input expecting \",\" or \")\""),
            ],
        );
        assert!(parse_logic("or", &"(or".repeat(5000)).is_err());
    }

    #[test]
    fn arguments_of_functions() {
        let argument = |value: &str| Parameter::Argument("a".to_owned(), value.to_owned());
        for value in ["1", "", "text", "eq", "eqq.1", "{1,2}", "null", "inx.(1)"] {
            assert_eq!(parse_parameter("a", value), Ok(argument(value)), "a={value}");
        }
        for value in ["eq.1", "in.(1)", "not.is.null"] {
            assert!(matches!(parse_parameter("a", value), Ok(Parameter::Filter(_))), "a={value}");
        }
        // what begins like a filter must be one
        for value in ["in.1", "is.x", "not.x"] {
            assert!(parse_parameter("a", value).is_err(), "a={value}");
        }
    }
}

//! The query string: which parameter is what, and the ranges.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::ast::{Located, Query, RowRange};
use super::cursor::Cursor;
use super::filter::{self, Parameter};
use super::{names, order, select};
use crate::error::RequestError;

/// Room for the parameters of most requests.
const USUAL_PARAMETERS: usize = 8;
/// Room for most canonical query strings.
const CANONICAL_LENGTH: usize = 128;
/// What is not escaped in the canonical query string.
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The parameters of a query string as sent, decoded.
#[derive(Debug)]
pub struct Parameters<'a>(Vec<(Cow<'a, str>, Option<Cow<'a, str>>)>);

/// The operators whose right hand side is one value, whatever it is: it reaches the statement as it was sent.
const COMPARISONS: [&str; 15] = [
    "eq.",
    "neq.",
    "gt.",
    "gte.",
    "lt.",
    "lte.",
    "isdistinct.",
    "cs.",
    "cd.",
    "ov.",
    "sl.",
    "sr.",
    "nxr.",
    "nxl.",
    "adj.",
];

/// A parameter that has a value, and what kind it is.
struct Sorted<'a> {
    kind: Kind,
    name: &'a str,
    value: &'a str,
}

/// What the parser of the query string must know of the rest of the request.
#[derive(Clone, Copy, Debug)]
pub struct QueryUse {
    /// A function is called by `GET`: parameters without an operator are its arguments.
    pub arguments: bool,
    /// The answer has a `Content-Location`.
    pub canonical: bool,
}

impl<'a> Parameters<'a> {
    /// Splits at `&` and `;`, decodes `%xx` and `+`. A `%` that no two hex digits follow stands for itself.
    pub fn decode(query: &'a str) -> Result<Self, RequestError> {
        let query = query.strip_prefix('?').unwrap_or(query);
        let mut parameters = Vec::with_capacity(if query.is_empty() { 0 } else { USUAL_PARAMETERS });
        for parameter in query.split_terminator(['&', ';']) {
            let (name, value) = match parameter.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (parameter, None),
            };
            parameters.push((decode(name)?, value.map(decode).transpose()?));
        }
        Ok(Self(parameters))
    }

    /// The value of the first parameter with this name.
    fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.as_deref())
    }

    /// Those that have a value, with their kinds.
    fn with_value(&self) -> Vec<Sorted<'_>> {
        self.0
            .iter()
            .filter_map(|(name, value)| {
                Some(Sorted { kind: kind(name), name: name.as_ref(), value: value.as_deref()? })
            })
            .collect()
    }

    /// Writes everything but the values that filters compare with; returns these. Two query strings that write the same
    /// differ in nothing but their values.
    pub(super) fn write_shape(&self, shape: &mut Vec<u8>) -> Vec<&str> {
        let mut values = Vec::new();
        for (name, value) in &self.0 {
            // no name and no value has a NUL in it
            shape.extend_from_slice(name.as_bytes());
            shape.push(0);
            match (value, compared(name, value.as_deref())) {
                (_, Some((operator, value))) => {
                    shape.push(b'?');
                    shape.extend_from_slice(operator.as_bytes());
                    values.push(value);
                }
                (Some(value), None) => {
                    shape.push(b'=');
                    shape.extend_from_slice(value.as_bytes());
                }
                (None, None) => shape.push(b'-'),
            }
            shape.push(0);
        }
        values
    }

    /// The same with each of the values that [`Self::write_shape`] returns replaced by its mark.
    pub(super) fn marked(&self) -> Self {
        let mut marks = 0..;
        let marked = self.0.iter().map(|(name, value)| {
            let value = match compared(name, value.as_deref()) {
                Some((operator, _)) => marks.next().map(|index| format!("{operator}{}", mark(index)).into()),
                None => value.clone(),
            };
            (name.clone(), value)
        });
        Self(marked.collect())
    }

    /// Sorted by name and encoded anew; the values of a name given several times are joined by commas.
    fn canonical(&self) -> String {
        let mut sorted: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_deref().unwrap_or_default()))
            .collect();
        sorted.sort_by_key(|(name, _)| *name);
        let mut canonical = String::with_capacity(CANONICAL_LENGTH);
        let mut previous = None;
        for (name, value) in sorted {
            if previous == Some(name) {
                canonical.push(',');
            } else {
                canonical.push_str(if previous.is_some() { "&" } else { "" });
                encode(name, &mut canonical);
                canonical.push('=');
                previous = Some(name);
            }
            encode(value, &mut canonical);
        }
        canonical
    }
}

/// Writes a name or value as it stands in a canonical query string.
pub fn encode(text: &str, line: &mut String) {
    line.extend(utf8_percent_encode(text, &ESCAPED));
}

/// The operator, with what negates it, and the value of a filter that compares.
fn compared<'v>(name: &str, value: Option<&'v str>) -> Option<(&'v str, &'v str)> {
    if kind(name) != Kind::Filter {
        return None;
    }
    let value = value?;
    let bare = value.strip_prefix("not.").unwrap_or(value);
    let operator = COMPARISONS.iter().find(|operator| bare.starts_with(**operator))?;
    value.split_at_checked(value.len() - bare.len() + operator.len())
}

/// What stands for a value: nothing that is sent has a NUL in it.
fn mark(index: usize) -> String {
    format!("\0{index}\0")
}

/// Which value a text stands for, if it is a mark.
pub fn marked(text: &[u8]) -> Option<usize> {
    let index = text.strip_prefix(b"\0")?.strip_suffix(b"\0")?;
    std::str::from_utf8(index).ok()?.parse().ok()
}

/// Decodes `%xx` and `+`, as in forms.
pub(super) fn decode(text: &str) -> Result<Cow<'_, str>, RequestError> {
    if !text.bytes().any(|byte| byte == b'%' || byte == b'+') {
        return Ok(Cow::Borrowed(text));
    }
    let spaced = text.replace('+', " ");
    let decoded: Vec<u8> = percent_encoding::percent_decode_str(&spaced).collect();
    match String::from_utf8(decoded) {
        // Postgres has no text with a NUL in it
        Ok(decoded) if !decoded.contains('\0') => Ok(Cow::Owned(decoded)),
        _ => Err(RequestError::Query {
            message: format!("\"failed to decode query string ({text})\" (line 1, column 1)"),
            details: "unexpected byte sequence expecting UTF-8 without NUL".to_owned(),
        }),
    }
}

/// Where a parameter goes, by its name's last part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Order,
    Limit,
    Offset,
    Logic,
    Filter,
    Reserved,
}

fn kind(name: &str) -> Kind {
    let last = name.bytes().rposition(|byte| byte == b'.').map_or(0, |dot| dot + 1);
    match name.get(last..).unwrap_or(name) {
        "order" => Kind::Order,
        "limit" => Kind::Limit,
        "offset" => Kind::Offset,
        "and" | "or" => Kind::Logic,
        _ if matches!(name, "select" | "columns" | "on_conflict") => Kind::Reserved,
        _ => Kind::Filter,
    }
}

/// Parses the query string: its parts, and the top level's range as far as the query string says it.
/// Faults are reported in the order of PostgREST: order, logic, columns, select, filters, `on_conflict`.
pub fn parse(parameters: &Parameters<'_>, usage: QueryUse) -> Result<(Query, RowRange), RequestError> {
    let with_value = parameters.with_value();
    let of_kind = |wanted| {
        let fitting = with_value.iter().filter(move |parameter| parameter.kind == wanted);
        fitting.map(|parameter| (parameter.name, parameter.value))
    };
    let (range, embedded_ranges) = ranges(of_kind(Kind::Limit), of_kind(Kind::Offset))?;
    let mut query = Query {
        order: of_kind(Kind::Order)
            .map(|(name, value)| order::parse(name, value))
            .collect::<Result<_, _>>()?,
        logic: of_kind(Kind::Logic)
            .map(|(name, value)| filter::parse_logic(name, value))
            .collect::<Result<_, _>>()?,
        embedded_ranges,
        ..Query::default()
    };
    if let Some(text) = parameters.first("columns") {
        let mut columns = Cursor::parse("columns parameter", text, text, names::columns)?;
        columns.sort_unstable();
        columns.dedup();
        query.columns = Some(columns);
    }
    query.select = match parameters.first("select") {
        None | Some("*") => select::everything(),
        Some(text) => select::parse(text)?,
    };
    for (name, value) in of_kind(Kind::Filter) {
        if !usage.arguments {
            query.filters.push(filter::parse(name, value)?);
            continue;
        }
        match filter::parse_parameter(name, value)? {
            Parameter::Filter(filter) => query.filters.push(filter),
            Parameter::Argument(name, value) => query.arguments.push((name, value)),
        }
    }
    if let Some(text) = parameters.first("on_conflict") {
        query.on_conflict = Some(Cursor::parse("on_conflict parameter", text, text, names::columns)?);
    }
    if usage.canonical {
        query.canonical = parameters.canonical();
    }
    Ok((query, range))
}

/// Limits and offsets, by resource; of several for one the last counts.
fn ranges<'a>(
    limits: impl Iterator<Item = (&'a str, &'a str)>,
    offsets: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<(RowRange, Vec<Located<RowRange>>), RequestError> {
    let mut top = RowRange::default();
    let mut embedded: Vec<Located<RowRange>> = Vec::new();
    let mut set = |name: &str, change: &dyn Fn(&mut RowRange)| {
        let path = order::embed_path(name)?;
        if path.is_empty() {
            change(&mut top);
        } else if let Some(located) = embedded.iter_mut().find(|located| located.path == path) {
            change(&mut located.value);
        } else {
            let mut value = RowRange::default();
            change(&mut value);
            embedded.push(Located { path, value });
        }
        Ok::<_, RequestError>(())
    };
    for (name, value) in limits {
        set(name, &|range| range.limit = number(value))?;
    }
    for (name, value) in offsets {
        set(name, &|range| range.offset = number(value).unwrap_or(0))?;
    }
    Ok((top, embedded))
}

/// A whole number; what is none counts as not sent, what is too large as the largest there is.
fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: QueryUse = QueryUse { arguments: false, canonical: true };

    fn read(text: &str, usage: QueryUse) -> Result<(Query, RowRange), RequestError> {
        parse(&Parameters::decode(text)?, usage)
    }

    fn query(text: &str) -> Query {
        read(text, READ).expect(text).0
    }

    #[test]
    fn decoding() {
        let cases = [
            ("a=1&b=2", vec![("a", Some("1")), ("b", Some("2"))]),
            ("?a=1", vec![("a", Some("1"))]),
            ("a", vec![("a", None)]),
            ("a=", vec![("a", Some(""))]),
            ("a=b=c", vec![("a", Some("b=c"))]),
            ("a=1&&b=2&", vec![("a", Some("1")), ("", None), ("b", Some("2"))]),
            ("a=1;b=2", vec![("a", Some("1")), ("b", Some("2"))]),
            ("a+b=c%20d%2B", vec![("a b", Some("c d+"))]),
            ("a=%C3%A9", vec![("a", Some("é"))]),
            ("a=100%", vec![("a", Some("100%"))]),
            ("a=%zz%4", vec![("a", Some("%zz%4"))]),
        ];
        for (text, expected) in cases {
            let parameters = Parameters::decode(text).expect(text);
            let read: Vec<_> =
                parameters.0.iter().map(|(name, value)| (name.as_ref(), value.as_deref())).collect();
            assert_eq!(read, expected, "{text}");
        }
        for text in ["a=%FF", "%C3=1", "a=%00", "%ED%A0%80=x"] {
            assert!(matches!(Parameters::decode(text), Err(RequestError::Query { .. })), "{text}");
        }
    }

    #[test]
    fn everything_needs_no_parser() {
        assert_eq!(select::parse("*"), Ok(select::everything()));
    }

    #[test]
    fn canonical() {
        let cases = [
            ("", ""),
            ("a=1&c=3&b=2&d", "a=1&b=2&c=3&d="),
            ("select=id,name&id=eq.1", "id=eq.1&select=id%2Cname"),
            ("b=2&a=x&a=y", "a=x,y&b=2"),
            ("id=in.(1,2)", "id=in.%281%2C2%29"),
        ];
        for (text, expected) in cases {
            assert_eq!(Parameters::decode(text).expect(text).canonical(), expected);
        }
    }

    #[test]
    fn parameters_go_where_they_belong() {
        let query = query(
            "select=id,a(x)&id=eq.1&a.x=gt.2&order=id&a.order=x.desc&or=(id.eq.1,id.eq.2)&a.and=(x.gt.1)\
             &a.limit=3&a.offset=1&columns=b,a,b&on_conflict=b,a",
        );
        assert_eq!(query.select.len(), 2);
        assert_eq!(query.filters.len(), 2);
        assert_eq!(query.filters[1].path, ["a"]);
        assert_eq!(query.order.len(), 2);
        assert_eq!(query.order[1].path, ["a"]);
        assert_eq!(query.logic.len(), 2);
        assert_eq!(
            query.embedded_ranges,
            [Located { path: vec!["a".to_owned()], value: RowRange { offset: 1, limit: Some(3) } }]
        );
        assert_eq!(query.columns, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(query.on_conflict, Some(vec!["b".to_owned(), "a".to_owned()]));
    }

    #[test]
    fn what_has_no_value_is_passed_over() {
        let query = query("select&id&order&and&limit");
        assert_eq!(
            query.select,
            [super::super::ast::SelectItem::Field(super::super::ast::SelectField::all())]
        );
        assert_eq!((query.filters.len(), query.order.len(), query.logic.len()), (0, 0, 0));
    }

    #[test]
    fn top_level_ranges() {
        let cases = [
            ("", (0, None)),
            ("limit=5", (0, Some(5))),
            ("offset=5", (5, None)),
            ("limit=5&offset=2", (2, Some(5))),
            ("limit=x&offset=y", (0, None)),
            ("limit=1&limit=2", (0, Some(2))),
            ("limit=-1", (0, Some(-1))),
            ("limit=99999999999999999999", (0, Some(i64::MAX))),
            ("limit=1.5", (0, None)),
        ];
        for (text, (offset, limit)) in cases {
            assert_eq!(read(text, READ).expect(text).1, RowRange { offset, limit }, "{text}");
        }
    }

    #[test]
    fn faults_come_in_postgrests_order() {
        let text = "on_conflict=!&id=x&select=a!&columns=!&or=x&order=!";
        let mut names = [
            "order",
            "logic tree",
            "columns parameter",
            "select parameter",
            "filter",
            "on_conflict parameter",
        ]
        .into_iter();
        let mut parameters: Vec<&str> = text.split('&').collect();
        while let Some(last) = parameters.last() {
            let Err(RequestError::Query { message, .. }) = read(&parameters.join("&"), READ) else {
                panic!("{parameters:?} has a fault at {last}");
            };
            let expected = format!("\"failed to parse {} (", names.next().expect("one name for each"));
            assert!(message.starts_with(&expected), "{message}");
            parameters.pop();
        }
    }

    #[test]
    fn arguments() {
        let usage = QueryUse { arguments: true, canonical: false };
        let (query, _) = read("a=1&id=eq.1&b=x+y&select=id&limit=2", usage).expect("a call");
        assert_eq!(query.arguments, [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "x y".to_owned())]);
        assert_eq!(query.filters.len(), 1);
    }
}

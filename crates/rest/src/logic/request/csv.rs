//! CSV as in RFC 4180. Lines may end with CR, LF or both; empty ones do not count.

use std::borrow::Cow;

/// Why a text is not CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum CsvFault {
    /// There is nothing, not even names.
    #[error("not enough input")]
    Empty,
    /// A quoted field does not end.
    #[error("a quoted field does not end")]
    OpenQuote,
    /// A quote within a field that does not begin with one, or something between a closing quote and the comma.
    #[error("a quote in the middle of a field")]
    StrayQuote,
}

/// All records, that of the names first.
pub(super) fn parse(text: &str) -> Result<Vec<Vec<Cow<'_, str>>>, CsvFault> {
    let mut records = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (record, after) = record(rest)?;
        let blank = matches!(record.as_slice(), [only] if only.is_empty());
        if !blank {
            records.push(record);
        }
        rest = after;
    }
    if records.is_empty() { Err(CsvFault::Empty) } else { Ok(records) }
}

/// One line, and what comes after it.
fn record(text: &str) -> Result<(Vec<Cow<'_, str>>, &str), CsvFault> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let (field, after) = field(rest)?;
        fields.push(field);
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None => return Ok((fields, end_of_line(after))),
        }
    }
}

fn end_of_line(text: &str) -> &str {
    let text = text.strip_prefix('\r').unwrap_or(text);
    text.strip_prefix('\n').unwrap_or(text)
}

/// One field, and what comes after it: a comma, the end of the line or nothing.
fn field(text: &str) -> Result<(Cow<'_, str>, &str), CsvFault> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', '\r', '\n', '"']).unwrap_or(text.len());
        let (field, rest) = text.split_at(end);
        return if rest.starts_with('"') {
            Err(CsvFault::StrayQuote)
        } else {
            Ok((Cow::Borrowed(field), rest))
        };
    };
    let mut field = Cow::Borrowed("");
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"').ok_or(CsvFault::OpenQuote)?;
        field += part;
        match after.strip_prefix('"') {
            Some(after) => {
                field += "\"";
                rest = after;
            }
            None if after.is_empty() || after.starts_with([',', '\r', '\n']) => return Ok((field, after)),
            None => return Err(CsvFault::StrayQuote),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        let cases = [
            ("a,b\n1,2", vec![vec!["a", "b"], vec!["1", "2"]]),
            ("a,b\r\n1,2\r\n", vec![vec!["a", "b"], vec!["1", "2"]]),
            ("a\r1\r", vec![vec!["a"], vec!["1"]]),
            ("a,b\n\n1,\n", vec![vec!["a", "b"], vec!["1", ""]]),
            ("\"a,\"\"b\"\"\",c\n\"x\ny\",", vec![vec!["a,\"b\"", "c"], vec!["x\ny", ""]]),
            (" a , b ", vec![vec![" a ", " b "]]),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).expect(text), expected, "{text}");
        }
        let faults = [
            ("", CsvFault::Empty),
            ("\n\n", CsvFault::Empty),
            ("a\n\"b", CsvFault::OpenQuote),
            ("a\nb\"c", CsvFault::StrayQuote),
            ("a\n\"b\"c", CsvFault::StrayQuote),
        ];
        for (text, fault) in faults {
            assert_eq!(parse(text), Err(fault), "{text}");
        }
    }
}

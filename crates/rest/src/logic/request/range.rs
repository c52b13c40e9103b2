//! The rows that are wanted at the top level: `limit`, `offset` and the `Range` header together.

use super::ast::RowRange;
use crate::error::{RangeFault, RequestError};

/// The `Range` header, `first-last` or `first-`, both counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeaderRange {
    first: i64,
    last: Option<i64>,
}

impl HeaderRange {
    /// What is no range asks for all rows.
    pub fn parse(header: &str) -> Self {
        let Some((first, last)) = header.split_once('-') else { return Self::default() };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if first.is_empty() || !digits(first) || !digits(last) {
            return Self::default();
        }
        let number = |text: &str| text.parse().unwrap_or(i64::MAX);
        Self { first: number(first), last: (!last.is_empty()).then(|| number(last)) }
    }

    fn is_empty(self) -> bool {
        self.last.is_some_and(|last| last < self.first)
    }
}

/// The rows that both the query string and the header ask for. None at all is an error, save for `limit=0`.
pub fn meet(query: RowRange, header: HeaderRange) -> Result<RowRange, RequestError> {
    if query.limit == Some(0) && query.offset == 0 {
        return Ok(query);
    }
    let last_of_query = query.limit.map(|limit| query.offset.saturating_add(limit.saturating_sub(1)));
    let first = query.offset.max(header.first);
    let last = match (last_of_query, header.last) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    match last {
        Some(_) if header.is_empty() => Err(RequestError::Range(RangeFault::LowerAboveUpper)),
        Some(last) if last < first => Err(RequestError::Range(RangeFault::NegativeLimit)),
        Some(last) => {
            Ok(RowRange { offset: first, limit: Some(last.saturating_sub(first).saturating_add(1)) })
        }
        None => Ok(RowRange { offset: first, limit: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_and_header_meet() {
        use RangeFault::{LowerAboveUpper, NegativeLimit};
        let cases = [
            ((0, None), "", Ok((0, None))),
            ((0, None), "0-1", Ok((0, Some(2)))),
            ((0, None), "3-", Ok((3, None))),
            ((0, None), "0-0", Ok((0, Some(1)))),
            ((0, None), "1-0", Err(LowerAboveUpper)),
            ((0, None), "items=0-1", Ok((0, None))),
            ((0, None), "-5", Ok((0, None))),
            ((0, None), "0-99999999999999999999", Ok((0, Some(i64::MAX)))),
            ((0, Some(3)), "0-1", Ok((0, Some(2)))),
            ((2, Some(3)), "", Ok((2, Some(3)))),
            ((2, Some(3)), "4-9", Ok((4, Some(1)))),
            ((2, Some(3)), "5-9", Err(NegativeLimit)),
            ((0, Some(0)), "", Ok((0, Some(0)))),
            ((0, Some(0)), "5-9", Ok((0, Some(0)))),
            ((3, Some(0)), "", Err(NegativeLimit)),
            ((0, Some(-1)), "", Err(NegativeLimit)),
            ((-4, None), "", Ok((0, None))),
            ((-4, Some(10)), "", Ok((0, Some(6)))),
            ((i64::MAX, Some(i64::MAX)), "", Ok((i64::MAX, Some(1)))),
            ((i64::MIN, Some(i64::MIN)), "", Err(NegativeLimit)),
        ];
        for ((offset, limit), header, expected) in cases {
            let met = meet(RowRange { offset, limit }, HeaderRange::parse(header));
            let expected = match expected {
                Ok((offset, limit)) => Ok(RowRange { offset, limit }),
                Err(fault) => Err(RequestError::Range(fault)),
            };
            assert_eq!(met, expected, "{offset} {limit:?} {header}");
        }
    }
}

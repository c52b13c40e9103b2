//! Pages of a list: from the query to limit and offset, and the `Link` header back.

use std::num::ParseIntError;

/// Rows of a page when the query does not say.
const DEFAULT_PER_PAGE: u64 = 50;

/// Why a page can't be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaginationError {
    /// Not a natural number.
    #[error("page and per_page must be natural numbers")]
    NotANumber,
    /// Pages of nothing.
    #[error("per_page must be at least 1")]
    EmptyPages,
}

impl From<ParseIntError> for PaginationError {
    fn from(_error: ParseIntError) -> Self {
        Self::NotANumber
    }
}

/// A page, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// Which page.
    pub(crate) number: u64,
    /// Rows of a page.
    pub(crate) size: u64,
}

impl Page {
    /// Reads `page` and `per_page`; page 0 is page 1.
    pub(crate) fn read(page: Option<&str>, per_page: Option<&str>) -> Result<Self, PaginationError> {
        let number = |text: Option<&str>, default: u64| match text {
            None | Some("") => Ok(default),
            Some(text) => text.parse::<u64>().map_err(PaginationError::from),
        };
        let page = Self { number: number(page, 1)?.max(1), size: number(per_page, DEFAULT_PER_PAGE)? };
        if page.size == 0 { Err(PaginationError::EmptyPages) } else { Ok(page) }
    }

    /// LIMIT and OFFSET, as far as Postgres can count.
    pub(crate) fn limit_and_offset(self) -> (i64, i64) {
        let bounded = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        (bounded(self.size), bounded((self.number - 1).saturating_mul(self.size)))
    }

    /// The header `Link`. `page` comes first: the official client takes the first `=` for that of the page.
    pub(crate) fn link(self, path: &str, total: u64, other_parameters: &str) -> String {
        let last = total.div_ceil(self.size);
        let url = |page: u64| format!("<{path}?page={page}{other_parameters}>");
        let next = if last > self.number {
            format!("{}; rel=\"next\", ", url(self.number + 1))
        } else {
            String::new()
        };
        format!("{next}{}; rel=\"last\"", url(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        let cases = [
            (None, None, Ok((50, 0))),
            (Some(""), Some(""), Ok((50, 0))),
            (Some("0"), None, Ok((50, 0))),
            (Some("3"), Some("10"), Ok((10, 20))),
            (Some("18446744073709551615"), Some("10"), Ok((10, i64::MAX))),
            (Some("-1"), None, Err(PaginationError::NotANumber)),
            (Some("x"), None, Err(PaginationError::NotANumber)),
            (None, Some("1.5"), Err(PaginationError::NotANumber)),
            (None, Some("0"), Err(PaginationError::EmptyPages)),
        ];
        for (page, per_page, expected) in cases {
            assert_eq!(
                Page::read(page, per_page).map(Page::limit_and_offset),
                expected,
                "{page:?} {per_page:?}"
            );
        }
    }

    #[test]
    fn links() {
        let page = |number, size| Page { number, size };
        let cases = [
            (page(1, 1), 3, "</u?page=2&a=b>; rel=\"next\", </u?page=3&a=b>; rel=\"last\""),
            (page(3, 1), 3, "</u?page=3&a=b>; rel=\"last\""),
            (page(1, 50), 0, "</u?page=0&a=b>; rel=\"last\""),
            (page(9, 50), 51, "</u?page=2&a=b>; rel=\"last\""),
        ];
        for (page, total, expected) in cases {
            assert_eq!(page.link("/u", total, "&a=b"), expected);
        }
    }
}

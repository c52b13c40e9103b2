//! Which of the two shapes of error a client reads, as it says in `X-Supabase-Api-Version`.

use chrono::NaiveDate;

/// The name of the header, in requests and answers.
pub(crate) const HEADER: &str = "x-supabase-api-version";

/// The shape of error answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiVersion {
    /// `{code: <http status>, error_code, msg}`
    Initial,
    /// `{code: <error code>, message}`
    V20240101,
}

/// The newest version that is not newer than the header's date; the oldest for a missing or unreadable one.
pub(crate) fn determine(header: Option<&str>) -> ApiVersion {
    let newer = NaiveDate::from_ymd_opt(2024, 1, 1);
    let date = header.and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
    if date.is_some() && date >= newer { ApiVersion::V20240101 } else { ApiVersion::Initial }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let cases = [
            (None, ApiVersion::Initial),
            (Some(""), ApiVersion::Initial),
            (Some("yesterday"), ApiVersion::Initial),
            (Some("2023-12-31"), ApiVersion::Initial),
            (Some("2024-01-01"), ApiVersion::V20240101),
            (Some("2026-11-21"), ApiVersion::V20240101),
        ];
        for (header, expected) in cases {
            assert_eq!(determine(header), expected, "{header:?}");
        }
    }
}

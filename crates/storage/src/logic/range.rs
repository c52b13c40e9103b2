//! The headers `Range`, `If-None-Match` and `If-Modified-Since`.

use std::ops::Range;

use chrono::{DateTime, Utc};

/// The bytes a `Range` header asks for of a file of this size; `None` when it can't be had. One range only, as upstream.
pub(crate) fn parse(header: &str, size: u64) -> Option<Range<u64>> {
    let (start, end) = header.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| -> Option<u64> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().ok() } else { None }
    };
    match (start, end) {
        ("", suffix) => {
            let length = number(suffix).filter(|length| *length > 0)?;
            (size > 0).then(|| size.saturating_sub(length)..size)
        }
        (start, end) => {
            let start = number(start).filter(|start| *start < size)?;
            let last = if end.is_empty() { size - 1 } else { number(end)? };
            (last >= start).then(|| start..last.min(size - 1) + 1)
        }
    }
}

/// Whether the client has it already.
pub(crate) fn is_unchanged(
    if_none_match: Option<&str>,
    if_modified_since: Option<&str>,
    etag: Option<&str>,
    modified: Option<DateTime<Utc>>,
) -> bool {
    if let Some(known) = if_none_match {
        let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        return known.trim() == "*"
            || etag.is_some_and(|etag| known.split(',').any(|tag| strong(tag) == strong(etag)));
    }
    let since = if_modified_since.and_then(|since| httpdate::parse_http_date(since).ok());
    // the header has whole seconds
    since
        .zip(modified)
        .is_some_and(|(since, modified)| modified.timestamp() <= DateTime::<Utc>::from(since).timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (header, expected) in [
            ("bytes=0-4", Some(0..5)),
            ("bytes=5-", Some(5..10)),
            ("bytes=9-9", Some(9..10)),
            ("bytes=0-999", Some(0..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=-30", Some(0..10)),
            ("bytes=10-", None),
            ("bytes=4-3", None),
            ("bytes=-0", None),
            ("bytes=-", None),
            ("bytes=a-b", None),
            ("bytes=+1-2", None),
            ("bytes=0-1,3-4", None),
            ("items=0-1", None),
            ("bytes=99999999999999999999-", None),
        ] {
            assert_eq!(parse(header, 10), expected, "{header}");
        }
        for header in ["bytes=0-", "bytes=0-0", "bytes=-1"] {
            assert_eq!(parse(header, 0), None, "{header}");
        }
    }

    #[test]
    fn what_the_client_has() {
        let modified = DateTime::parse_from_rfc3339("2026-11-21T12:00:00.5Z").unwrap().with_timezone(&Utc);
        let unchanged = |none_match, since| is_unchanged(none_match, since, Some("\"a\""), Some(modified));
        assert!(unchanged(Some("\"a\""), None));
        assert!(unchanged(Some("\"b\", W/\"a\""), None));
        assert!(unchanged(Some("*"), None));
        assert!(!unchanged(Some("\"b\""), None));
        assert!(unchanged(None, Some("Sat, 21 Nov 2026 12:00:00 GMT")));
        assert!(!unchanged(None, Some("Sat, 21 Nov 2026 11:59:59 GMT")));
        // the tag outranks the time
        assert!(!unchanged(Some("\"b\""), Some("Sat, 21 Nov 2026 12:00:00 GMT")));
        assert!(!unchanged(None, Some("yesterday")));
        assert!(!unchanged(None, None));
    }

    proptest::proptest! {
        #[test]
        fn a_range_lies_within_the_file(header in "(bytes=)?[0-9]{0,20}-[0-9]{0,20}|.*", size in 0_u64..100) {
            if let Some(range) = parse(&header, size) {
                proptest::prop_assert!(range.start < range.end && range.end <= size);
            }
        }
    }
}

//! Which media types a bucket takes.

/// Longest entry of a bucket's list, in bytes.
const LONGEST: usize = 1000;

/// Whether a bucket's list may say this: a type, `type/*`, or anything that ends with `*`, as upstream has it.
pub(crate) fn is_pattern(pattern: &str) -> bool {
    pattern.len() <= LONGEST && (pattern.ends_with('*') || is_type(pattern))
}

/// `type/subtype`, with a charset at most.
fn is_type(text: &str) -> bool {
    let (kind, parameter) = text.split_once(';').map_or((text, None), |(kind, rest)| (kind, Some(rest)));
    let word = |word: &str, also: &[u8]| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || also.contains(&byte))
    };
    let Some((first, second)) = kind.split_once('/') else { return false };
    let charset = parameter.is_none_or(|parameter| {
        parameter.trim_start().strip_prefix("charset=").is_some_and(|charset| word(charset, b"-"))
    });
    word(first, b"-+.") && word(second, b"-+.") && charset
}

/// Whether the list takes this type, whatever its parameters. An empty list takes all, and so does `*`.
pub(crate) fn is_allowed(mime_type: &str, patterns: &[String]) -> bool {
    if patterns.is_empty() || patterns.iter().any(|pattern| matches!(pattern.as_str(), "*" | "*/*")) {
        return true;
    }
    let bare = |kind: &str| kind.split(';').next().unwrap_or_default().trim().to_owned();
    let asked = bare(mime_type);
    patterns.iter().any(|pattern| match pattern.strip_suffix("/*") {
        Some(kind) => asked.split_once('/').is_some_and(|(first, _)| first == kind),
        None => bare(pattern) == asked && !asked.is_empty(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for pattern in [
            "image/png",
            "image/*",
            "*",
            "image/svg+xml",
            "text/plain; charset=utf-8",
            "text/plain;charset=x",
        ] {
            assert!(is_pattern(pattern), "{pattern}");
        }
        for pattern in
            ["", "image", "image/", "/png", "image/png/x", "im age/png", "text/plain; q=1", &"a".repeat(1001)]
        {
            assert!(!is_pattern(pattern), "{pattern}");
        }
    }

    #[test]
    fn what_a_bucket_takes() {
        let list = |patterns: &[&str]| patterns.iter().map(|&pattern| pattern.to_owned()).collect::<Vec<_>>();
        assert!(is_allowed("anything", &[]));
        assert!(is_allowed("image/png", &list(&["text/plain", "image/png"])));
        assert!(is_allowed("image/png", &list(&["image/*"])));
        assert!(is_allowed("image/png", &list(&["text/plain", "*"])));
        // clients add the charset by themselves
        assert!(is_allowed("text/plain;charset=UTF-8", &list(&["text/plain"])));
        assert!(is_allowed("text/plain; charset=utf-8", &list(&["text/*"])));
        assert!(is_allowed("text/plain", &list(&["text/plain;charset=x"])));
        for (mime_type, patterns) in [
            ("image/jpeg", &["image/png"][..]),
            ("image", &["image/*"]),
            ("", &["image/png"]),
            ("image/png/x", &["image/png"]),
            (";image/png", &["image/png"]),
        ] {
            assert!(!is_allowed(mime_type, &list(patterns)), "{mime_type}");
        }
    }
}

//! The header `X-Robots-Tag`, which an upload may bring and every download repeats.

use chrono::DateTime;

const SIMPLE: [&str; 8] =
    ["all", "noindex", "nofollow", "none", "nosnippet", "indexifembedded", "notranslate", "noimageindex"];
const PARAMETRIC: [&str; 4] = ["max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"];

/// What is wrong with a value, if anything.
pub(crate) fn check(value: &str) -> Result<(), String> {
    let mut rest = value.trim();
    if rest.is_empty() {
        return Err("X-Robots-Tag header value must be a non-empty string".to_owned());
    }
    while !rest.is_empty() {
        let (rule, after) = next_rule(rest);
        check_rule(rule)?;
        rest = after;
    }
    Ok(())
}

/// The next rule and what follows its comma. The date of `unavailable_after` has a comma of its own.
fn next_rule(text: &str) -> (&str, &str) {
    let is_date = text.starts_with("unavailable_after:");
    let mut commas = text.match_indices(',').map(|(at, _)| at);
    let end = commas.find(|at| !is_date || begins_a_rule(text.get(at + 1..).unwrap_or_default()));
    match end {
        None => (text.trim(), ""),
        Some(at) => {
            let (rule, after) = text.split_at(at);
            (rule.trim(), after.get(1..).unwrap_or_default().trim_start())
        }
    }
}

fn begins_a_rule(text: &str) -> bool {
    let word: &str = text.trim_start();
    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(word.len());
    let (name, after) = word.split_at(end);
    SIMPLE.contains(&name) || PARAMETRIC.contains(&name) || (!name.is_empty() && after.starts_with(':'))
}

fn check_rule(rule: &str) -> Result<(), String> {
    if rule.is_empty() {
        return Err("X-Robots-Tag header contains empty rule".to_owned());
    }
    if SIMPLE.contains(&rule) {
        return Ok(());
    }
    let Some((name, value)) = rule.split_once(':') else {
        return Err(format!("Invalid X-Robots-Tag rule: \"{rule}\""));
    };
    let (name, value) = (name.trim(), value.trim());
    if PARAMETRIC.contains(&name) {
        return check_parameter(name, value);
    }
    if value.is_empty() {
        return Err(format!("X-Robots-Tag user agent \"{name}\" has no rules specified"));
    }
    // after a crawler's name come rules for it
    check_rule(value)
}

fn check_parameter(name: &str, value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Err(format!("X-Robots-Tag rule \"{name}\" requires a value"));
    }
    let (valid, wanted) = match name {
        "max-image-preview" => {
            (matches!(value, "none" | "standard" | "large"), "must be one of: none, standard, large")
        }
        "unavailable_after" => (is_date(value), "must be a valid date"),
        _ => (value.parse::<i64>().is_ok_and(|number| number >= -1), "must be an integer >= -1"),
    };
    if valid { Ok(()) } else { Err(format!("X-Robots-Tag \"{name}\" value {wanted}, got: \"{value}\"")) }
}

fn is_date(text: &str) -> bool {
    // a wrong day of the week is no matter, as in browsers
    let undated = text.split_once(", ").map_or(text, |(_, date)| date);
    DateTime::parse_from_rfc2822(undated).is_ok()
        || DateTime::parse_from_rfc3339(text).is_ok()
        || httpdate::parse_http_date(text).is_ok()
        || chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
        || chrono::NaiveDateTime::parse_from_str(undated.trim_end_matches(" GMT"), "%d %b %Y %H:%M:%S")
            .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for value in [
            "none",
            "noindex, nofollow",
            "max-snippet: 10, noindex",
            "max-image-preview: large",
            "max-video-preview:-1",
            "unavailable_after: Wed, 03 Dec 2026 13:09:53 GMT, noindex",
            "unavailable_after: 2026-12-03",
            "googlebot: noindex",
        ] {
            assert_eq!(check(value), Ok(()), "{value}");
        }
        for value in [
            "",
            " ",
            "sometimes",
            "noindex,,nofollow",
            "max-snippet: -2",
            "max-snippet:",
            "max-image-preview: huge",
            "unavailable_after: soon",
            "googlebot:",
            "googlebot: sometimes",
        ] {
            assert!(check(value).is_err(), "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_right_or_wrong(text in ".*|(none|,| |:|max-snippet|unavailable_after|-1|x)*") {
            let _either = check(&text);
        }
    }
}

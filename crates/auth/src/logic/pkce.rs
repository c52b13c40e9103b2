//! The pair `code_challenge`, `code_challenge_method` by which a client announces the PKCE flow (RFC 7636).

use super::invalid::Invalid;

/// A challenge that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// The challenge as the client sent it.
    pub(crate) challenge: String,
    /// `s256` or `plain`: the enum's values in the database.
    pub(crate) method: &'static str,
}

/// `None` when the request does not use PKCE.
pub(crate) fn challenge(challenge: String, method: &str) -> Result<Option<Challenge>, Invalid> {
    match (challenge.is_empty(), method.is_empty()) {
        (true, true) => return Ok(None),
        (true, false) | (false, true) => return Err(Invalid::PkceIncomplete),
        (false, false) => {}
    }
    if !(43..=128).contains(&challenge.len()) {
        return Err(Invalid::PkceLength);
    }
    if !challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) {
        return Err(Invalid::PkceCharacters);
    }
    let method = match method.to_ascii_lowercase().as_str() {
        "s256" => "s256",
        "plain" => "plain",
        _ => return Err(Invalid::PkceMethod),
    };
    Ok(Some(Challenge { challenge, method }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges() {
        let good = "a".repeat(43);
        let cases = [
            ("", "", Ok(None)),
            (good.as_str(), "S256", Ok(Some("s256"))),
            (good.as_str(), "plain", Ok(Some("plain"))),
            (good.as_str(), "", Err(Invalid::PkceIncomplete)),
            ("", "plain", Err(Invalid::PkceIncomplete)),
            (good.as_str(), "md5", Err(Invalid::PkceMethod)),
            ("short", "s256", Err(Invalid::PkceLength)),
            (&"ä".repeat(30), "s256", Err(Invalid::PkceCharacters)),
        ];
        for (text, method, expected) in cases {
            let found = challenge(text.to_owned(), method).map(|found| found.map(|found| found.method));
            assert_eq!(found, expected, "{text} {method}");
        }
    }
}

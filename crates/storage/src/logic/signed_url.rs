//! What the token of a signed URL says, and whether it fits the request it comes with.

use base::identity::Claims;
use serde_json::{Value, json};

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Download,
    Upload,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::Upload => "upload",
        }
    }
}

/// Why a token does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// It is good for something else.
    Scope(Purpose),
    /// It is for another object.
    Path,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Scope(purpose) => write!(f, "Token is not scoped for {}", purpose.as_str()),
            Self::Path => f.write_str("Invalid signature"),
        }
    }
}

/// The claims of a token that downloads this object.
pub(crate) fn download(path: &str, now: i64, expires: i64) -> Value {
    json!({ "url": path, "scope": "download", "iat": now, "exp": expires })
}

/// The claims of a token that uploads this object, for the user who asked for it.
pub(crate) fn upload(path: &str, owner: Option<&str>, upsert: bool, now: i64, expires: i64) -> Value {
    json!({ "owner": owner, "url": path, "upsert": upsert, "scope": "upload", "iat": now, "exp": expires })
}

/// Whether a verified token is good for this object and purpose.
pub(crate) fn check(claims: &Claims, path: &str, purpose: Purpose) -> Result<(), Misfit> {
    if claims.text("scope") != Some(purpose.as_str()) {
        return Err(Misfit::Scope(purpose));
    }
    if claims.text("url") == Some(path) { Ok(()) } else { Err(Misfit::Path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_one_object_and_one_purpose() {
        let claims = |value: Value| Claims::parse(value.to_string().into_bytes()).unwrap();
        let reads = claims(download("b/a", 1, 2));
        let writes = claims(upload("b/a", Some("u"), true, 1, 2));
        assert_eq!(check(&reads, "b/a", Purpose::Download), Ok(()));
        assert_eq!(check(&writes, "b/a", Purpose::Upload), Ok(()));
        assert_eq!(check(&reads, "b/a", Purpose::Upload), Err(Misfit::Scope(Purpose::Upload)));
        assert_eq!(check(&writes, "b/a", Purpose::Download), Err(Misfit::Scope(Purpose::Download)));
        assert_eq!(check(&reads, "b/ab", Purpose::Download), Err(Misfit::Path));
        assert_eq!(check(&claims(json!({})), "", Purpose::Download), Err(Misfit::Scope(Purpose::Download)));
    }
}

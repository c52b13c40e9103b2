//! Why a request did not succeed, and how a refusal is read from an answer.

use reqwest::StatusCode;
use serde::Deserialize;

/// Why a request did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refused: 402 `PT402` beyond a quota, 409 `PT409` for what a state forbids, …
    #[error("{status}{}{code}: {message}", if .code.is_empty() { "" } else { " " })]
    Refused {
        /// HTTP status.
        status: u16,
        /// SQLSTATE or PGRST code; empty when the refusal is not the database's (a gateway, a proxy).
        code: String,
        /// What is wrong.
        message: String,
        /// The particulars, if there are any.
        details: Option<String>,
        /// What to do about it, if it is known.
        hint: Option<String>,
    },
    /// The server was not reached, or its answer broke off or took too long.
    #[error("the server can't be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The server accepted the request and answered with something else than what was asked for.
    #[error("the answer is not what was asked for")]
    Decode(#[source] serde_json::Error),
}

/// The error body of REST; the gateway's has only a message and a hint.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    code: String,
    message: String,
    details: Option<String>,
    hint: Option<String>,
}

impl Error {
    /// Whether a quota or an allowance is used up (`PT402`).
    pub fn is_quota_exceeded(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "PT402")
    }

    /// Reads what a server said besides a status that is no success. A body of another shape becomes the details.
    pub(crate) fn refused(status: StatusCode, body: &[u8]) -> Self {
        let Body { code, message, details, hint } = serde_json::from_slice(body).unwrap_or_else(|_| Body {
            code: String::new(),
            message: status.canonical_reason().unwrap_or("refused").to_owned(),
            details: Some(String::from_utf8_lossy(body).trim().to_owned()).filter(|text| !text.is_empty()),
            hint: None,
        });
        Self::Refused { status: status.as_u16(), code, message, details, hint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_what_was_said() {
        let body = br#"{"code": "PT402", "message": "quota", "details": "10 used", "hint": "wait"}"#;
        let error = Error::refused(StatusCode::PAYMENT_REQUIRED, body);
        assert!(error.is_quota_exceeded());
        assert_eq!(error.to_string(), "402 PT402: quota");
    }

    #[test]
    fn a_body_of_another_shape_becomes_the_details() {
        let error = Error::refused(StatusCode::BAD_GATEWAY, b"<html>no</html>\n");
        assert_eq!(error.to_string(), "502: Bad Gateway");
        assert!(matches!(error, Error::Refused { details: Some(text), .. } if text == "<html>no</html>"));
    }
}

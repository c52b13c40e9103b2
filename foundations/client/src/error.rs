//! Why a request did not succeed, and how a refusal is read from an answer.

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

/// Why a request did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server refused: REST's, auth's or the gateway's error.
    #[error("{status}{}{code}: {message}", if .code.is_empty() { "" } else { " " })]
    Refused {
        /// HTTP status.
        status: u16,
        /// SQLSTATE, PGRST code or auth's error code; empty when there is none.
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
    /// What was to be sent cannot be written as JSON.
    #[error("the request can't be written as JSON")]
    Encode(#[source] serde_json::Error),
    /// The server accepted a row and answered without it: the caller may write it but not read it.
    #[error("the server answered without the row")]
    NoRow,
    /// The project's URL is none.
    #[error("{0:?} is not an http or https URL")]
    Url(String),
    /// An update or a delete of every row was not meant.
    #[error("an update or delete without a filter would change every row")]
    Unfiltered,
}

/// The error bodies of REST, of auth (`error_code`, `msg`) and of the gateway (only a message and a hint).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    code: Value,
    error_code: Option<String>,
    message: Option<String>,
    msg: Option<String>,
    details: Option<String>,
    hint: Option<String>,
}

impl Error {
    /// Reads what a server said besides a status that is no success. A body of another shape becomes the details.
    pub(crate) fn refused(status: StatusCode, body: &[u8]) -> Self {
        let read: Body = serde_json::from_slice(body).unwrap_or_default();
        let code = read.error_code.or_else(|| read.code.as_str().map(str::to_owned)).unwrap_or_default();
        match read.message.or(read.msg) {
            Some(message) => Self::Refused {
                status: status.as_u16(),
                code,
                message,
                details: read.details,
                hint: read.hint,
            },
            None => Self::Refused {
                status: status.as_u16(),
                code,
                message: status.canonical_reason().unwrap_or("refused").to_owned(),
                details: Some(String::from_utf8_lossy(body).trim().to_owned())
                    .filter(|text| !text.is_empty()),
                hint: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (String, String, Option<String>, Option<String>) {
        match Error::refused(StatusCode::BAD_REQUEST, body.as_bytes()) {
            Error::Refused { code, message, details, hint, .. } => (code, message, details, hint),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn refusals_of_every_room_are_read() {
        assert_eq!(
            read(r#"{"code":"PT409","message":"no","details":"d","hint":"h"}"#),
            ("PT409".into(), "no".into(), Some("d".into()), Some("h".into()))
        );
        assert_eq!(
            read(r#"{"code":400,"error_code":"invalid_credentials","msg":"Invalid login credentials"}"#),
            ("invalid_credentials".into(), "Invalid login credentials".into(), None, None)
        );
        assert_eq!(read(r#"{"message":"no key"}"#), (String::new(), "no key".into(), None, None));
        assert_eq!(read(" <html>"), (String::new(), "Bad Request".into(), Some("<html>".into()), None));
        assert_eq!(read(""), (String::new(), "Bad Request".into(), None, None));
        assert_eq!(read("[1]").2, Some("[1]".into()));
    }
}

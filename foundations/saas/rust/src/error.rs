//! Why an operation did not succeed, and how a refusal is read from an answer.

use reqwest::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

/// Why an operation did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody has this id.
    #[error("User not found: {0}")]
    UserNotFound(Uuid),
    /// No job has this id.
    #[error("Job not found: {0}")]
    JobNotFound(Uuid),
    /// The server accepted the job and returned none.
    #[error("Failed to create job")]
    JobNotCreated,
    /// The server refused: 402 `PT402` beyond the quota, 409 `PT409` for what a job's state forbids, …
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
    /// The server accepted the request and answered with something else than the rows asked for.
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

//! What is wrong with a token: `PGRST3xx`.

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;

use super::Wire;

/// Why the caller of a request is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// There is a token and no key to verify it with.
    #[error("Server lacks JWT secret")]
    SecretMissing,
    /// The token is not a JWT, or no key of the server made it.
    #[error("{message}")]
    Decode {
        /// What is wrong.
        message: String,
        /// More of it.
        details: Option<String>,
    },
    /// There is no token and no anonymous role.
    #[error("Anonymous access is disabled")]
    TokenRequired,
    /// The token is genuine, but its claims forbid to use it here and now.
    #[error("{message}")]
    Claims {
        /// What is wrong.
        message: String,
    },
}

impl JwtError {
    pub(super) fn wire(&self) -> Wire {
        let message = self.to_string();
        match self {
            Self::SecretMissing => Wire::new(StatusCode::INTERNAL_SERVER_ERROR, "PGRST300", message),
            Self::Decode { details, .. } => {
                let mut wire = invalid_token("PGRST301", message);
                if let Some(details) = details {
                    wire = wire.details(details);
                }
                wire
            }
            Self::TokenRequired => {
                Wire::new(StatusCode::UNAUTHORIZED, "PGRST302", message).header(WWW_AUTHENTICATE, "Bearer")
            }
            Self::Claims { .. } => invalid_token("PGRST303", message),
        }
    }
}

fn invalid_token(code: &'static str, message: String) -> Wire {
    let challenge = format!("Bearer error=\"invalid_token\", error_description={message:?}");
    Wire::new(StatusCode::UNAUTHORIZED, code, message).header(WWW_AUTHENTICATE, &challenge)
}

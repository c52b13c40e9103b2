//! What is wrong with a token: `PGRST3xx`.

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;

use base::identity;

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
    /// The token asks for a role whose name no role can have.
    #[error("role \"{0}\" does not exist")]
    NoSuchRole(String),
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
            Self::TokenRequired => unauthorized("PGRST302", message).header(WWW_AUTHENTICATE, "Bearer"),
            // as Postgres says it of the others
            Self::NoSuchRole(_) => unauthorized("22023", message).header(WWW_AUTHENTICATE, "Bearer"),
            Self::Claims { .. } => invalid_token("PGRST303", message),
        }
    }
}

fn invalid_token(code: &'static str, message: String) -> Wire {
    let challenge = format!("Bearer error=\"invalid_token\", error_description={message:?}");
    unauthorized(code, message).header(WWW_AUTHENTICATE, &challenge)
}

fn unauthorized(code: &'static str, message: String) -> Wire {
    Wire::new(StatusCode::UNAUTHORIZED, code, message)
}

impl From<identity::JwtError> for JwtError {
    fn from(error: identity::JwtError) -> Self {
        use identity::JwtError as Fault;
        let decode = |message: &str, details: Option<&str>| Self::Decode {
            message: message.to_owned(),
            details: details.map(str::to_owned),
        };
        let claims = |message: &str| Self::Claims { message: message.to_owned() };
        match error {
            Fault::Empty => decode("Empty JWT is sent in Authorization header", None),
            Fault::Parts(parts) => decode(&format!("Expected 3 parts in JWT; got {parts}"), None),
            // an algorithm's name has no blanks: this one says why there is none
            Fault::Algorithm(name) if name.contains(' ') => {
                decode("JWT cryptographic operation failed", None)
            }
            Fault::Algorithm(name) => decode("Wrong or unsupported encoding algorithm", Some(&name)),
            Fault::Critical(name) => {
                let details = format!("The header parameter {name:?} is critical and not supported");
                decode("JWT couldn't be decoded", Some(&details))
            }
            Fault::NoSuitableKey => decode(
                "No suitable key or wrong key type",
                Some("No suitable key was found to decode the JWT"),
            ),
            Fault::Signature => decode(
                "No suitable key or wrong key type",
                Some("None of the keys was able to decode the JWT"),
            ),
            Fault::ClaimsNotObject => claims("Parsing claims failed"),
            Fault::NotNumber(name) => claims(&format!("The JWT '{name}' claim must be a number")),
            Fault::AudienceShape => claims("The JWT 'aud' claim must be a string or an array of strings"),
            Fault::Expired => claims("JWT expired"),
            Fault::NotYetValid => claims("JWT not yet valid"),
            Fault::IssuedInFuture => claims("JWT issued at future"),
            Fault::Audience => claims("JWT not in audience"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_says_what_is_wrong() {
        let wire = JwtError::from(identity::JwtError::Parts(2)).wire();
        let challenge = wire.headers.first().map(|(_, value)| value.as_bytes());
        let expected = r#"Bearer error="invalid_token", error_description="Expected 3 parts in JWT; got 2""#;
        assert_eq!((wire.code.as_ref(), challenge), ("PGRST301", Some(expected.as_bytes())));
        assert_eq!(JwtError::SecretMissing.wire().status, StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn a_critical_header_parameter_is_named() {
        let wire = JwtError::from(identity::JwtError::Critical("b64".to_owned())).wire();
        assert_eq!((wire.status.as_u16(), wire.code.as_ref()), (401, "PGRST301"));
        assert_eq!(wire.message, "JWT couldn't be decoded");
        let details = serde_json::json!("The header parameter \"b64\" is critical and not supported");
        assert_eq!(serde_json::to_value(&wire.details).unwrap(), details);
    }
}

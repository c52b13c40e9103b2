//! What the gateway itself refuses, in the shape of hosted Supabase's gateway: `{"message": …, "hint": …}`.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

/// Everything the gateway may answer by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("Invalid API key")]
    UnknownKey,
    #[error("no Route matched with those values")]
    NoRoute,
    #[error("The database can't be reached")]
    Unhealthy,
    #[error("The database is being replaced")]
    Replacing,
    #[error("An unexpected error occurred")]
    Panicked,
}

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::UnknownKey => StatusCode::UNAUTHORIZED,
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::Unhealthy | Self::Replacing => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::UnknownKey => {
                "Double check your publishable or secret key: `ferrobase status` prints both."
            }
            Self::NoRoute => "The routes are /rest/v1, /auth/v1, /storage/v1 and /health.",
            Self::Unhealthy => "See the server's log.",
            Self::Replacing => "It takes a moment: try again.",
            Self::Panicked => "The header x-request-id finds the cause in the server's log.",
        }
    }

    pub(crate) fn response(self) -> Response<Body> {
        let body = json!({ "message": self.to_string(), "hint": self.hint() }).to_string();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status();
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

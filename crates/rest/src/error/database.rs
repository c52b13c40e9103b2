//! What Postgres answers instead of a result, and what keeps it from answering: SQLSTATE and `PGRST0xx`.

use std::collections::BTreeMap;

use http::StatusCode;
use http::header::{HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Deserialize;

use super::{Wire, final_status, frames};

/// Seconds after which a client may try again when the server has no free connection.
const RETRY_AFTER_SECONDS: &str = "1";

/// Why the database gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseError {
    /// No connection could be made (000).
    #[error("Database connection error.")]
    Connect(#[source] Reason),
    /// The connection was lost on the way (001).
    #[error("Database client error. Retrying the connection.")]
    Lost(#[source] Reason),
    /// The schema cache was never loaded yet (002).
    #[error("Could not query the database for the schema cache. Retrying.")]
    NoSchemaCache,
    /// All connections stayed busy, or too many requests wait for one (003).
    #[error("Timed out acquiring connection from connection pool.")]
    Busy,
    /// The server's own fault: Postgres answered what it should not (X00).
    #[error("Unexpected answer of the database.")]
    Internal(#[source] Reason),
    /// Postgres refused.
    #[error(transparent)]
    Postgres(Box<PostgresError>),
}

/// What really happened: the source of an error, so that it reaches the log by `base::Cause` and never the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Reason(pub String);

/// An error that Postgres reported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PostgresError {
    /// SQLSTATE.
    pub code: String,
    /// `MESSAGE`
    pub message: String,
    /// `DETAIL`
    pub detail: Option<String>,
    /// `HINT`
    pub hint: Option<String>,
    /// Whether the request ran as somebody: then a missing privilege is 403, else 401.
    pub authenticated: bool,
}

/// What is wrong with a `RAISE SQLSTATE 'PGRST'` (121).
#[derive(Clone, Copy)]
enum RaiseFault {
    /// The message is not the JSON it should be.
    Message,
    /// The detail is not the JSON it should be.
    Detail,
    /// There is no detail.
    NoDetail,
}

/// The message of a `RAISE SQLSTATE 'PGRST'`.
#[derive(Deserialize)]
struct RaisedMessage {
    code: String,
    message: String,
    details: Option<String>,
    hint: Option<String>,
}

/// The detail of a `RAISE SQLSTATE 'PGRST'`.
#[derive(Deserialize)]
struct RaisedDetail {
    status: u16,
    /// The reason phrase.
    status_text: Option<String>,
    headers: BTreeMap<String, String>,
}

impl DatabaseError {
    /// What an error of the client of Postgres means for a request. `authenticated` says whether the request ran
    /// as somebody.
    pub fn new(error: pg::Error, authenticated: bool) -> Self {
        match error {
            pg::Error::Db(error) => Self::Postgres(Box::new(PostgresError {
                code: error.code,
                message: error.message,
                detail: error.detail,
                hint: error.hint,
                authenticated,
            })),
            error @ (pg::Error::Connect { .. }
            | pg::Error::Tls(_)
            | pg::Error::Auth { .. }
            | pg::Error::Config(_)) => Self::Connect(Reason(error.to_string())),
            error @ (pg::Error::Closed | pg::Error::PoolClosed | pg::Error::Timeout | pg::Error::Io(_)) => {
                Self::Lost(Reason(error.to_string()))
            }
            pg::Error::PoolTimeout { .. } | pg::Error::PoolFull => Self::Busy,
            error => Self::Internal(Reason(error.to_string())),
        }
    }

    pub(super) fn wire(&self) -> Wire {
        let message = self.to_string();
        let later =
            |status, code| Wire::new(status, code, message.clone()).header(RETRY_AFTER, RETRY_AFTER_SECONDS);
        let unavailable = |code| later(StatusCode::SERVICE_UNAVAILABLE, code);
        match self {
            Self::Connect(_) => unavailable("PGRST000"),
            Self::Lost(_) => unavailable("PGRST001"),
            Self::NoSchemaCache => unavailable("PGRST002"),
            Self::Busy => later(StatusCode::GATEWAY_TIMEOUT, "PGRST003"),
            Self::Internal(_) => Wire::new(StatusCode::INTERNAL_SERVER_ERROR, "PGRSTX00", message),
            Self::Postgres(error) if error.code == "PGRST" => error.raised(),
            Self::Postgres(error) => error.wire(),
        }
    }
}

impl PostgresError {
    fn wire(&self) -> Wire {
        let status = self.status();
        let mut wire = Wire::new(status, self.code.clone(), self.message.clone());
        wire.details = self.detail.clone().map(Into::into);
        wire.hint.clone_from(&self.hint);
        wire.reason_phrase = self.code.starts_with("PT").then(|| self.message.clone());
        match status {
            StatusCode::UNAUTHORIZED => wire.header(WWW_AUTHENTICATE, "Bearer"),
            StatusCode::SERVICE_UNAVAILABLE => wire.header(RETRY_AFTER, RETRY_AFTER_SECONDS),
            _ => wire,
        }
    }

    /// PostgREST's table: exact codes first, then classes.
    fn status(&self) -> StatusCode {
        use StatusCode as S;
        match self.code.as_str() {
            "23503" | "23505" => S::CONFLICT,
            "25006" => S::METHOD_NOT_ALLOWED,
            // pg-safeupdate refuses a statement of the client; else it is a fault in the database
            "21000" if self.message.ends_with("requires a WHERE clause") => S::BAD_REQUEST,
            // the body names a row twice
            "21000" if self.message.starts_with("ON CONFLICT DO UPDATE command cannot affect row") => {
                S::BAD_REQUEST
            }
            // the role of the token does not exist
            "22023" if self.message.starts_with("role") && self.message.ends_with("does not exist") => {
                S::UNAUTHORIZED
            }
            // a media type that the function's result cannot have
            "42883" if self.message.starts_with("function xmlagg(") => S::NOT_ACCEPTABLE,
            "42883" | "42P01" => S::NOT_FOUND,
            // a cast to a type that values cannot be read of
            "XX000" if self.message.starts_with("failed to find conversion function") => S::BAD_REQUEST,
            "21000" | "42P17" | "53400" => S::INTERNAL_SERVER_ERROR,
            "42501" if self.authenticated => S::FORBIDDEN,
            "42501" => S::UNAUTHORIZED,
            // Postgres ends, has crashed or starts
            "57P01" | "57P02" | "57P03" => S::SERVICE_UNAVAILABLE,
            // 54…: more columns, arguments or dimensions, or longer words, than there can be; the request says how many
            "54000" | "54011" | "54023" | "P0001" => S::BAD_REQUEST,
            code => match code.get(..2).unwrap_or_default() {
                "08" | "53" => S::SERVICE_UNAVAILABLE,
                "0L" | "0P" | "28" => S::FORBIDDEN,
                "09" | "25" | "2D" | "38" | "39" | "3B" | "40" | "54" | "55" | "57" | "58" | "F0" | "HV"
                | "P0" | "XX" => S::INTERNAL_SERVER_ERROR,
                "PT" => code
                    .get(2..)
                    .and_then(|status| status.parse().ok())
                    .and_then(final_status)
                    .unwrap_or(S::INTERNAL_SERVER_ERROR),
                _ => S::BAD_REQUEST,
            },
        }
    }

    /// `RAISE SQLSTATE 'PGRST'`: the database writes the whole response.
    fn raised(&self) -> Wire {
        let Ok(message) = serde_json::from_str::<RaisedMessage>(&self.message) else {
            return self.raise_fault(RaiseFault::Message);
        };
        let Some(detail) = &self.detail else {
            return self.raise_fault(RaiseFault::NoDetail);
        };
        let Ok(detail) = serde_json::from_str::<RaisedDetail>(detail) else {
            return self.raise_fault(RaiseFault::Detail);
        };
        let status = final_status(detail.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut wire = Wire::new(status, message.code, message.message);
        wire.reason_phrase = detail.status_text;
        wire.details = message.details.map(Into::into);
        wire.hint = message.hint;
        for (name, value) in &detail.headers {
            if let Some(name) = HeaderName::from_bytes(name.as_bytes()).ok().filter(|name| !frames(name)) {
                wire = wire.header(name, value);
            }
        }
        wire
    }

    fn raise_fault(&self, fault: RaiseFault) -> Wire {
        let details = match fault {
            RaiseFault::Message => format!("Invalid JSON value for MESSAGE: '{}'", self.message),
            RaiseFault::Detail => {
                format!("Invalid JSON value for DETAIL: '{}'", self.detail.as_deref().unwrap_or_default())
            }
            RaiseFault::NoDetail => "DETAIL is missing in the RAISE statement".to_owned(),
        };
        let hint = match fault {
            RaiseFault::Message => {
                "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: \
                 'details', 'hint'."
            }
            RaiseFault::Detail | RaiseFault::NoDetail => {
                "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: \
                 'status_text'."
            }
        };
        Wire::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "PGRST121",
            "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error",
        )
        .details(details)
        .hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postgres(code: &str, message: &str, detail: Option<&str>) -> DatabaseError {
        DatabaseError::Postgres(Box::new(PostgresError {
            code: code.to_owned(),
            message: message.to_owned(),
            detail: detail.map(str::to_owned),
            hint: None,
            authenticated: false,
        }))
    }

    #[test]
    fn the_reason_reaches_the_log_and_not_the_client() {
        let error = DatabaseError::Connect(Reason("10.0.0.7 refused the connection".to_owned()));
        assert!(base::Cause::of(&error).0.contains("10.0.0.7"));
        assert!(!error.to_string().contains("10.0.0.7"));
    }

    #[test]
    fn sqlstate_to_status() {
        let cases = [
            ("08006", 503),
            ("09000", 500),
            ("0L000", 403),
            ("0P000", 403),
            ("22P02", 400),
            ("23502", 400),
            ("23503", 409),
            ("23505", 409),
            ("25006", 405),
            ("25001", 500),
            ("28000", 403),
            ("2D000", 500),
            ("38000", 500),
            ("39000", 500),
            ("3B000", 500),
            ("40001", 500),
            ("42501", 401),
            ("42601", 400),
            ("42703", 400),
            ("42883", 404),
            ("42P01", 404),
            ("42P17", 500),
            ("53300", 503),
            ("53400", 500),
            ("54000", 400),
            ("54001", 500),
            ("54011", 400),
            ("55000", 500),
            ("57014", 500),
            ("57P01", 503),
            ("57P02", 503),
            ("57P03", 503),
            ("58000", 500),
            ("F0000", 500),
            ("HV000", 500),
            ("P0001", 400),
            ("P0002", 500),
            ("PT402", 402),
            ("PT999", 999),
            ("PTxyz", 500),
            ("PT001", 500),
            ("XX000", 500),
            ("21000", 500),
            ("22023", 400),
            ("", 400),
            ("é", 400),
        ];
        for (code, status) in cases {
            assert_eq!(postgres(code, "m", None).wire().status.as_u16(), status, "{code}");
        }
        let messages = [
            ("21000", "UPDATE requires a WHERE clause", 400),
            ("21000", "more than one row returned by a subquery used as an expression", 500),
            ("22023", "role \"x\" does not exist", 401),
            ("42883", "function xmlagg(integer) does not exist", 406),
        ];
        for (code, message, status) in messages {
            assert_eq!(postgres(code, message, None).wire().status.as_u16(), status, "{code} {message}");
        }
    }

    #[test]
    fn a_missing_privilege_challenges_only_the_anonymous() {
        let mut error = PostgresError {
            code: "42501".to_owned(),
            message: "permission denied".to_owned(),
            detail: None,
            hint: None,
            authenticated: false,
        };
        assert_eq!(error.wire().headers.len(), 1);
        error.authenticated = true;
        let wire = error.wire();
        assert_eq!((wire.status, wire.headers.len()), (StatusCode::FORBIDDEN, 0));
    }

    #[test]
    fn the_database_writes_the_whole_response() {
        let message = r#"{"code":"123","message":"ABC","details":"DEF","hint":"XYZ"}"#;
        let detail = r#"{"status":332,"status_text":"My Status","headers":{"X-Header":"str"}}"#;
        let wire = postgres("PGRST", message, Some(detail)).wire();
        assert_eq!(wire.status.as_u16(), 332);
        assert_eq!(
            (wire.code.as_ref(), wire.message.as_str(), wire.hint.as_deref()),
            ("123", "ABC", Some("XYZ"))
        );
        assert_eq!(wire.headers.len(), 1);
        let faults = [
            ("INVALID", Some(detail), "Invalid JSON value for MESSAGE: 'INVALID'"),
            (r#"{"code":"1"}"#, Some(detail), "Invalid JSON value for MESSAGE: '{\"code\":\"1\"}'"),
            (message, Some("INVALID"), "Invalid JSON value for DETAIL: 'INVALID'"),
            (message, None, "DETAIL is missing in the RAISE statement"),
        ];
        for (message, detail, expected) in faults {
            let wire = postgres("PGRST", message, detail).wire();
            assert_eq!((wire.status.as_u16(), wire.code.as_ref()), (500, "PGRST121"));
            assert_eq!(wire.details, Some(expected.into()));
        }
    }

    #[test]
    fn what_is_unavailable_says_when_to_come_back() {
        for (error, status) in [
            (DatabaseError::new(pg::Error::PoolFull, true), 504),
            (DatabaseError::new(pg::Error::Closed, true), 503),
            (DatabaseError::NoSchemaCache, 503),
            (postgres("53300", "too many clients", None), 503),
        ] {
            let wire = error.wire();
            assert_eq!(wire.status.as_u16(), status, "{error:?}");
            assert!(wire.headers.iter().any(|(name, _)| name == RETRY_AFTER), "{error:?}");
        }
    }
}

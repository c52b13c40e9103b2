//! What a client is told when Postgres refuses or fails.

use super::description::{Description, describe as answer, describe_plainly};

/// The answer to a failed statement.
fn describe_code(code: &str, error: &pg::DbError) -> Description {
    let same = |status, code, message: &'static str| answer(status, code, code, message);
    match code {
        "42501" if error.message.contains("row-level security") => {
            answer(403, "Unauthorized", "AccessDenied", "new row violates row-level security policy")
        }
        // a token's role that does not exist, or that nobody may become
        "42501" | "22023" | "42704" => answer(403, "Unauthorized", "AccessDenied", error.message.clone()),
        "23505" => answer(409, "Duplicate", "ResourceAlreadyExists", "The resource already exists"),
        "23503" if is_still_referenced(error) => same(
            409,
            "ResourceReferenced",
            "The resource could not be updated or removed due to a foreign key constraint",
        ),
        "23503" => same(404, "InvalidRequest", "The related resource does not exist"),
        "55P03" => answer(503, "acquiring_lock_timeout", "LockTimeout", "acquiring lock timeout"),
        "57014" => describe_plainly(
            544,
            "DatabaseTimeout",
            "DatabaseTimeout",
            "The connection to the database timed out",
        ),
        "25006" => same(
            503,
            "DatabaseReadOnly",
            "The database is currently in read-only mode. Please try again later.",
        ),
        "42P17" => {
            same(503, "DatabaseInvalidObjectDefinition", "The database schema is invalid or incompatible.")
        }
        "22P02" => answer(400, "InvalidParameter", "InvalidParameter", error.message.clone()),
        "42703" | "42P01" => same(
            503,
            "DatabaseSchemaMismatch",
            "The database schema is out of sync. Please run migrations or contact support.",
        ),
        "53300" => too_many_connections(),
        // the project's own triggers and constraints refuse, or the text is none that Postgres stores
        code if ["P0", "22", "23", "44"].iter().any(|class| code.starts_with(class)) => {
            answer(400, "DatabaseError", "DatabaseError", error.message.clone())
        }
        code => answer(500, "DatabaseError", "DatabaseError", format!("database error, code: {code}")),
    }
}

/// The answer when no statement could be run, or one failed.
pub(super) fn describe(error: &pg::Error) -> Description {
    match (error, error.db()) {
        (pg::Error::Db(_), Some(db)) => describe_code(&db.code, db),
        (_, Some(db)) if db.code == "53300" => too_many_connections(),
        (pg::Error::PoolFull | pg::Error::PoolTimeout { .. }, _) => too_many_connections(),
        (pg::Error::Timeout, _) => describe_plainly(
            544,
            "DatabaseTimeout",
            "DatabaseTimeout",
            "The connection to the database timed out",
        ),
        (pg::Error::Encode(_), _) => {
            answer(400, "InvalidParameter", "InvalidParameter", "Invalid Parameter value")
        }
        _ => answer(500, "Internal", "InternalError", "Internal Server Error"),
    }
}

fn is_still_referenced(error: &pg::DbError) -> bool {
    error.detail.as_deref().is_some_and(|detail| detail.contains("is still referenced from table"))
}

fn too_many_connections() -> Description {
    describe_plainly(429, "too_many_connections", "SlowDown", "Too many connections issued to the database")
}

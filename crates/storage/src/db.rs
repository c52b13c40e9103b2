//! The only place with SQL: statements over `sql/*.sql`, each sent in one flight, as the caller or as the service role.
//!
//! Connections are `authenticator`'s, which may do nothing itself: a flight says first who it is for.

pub(crate) mod buckets;
pub(crate) mod listing;
pub(crate) mod objects;
pub(crate) mod versions;

use std::sync::Arc;

use pg::{Begin, Flight, Isolation, Outcome, Pool, Row, Statement};

use crate::error::Error;

/// The statement in `sql/<name>.sql`.
macro_rules! statement {
    ($name:literal) => {
        pg::Statement::new(include_str!(concat!("../../sql/", $name, ".sql")))
    };
}
use statement;

/// The role that the room's own statements run as; it bypasses row level security.
const SERVICE_ROLE: &str = "service_role";
const SERVICE_CLAIMS: &str = r#"{"role":"service_role"}"#;

/// Who statements run as, and what triggers and policies are told of the request.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) role: String,
    pub(crate) token: String,
    /// The token's claims, byte for byte.
    pub(crate) claims: Arc<str>,
    /// The token's subject: who owns what is uploaded.
    pub(crate) subject: Option<String>,
    pub(crate) headers: Arc<str>,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) operation: &'static str,
}

impl Scope {
    /// The room itself, without a request.
    pub(crate) fn of_room() -> Self {
        Self {
            role: SERVICE_ROLE.to_owned(),
            token: String::new(),
            claims: SERVICE_CLAIMS.into(),
            subject: None,
            headers: "{}".into(),
            method: String::new(),
            path: String::new(),
            operation: "",
        }
    }

    /// The same request in the room's own name.
    pub(crate) fn as_service(&self) -> Self {
        Self {
            role: SERVICE_ROLE.to_owned(),
            token: String::new(),
            claims: SERVICE_CLAIMS.into(),
            subject: None,
            ..self.clone()
        }
    }

    fn statement(&self) -> Statement {
        Statement::new(include_str!("../sql/set_scope.sql"))
            .bind(self.role.as_str())
            .bind(self.token.as_str())
            .bind(self.subject.as_deref().unwrap_or_default())
            .bind(&*self.claims)
            .bind(&*self.headers)
            .bind(self.method.as_str())
            .bind(self.path.as_str())
            .bind(self.operation)
    }
}

/// Statements that make one transaction and one round trip.
pub(crate) struct Work<'a> {
    scope: &'a Scope,
    flight: Flight,
    role: String,
}

impl<'a> Work<'a> {
    /// Statements of the caller.
    pub(crate) fn of(scope: &'a Scope) -> Self {
        // each statement sees what the transactions it waited for have left, whatever the database's default
        let begin = Begin::read_write().isolation(Isolation::ReadCommitted);
        let mut work = Self { scope, flight: Flight::transaction(begin), role: String::new() };
        work.as_caller();
        work
    }

    /// What follows is the caller's.
    pub(crate) fn as_caller(&mut self) {
        self.role.clone_from(&self.scope.role);
        self.flight.push(self.scope.statement());
    }

    /// What follows is the room's own.
    pub(crate) fn as_service(&mut self) {
        SERVICE_ROLE.clone_into(&mut self.role);
        self.flight.push(self.scope.as_service().statement());
    }

    /// Adds a statement; returns the index of its result.
    pub(crate) fn push(&mut self, statement: Statement) -> usize {
        self.flight.push(statement.cache_key_role(&self.role))
    }

    /// Tries what the caller may do: whatever `attempt` adds is undone, its failure is the failure of all.
    pub(crate) fn attempt(&mut self, attempt: impl FnOnce(&mut Self)) {
        let before = self.role.clone();
        self.flight.push(Statement::new("savepoint attempt"));
        attempt(self);
        self.flight.push(Statement::new("rollback to savepoint attempt"));
        // the role, a local setting, is again what it was
        self.role = before;
    }

    /// Sends it all.
    pub(crate) async fn run(self, pool: &Pool) -> Result<Answers, Error> {
        Ok(Answers(pool.run(self.flight).await?))
    }

    /// Sends it all and undoes it.
    pub(crate) async fn run_and_undo(self, pool: &Pool) -> Result<Answers, Error> {
        Ok(Answers(pool.run(self.flight.end_with_rollback()).await?))
    }
}

/// What the statements of a [`Work`] brought back.
pub(crate) struct Answers(Outcome);

impl Answers {
    /// The rows of the statement at `index`.
    pub(crate) fn rows(&self, index: usize) -> &[Row] {
        self.0.results.get(index).map_or(&[], |result| result.rows.as_slice())
    }

    /// The first row of the statement at `index`.
    pub(crate) fn row(&self, index: usize) -> Option<&Row> {
        self.rows(index).first()
    }

    /// How many rows the statement at `index` inserted, changed or deleted.
    pub(crate) fn affected(&self, index: usize) -> u64 {
        self.0.results.get(index).map_or(0, |result| result.affected)
    }

    /// The texts in a column, as the elements of a JSON array.
    pub(crate) fn json_array(&self, index: usize, column: usize) -> String {
        let elements: Vec<&str> = self.rows(index).iter().filter_map(|row| row.text(column)).collect();
        format!("[{}]", elements.join(","))
    }
}

/// The subject as the column `owner` takes it: upstream keeps only UUIDs there.
fn owner_uuid(subject: Option<&str>) -> Option<uuid::Uuid> {
    subject.and_then(|subject| uuid::Uuid::try_parse(subject).ok())
}

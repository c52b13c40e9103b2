//! The only place with SQL: statements over `sql/*.sql`, and the unit of work that sends them in one flight.
//!
//! It knows rows, not HTTP: a failure says which [`Step`] it happened in, `error.rs` says what a client reads.

pub(crate) mod records;
pub(crate) mod sessions;
pub(crate) mod users;

use pg::{Begin, Flight, Isolation, Outcome, Pool, Row, Statement};

use crate::error::{Error, Step};
use crate::logic::session::Session;
use crate::logic::user::User;

/// The statement in `sql/<name>.sql`.
macro_rules! statement {
    ($name:literal) => {
        pg::Statement::new(include_str!(concat!("../../sql/", $name, ".sql")))
    };
}
use statement;

/// Statements that make one transaction and one round trip, each with what it is for.
pub(crate) struct Work {
    flight: Flight,
    steps: Vec<Step>,
}

impl Work {
    /// A single question.
    pub(crate) fn ask(step: Step, statement: Statement) -> Self {
        Self { flight: Flight::from(statement), steps: vec![step] }
    }

    /// Several questions that do not depend on one another.
    pub(crate) fn questions() -> Self {
        Self { flight: Flight::new(), steps: Vec::new() }
    }

    /// Several statements that happen together or not at all. Each sees what the transactions it waited for have left,
    /// whatever isolation the database has made its default.
    pub(crate) fn transaction() -> Self {
        Self {
            flight: Flight::transaction(Begin::read_write().isolation(Isolation::ReadCommitted)),
            steps: Vec::new(),
        }
    }

    /// Adds a statement; returns the index of its result.
    pub(crate) fn push(&mut self, step: Step, statement: Statement) -> usize {
        self.steps.push(step);
        self.flight.push(statement)
    }

    /// Whether there is nothing to send.
    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Sends it all.
    pub(crate) async fn run(self, pool: &Pool) -> Result<Answers, Error> {
        match pool.run(self.flight).await {
            Ok(outcome) => Ok(Answers { outcome, steps: self.steps }),
            Err(source) => {
                let failed = source.db().and_then(|error| error.statement);
                // a constraint that is checked at commit belongs to what the work began with
                let step = failed.and_then(|index| self.steps.get(index)).or(self.steps.first());
                Err(Error::database(step.copied().unwrap_or(Step::QuerySchema), source))
            }
        }
    }
}

/// What the statements of a [`Work`] brought back.
pub(crate) struct Answers {
    outcome: Outcome,
    steps: Vec<Step>,
}

impl Answers {
    /// The rows of the statement at `index`.
    pub(crate) fn rows(&self, index: usize) -> &[Row] {
        self.outcome.results.get(index).map_or(&[], |result| result.rows.as_slice())
    }

    /// The user of the statement at `index`, which is one of the `find_…` statements.
    pub(crate) fn user(&self, index: usize) -> Result<Option<User>, Error> {
        self.rows(index).first().map(read_user).transpose()
    }

    /// A value of the first row of the statement at `index`; `None` when it has no row.
    pub(crate) fn value<T: pg::FromText>(&self, index: usize, column: usize) -> Result<Option<T>, Error> {
        let step = self.steps.get(index).copied().unwrap_or(Step::QuerySchema);
        let value = self.rows(index).first().map(|row| row.get(column));
        value.transpose().map_err(|source| Error::database(step, source))
    }
}

/// A user in the first three columns.
pub(crate) fn read_user(row: &Row) -> Result<User, Error> {
    let text = |column| row.text(column).unwrap_or_default();
    User::assemble(text(0), text(1), text(2)).map_err(Error::Row)
}

/// A session in that column, if there is one.
pub(crate) fn read_session(row: &Row, column: usize) -> Result<Option<Session>, Error> {
    row.text(column).map(serde_json::from_str).transpose().map_err(Error::Row)
}

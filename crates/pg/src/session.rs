//! The flight: statements that travel to Postgres together, with one Sync, in one transaction.
//!
//! Plain descriptions only; sending them is the business of the wire.

use std::hash::BuildHasher;
use std::sync::Arc;

use bytes::Bytes;

use crate::error::DbError;
use crate::params::Params;
use crate::row::Row;
use crate::value::Param;

/// Text of a statement: static, or shared between the callers and the statement caches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqlText {
    /// Text that lives as long as the program.
    Static(&'static str),
    /// Text that several statements share.
    Shared(Arc<str>),
    /// Text made for this one; only copied when the statement is prepared.
    Own(String),
}

impl SqlText {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Static(text) => text,
            Self::Shared(text) => text,
            Self::Own(text) => text,
        }
    }
}

impl From<&'static str> for SqlText {
    fn from(text: &'static str) -> Self {
        Self::Static(text)
    }
}

impl From<Arc<str>> for SqlText {
    fn from(text: Arc<str>) -> Self {
        Self::Shared(text)
    }
}

impl From<&Arc<str>> for SqlText {
    fn from(text: &Arc<str>) -> Self {
        Self::Shared(Arc::clone(text))
    }
}

impl From<String> for SqlText {
    fn from(text: String) -> Self {
        Self::Own(text)
    }
}

/// One statement with its parameters. Prepared on the server once per connection, text and cache role.
#[derive(Clone, Debug)]
pub struct Statement {
    pub(crate) sql: SqlText,
    pub(crate) params: Params,
    /// Hash of the cache role; only divides the cache, so a collision costs a plan and nothing else.
    pub(crate) role: u64,
}

impl Statement {
    /// A statement without parameters yet.
    pub fn new(sql: impl Into<SqlText>) -> Self {
        Self { sql: sql.into(), params: Params::default(), role: 0 }
    }

    /// Adds the next parameter (`$1`, `$2`, …).
    #[must_use]
    pub fn bind(mut self, value: impl Into<Param>) -> Self {
        self.params.push(value.into());
        self
    }

    /// Adds parameters in order.
    #[must_use]
    pub fn bind_all<P: Into<Param>>(mut self, values: impl IntoIterator<Item = P>) -> Self {
        self.params.extend(values);
        self
    }

    /// With these parameters, in place of any bound before.
    #[must_use]
    pub fn with_params(mut self, params: Params) -> Self {
        self.params = params;
        self
    }

    /// Keeps a separate prepared statement for this role. Postgres plans again whenever the role of a
    /// statement under row level security changes; with one statement per role it keeps its plans.
    #[must_use]
    pub fn cache_key_role(mut self, role: &str) -> Self {
        self.role = foldhash::fast::FixedState::default().hash_one(role);
        self
    }

    /// The statement's text.
    pub fn sql(&self) -> &str {
        self.sql.as_str()
    }

    /// The parameters bound so far.
    pub fn params(&self) -> &Params {
        &self.params
    }
}

/// Isolation level of an explicit transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// `read committed`
    ReadCommitted,
    /// `repeatable read`
    RepeatableRead,
    /// `serializable`
    Serializable,
}

/// How an explicit transaction begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Begin {
    isolation: Option<Isolation>,
    read_only: bool,
}

impl Begin {
    /// A transaction that may write.
    pub fn read_write() -> Self {
        Self::default()
    }

    /// A transaction that may not write.
    pub fn read_only() -> Self {
        Self { isolation: None, read_only: true }
    }

    /// With this isolation level instead of the role's default.
    #[must_use]
    pub fn isolation(mut self, level: Isolation) -> Self {
        self.isolation = Some(level);
        self
    }

    fn sql(self) -> &'static str {
        match (self.isolation, self.read_only) {
            (None, false) => "begin",
            (None, true) => "begin read only",
            (Some(Isolation::ReadCommitted), false) => "begin isolation level read committed",
            (Some(Isolation::ReadCommitted), true) => "begin isolation level read committed read only",
            (Some(Isolation::RepeatableRead), false) => "begin isolation level repeatable read",
            (Some(Isolation::RepeatableRead), true) => "begin isolation level repeatable read read only",
            (Some(Isolation::Serializable), false) => "begin isolation level serializable",
            (Some(Isolation::Serializable), true) => "begin isolation level serializable read only",
        }
    }
}

/// Statements that make one network round trip and one transaction.
///
/// They all happen or none does. After an error the server skips the rest.
#[derive(Clone, Debug, Default)]
pub struct Flight {
    /// What is sent, with BEGIN in front and COMMIT behind for an explicit transaction.
    pub(crate) statements: Vec<Statement>,
    /// The ending of an explicit transaction.
    pub(crate) ending: Option<Statement>,
}

impl Flight {
    /// In an implicit transaction: Postgres commits at the Sync.
    pub fn new() -> Self {
        Self::default()
    }

    /// In an explicit transaction, where isolation or access mode matter: `BEGIN …`, the statements,
    /// `COMMIT`, still in one round trip.
    pub fn transaction(begin: Begin) -> Self {
        Self { statements: vec![Statement::new(begin.sql())], ending: Some(Statement::new("commit")) }
    }

    /// Ends an explicit transaction with `ROLLBACK` instead: its results are reported, its effects undone.
    /// An implicit flight becomes an explicit one.
    #[must_use]
    pub fn end_with_rollback(mut self) -> Self {
        if self.ending.is_none() {
            self.statements.insert(0, Statement::new(Begin::default().sql()));
        }
        self.ending = Some(Statement::new("rollback"));
        self
    }

    /// Adds a statement; returns the index of its result.
    pub fn push(&mut self, statement: Statement) -> usize {
        self.statements.push(statement);
        self.statements.len() - 1 - self.offset()
    }

    /// Number of statements pushed.
    pub fn len(&self) -> usize {
        self.statements.len() - self.offset()
    }

    /// Whether nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many statements precede the first that was pushed.
    pub(crate) fn offset(&self) -> usize {
        usize::from(self.ending.is_some())
    }

    /// Whether the other has the same statements for the same roles, and differs at most in its values.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .steps()
                .zip(other.steps())
                .all(|(one, other)| one.role == other.role && one.sql() == other.sql())
    }

    /// Everything that is sent, in order.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().chain(&self.ending)
    }
}

impl From<Statement> for Flight {
    fn from(statement: Statement) -> Self {
        Self { statements: vec![statement], ending: None }
    }
}

/// What a flight brought back.
#[derive(Debug, Default)]
pub struct Outcome {
    /// One result per statement, in order of `push`.
    pub results: Vec<StatementResult>,
    /// Notices and warnings, in order.
    pub notices: Vec<DbError>,
}

/// What a script said in a [`Session`](crate::Session): also what it said before it failed.
#[derive(Debug, Default)]
pub struct Said {
    /// One result for each statement that completed.
    pub results: Vec<StatementResult>,
    /// Notices and warnings, in order.
    pub notices: Vec<DbError>,
    /// Why the rest did not run.
    pub error: Option<Box<DbError>>,
}

/// Name of a column, as described for simple queries.
pub type ColumnName = Arc<str>;

/// What one statement brought back.
#[derive(Clone, Debug, Default)]
pub struct StatementResult {
    /// The rows.
    pub rows: Vec<Row>,
    /// Rows inserted, updated, deleted, selected … as told by the command tag; 0 when it tells none.
    pub affected: u64,
    /// The command tag, for example `INSERT 0 1`.
    pub tag: Tag,
    /// Names of the columns; only of simple queries, flights are positional.
    pub columns: Option<Arc<[ColumnName]>>,
}

/// A command tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag(pub(crate) Bytes);

impl Tag {
    /// The tag's text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The number at the end of the tag.
    pub(crate) fn affected(&self) -> u64 {
        let digits = self.0.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let text = self.0.get(self.0.len() - digits..).unwrap_or_default();
        text.iter().fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    }
}

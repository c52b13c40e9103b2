//! One file run: as one transaction, or as few as Postgres allows.

use pg::{Client, Flight, Statement as Query};

use super::error::{Error, StatementError};
use super::stand_in::{self, Provided};
use super::statements::{self, Statement, Unsuitable};
use super::{install, lexer, split};

/// A file, taken apart.
#[derive(Debug)]
pub(super) struct Script<'a> {
    file: &'a str,
    sql: &'a str,
    statements: Vec<Statement<'a>>,
    parts: Vec<Part>,
}

/// Statements that are run together.
#[derive(Debug, Default, PartialEq, Eq)]
struct Part {
    /// Their numbers in the file; `None` where the file's own commit would end what was set for its transaction.
    statements: Vec<Option<usize>>,
    /// Whether it is a statement that Postgres refuses in a transaction.
    is_alone: bool,
}

impl<'a> Script<'a> {
    /// Takes a file apart, or says which statement cannot be part of one.
    pub(super) fn parse(file: &'a str, sql: &'a str) -> Result<Self, Error> {
        let statements = split(sql);
        let unsuitable = |statement: &Statement<'_>, reason| {
            let (line, column) = statements::position(sql, statement.start);
            Err(Error::Unsuitable { file: file.to_owned(), line, column, reason })
        };
        let mut is_framed = false;
        for statement in &statements {
            if let Some(reason) = statement.unsuitable() {
                return unsuitable(statement, reason);
            }
            if statement.is_transaction_frame() {
                is_framed = statement.begins_transaction();
            } else if is_framed && statement.stands_alone() {
                return unsuitable(statement, Unsuitable::framed(statement));
            }
        }
        let parts = parts(&statements);
        Ok(Self { file, sql, statements, parts })
    }

    /// Runs the file and its record. What is run together is one transaction and one round trip.
    pub(super) async fn run(
        &self,
        client: &mut Client,
        record: Option<Query>,
        roles_may_exist: bool,
    ) -> Result<(), Error> {
        let provided = read_provided(client, &self.statements).await?;
        let mut record = record;
        let last = self.parts.len().checked_sub(1);
        for (number, part) in self.parts.iter().enumerate() {
            let record = if part.is_alone || Some(number) != last { None } else { record.take() };
            let mut flight = Flight::new();
            if number == 0 {
                // what an earlier file set for its session must not be felt by this one
                flight.push(Query::new("reset role"));
                flight.push(Query::new("reset all"));
            }
            if part.is_alone && number == 0 {
                client.run(std::mem::take(&mut flight)).await?;
            }
            let is_begun = !part.is_alone && self.needs_begin(part);
            if is_begun {
                flight.push(Query::new("begin"));
            }
            let before = flight.len();
            for number in &part.statements {
                flight.push(match number.and_then(|number| self.statements.get(number)) {
                    Some(statement) => Query::new(text(statement, &provided, roles_may_exist)),
                    None => Query::new("reset role"),
                });
            }
            if let Some(record) = record {
                // the file may have become somebody else
                flight.push(Query::new("reset role"));
                flight.push(record);
            }
            if is_begun {
                flight.push(Query::new("commit"));
            }
            if let Err(error) = self.send(client, flight, part, before, number > 0).await {
                if is_begun {
                    client.run(Flight::from(Query::new("rollback"))).await?;
                }
                return Err(error);
            }
        }
        if let Some(record) = record {
            client.run(Flight::from(Query::new("reset role"))).await?;
            client.run(Flight::from(record)).await?;
        }
        Ok(())
    }

    fn needs_begin(&self, part: &Part) -> bool {
        let mut statements =
            part.statements.iter().flatten().filter_map(|number| self.statements.get(*number));
        statements.any(Statement::needs_begin)
    }

    async fn send(
        &self,
        client: &mut Client,
        flight: Flight,
        part: &Part,
        before: usize,
        is_kept_before: bool,
    ) -> Result<(), Error> {
        match client.run(flight).await {
            Ok(_) => Ok(()),
            Err(pg::Error::Db(db)) => {
                let failed = db.statement.and_then(|index| part.statements.get(index.checked_sub(before)?));
                let failed = failed.copied().flatten();
                Err(Error::Statement(Box::new(self.describe(failed, is_kept_before, db))))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn describe(
        &self,
        failed: Option<usize>,
        is_kept_before: bool,
        mut db: Box<pg::DbError>,
    ) -> StatementError {
        if let Some(hint) = install::hint(&db.message) {
            db.hint = Some(hint);
        }
        let statement = failed.and_then(|number| self.statements.get(number));
        let offset =
            statement.map_or(0, |statement| statement.start + offset_in(statement.text, db.position));
        StatementError {
            number: failed.map(|number| number + 1),
            statement: statement.map(|statement| statement.text.to_owned()),
            is_kept_before,
            ..failure_at(self.file, self.sql, offset, db)
        }
    }
}

/// Where Postgres forces a commit: around what refuses a transaction, and at the file's own commit after
/// an enum got a value. Everything else is one part, whatever `begin` and `commit` the file has; without any
/// statement there is one empty part.
fn parts(statements: &[Statement<'_>]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut now = Part::default();
    let mut has_new_value = false;
    let keeps_role = statements.iter().any(Statement::sets_role_of_session);
    for (number, statement) in statements.iter().enumerate() {
        if statement.stands_alone() {
            if !now.statements.is_empty() {
                parts.push(std::mem::take(&mut now));
            }
            parts.push(Part { statements: vec![Some(number)], is_alone: true });
            has_new_value = false;
        } else if !statement.is_transaction_frame() {
            has_new_value |= statement.adds_enum_value();
            now.statements.push(Some(number));
        } else if has_new_value && !statement.begins_transaction() {
            parts.push(std::mem::take(&mut now));
            has_new_value = false;
        } else if !statement.begins_transaction() && !keeps_role {
            now.statements.push(None);
        }
    }
    while now.statements.last() == Some(&None) {
        now.statements.pop();
    }
    if !now.statements.is_empty() || parts.is_empty() {
        parts.push(now);
    }
    parts
}

/// A statement as it is sent.
fn text(statement: &Statement<'_>, provided: &Provided, roles_may_exist: bool) -> String {
    let call = stand_in::call(statement.text, provided);
    if roles_may_exist && statement.creates_role() {
        let creates = call.map_or_else(|| statement.text.to_owned(), |call| stand_in::performed(&call));
        return format!(
            "do $ferrobase$ begin {creates}\n; exception when duplicate_object then null; end $ferrobase$"
        );
    }
    call.unwrap_or_else(|| statement.text.to_owned())
}

/// What the database has functions for in place of statements; not asked for a file that has none of these.
async fn read_provided(client: &mut Client, statements: &[Statement<'_>]) -> Result<Provided, Error> {
    if !statements.iter().any(|statement| stand_in::concerns(statement.text)) {
        return Ok(Provided::default());
    }
    let rows = client.query(include_str!("../../sql/migrate_stand_ins.sql"), &[]).await?;
    let Some(row) = rows.first() else { return Ok(Provided::default()) };
    let mut provided = Provided {
        surfaces: Vec::new(),
        event_triggers: row.get(1)?,
        publications: row.get(2)?,
        role_attributes: row.get(3)?,
    };
    if row.get(0)? {
        let rows = client.query(include_str!("../../sql/migrate_surfaces.sql"), &[]).await?;
        provided.surfaces = rows.iter().map(|row| row.get(0)).collect::<Result<_, pg::Error>>()?;
    }
    Ok(provided)
}

/// Where in a text that was sent as it is the server found something wrong, after this many of its statements had
/// completed: where it says no place, it is the beginning of the next.
pub fn locate(file: &str, sql: &str, completed: usize, db: Box<pg::DbError>) -> StatementError {
    let offset = match (db.position, statements::split(sql).get(completed)) {
        (None, Some(failed)) => failed.start + offset_in(failed.text, None),
        _ => offset_in(sql, db.position),
    };
    failure_at(file, sql, offset, db)
}

/// What failed at this byte of a file, of no statement in particular.
fn failure_at(file: &str, sql: &str, offset: usize, db: Box<pg::DbError>) -> StatementError {
    let (line, column) = statements::position(sql, offset);
    StatementError {
        file: file.to_owned(),
        line,
        column,
        line_text: sql.lines().nth(line - 1).unwrap_or_default().to_owned(),
        number: None,
        statement: None,
        is_kept_before: false,
        db,
    }
}

/// Where the server's position (in characters, from 1) lies in the statement, in bytes; without one, where its
/// first word is.
fn offset_in(statement: &str, position: Option<u32>) -> usize {
    match position.and_then(|position| usize::try_from(position).ok()) {
        Some(position) => statement
            .char_indices()
            .nth(position.saturating_sub(1))
            .map_or(statement.len(), |(offset, _)| offset),
        None => lexer::tokens(statement).find(|token| !token.is_blank()).map_or(0, |token| token.start),
    }
}

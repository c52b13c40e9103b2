//! Reads a snapshot: which schemas, then everything in them in one flight.

use pg::{Begin, Client, Flight, Isolation, Param, Statement, StatementResult};

use super::{Cells, Head, Reading, Snapshot};
use crate::Error;
use crate::id::{Id, Kind};
use crate::object as o;

/// The oldest server whose catalogue is understood.
const OLDEST: i32 = 150_000;

/// Which part of a database to look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// These schemas only. What belongs to the whole database (publications, extensions elsewhere) is then left out.
    pub only: Option<Vec<String>>,
    /// Schemas that are somebody else's: nothing in them is looked at …
    pub except: Vec<String>,
    /// … but policies on their tables, triggers on them that call a function in scope, and default privileges.
    pub guests: Vec<String>,
}

type Read = fn(&mut Cells<'_>, Head, &mut Reading) -> Result<(), Error>;

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../../sql/", $name, ".sql"))
    };
}

/// In this order: what belongs to something comes after it.
const QUERIES: &[(&str, bool, Read)] = &[
    (sql!("schemas"), true, o::Schema::read),
    (sql!("extensions"), false, o::Extension::read),
    (sql!("collations"), true, o::Collation::read),
    (sql!("enums"), true, o::Enum::read),
    (sql!("domains"), true, o::Domain::read),
    (sql!("composites"), true, o::Composite::read),
    (sql!("ranges"), true, o::Range::read),
    (sql!("tables"), true, o::Table::read),
    (sql!("views"), true, o::View::read),
    (sql!("columns"), true, o::Column::read),
    (sql!("view_columns"), true, o::ViewColumn::read),
    (sql!("sequences"), true, o::Sequence::read),
    (sql!("constraints"), true, o::Constraint::read),
    (sql!("indexes"), true, o::Index::read),
    (sql!("index_attachments"), true, o::IndexAttachment::read),
    (sql!("routines"), true, o::Routine::read),
    (sql!("aggregates"), true, o::Aggregate::read),
    (sql!("operators"), true, o::Operator::read),
    (sql!("casts"), true, o::Cast::read),
    (sql!("text_search"), true, o::TextSearch::read),
    (sql!("statistics"), true, o::Statistics::read),
    (sql!("rules"), true, o::Rule::read),
    (sql!("publications"), false, o::Publication::read),
    (sql!("publication_tables"), true, o::PublicationTable::read),
    (sql!("publication_schemas"), true, o::PublicationSchema::read),
    (sql!("event_triggers"), true, o::EventTrigger::read),
];

/// As [`QUERIES`], about the tables of others too.
const GUEST_QUERIES: &[(&str, Read)] = &[
    (sql!("triggers"), o::Trigger::read),
    (sql!("policies"), o::Policy::read),
    (sql!("default_privileges"), o::DefaultPrivileges::read),
];

/// Reads the schema of the database this connection is in.
///
/// # Errors
/// Whatever the flight meets; [`Error::TooOld`].
pub async fn load(client: &mut Client, scope: &Scope) -> Result<Snapshot, Error> {
    let schemas = schemas_in_scope(client, scope).await?;
    let mut flight = Flight::transaction(Begin::read_only().isolation(Isolation::RepeatableRead));
    // an empty path makes Postgres print every name with its schema
    flight.push(Statement::new("select set_config('search_path', '', true)"));
    // planning is longer than running, and compiling is longer still
    flight.push(Statement::new("select set_config('jit', 'off', true)"));
    let version = flight.push(Statement::new("select current_setting('server_version_num')::int4"));
    let mut answers = Vec::new();
    for (sql, scoped, read) in QUERIES {
        let statement = Statement::new(*sql);
        let statement = if *scoped { statement.bind(schemas.clone()) } else { statement };
        answers.push((flight.push(statement), *read));
    }
    for (sql, read) in GUEST_QUERIES {
        let statement = Statement::new(*sql).bind(schemas.clone()).bind(scope.guests.clone());
        answers.push((flight.push(statement), *read));
    }
    let aliases = flight.push(Statement::new(sql!("aliases")));
    let dependencies = flight.push(Statement::new(sql!("dependencies")));
    let unsupported = flight.push(Statement::new(sql!("unsupported")).bind(schemas.clone()));
    let outcome = client.run(flight).await?;
    let result = |index: usize| -> Result<&StatementResult, Error> {
        outcome.results.get(index).ok_or(Error::Unreadable("an answer is missing"))
    };

    let version: i32 =
        result(version)?.rows.first().ok_or(Error::Unreadable("a server without version"))?.get(0)?;
    if version < OLDEST {
        return Err(Error::TooOld { version });
    }
    let mut reading = Reading::new(version >= Snapshot::MAINTAIN);
    for (index, read) in answers {
        for row in &result(index)?.rows {
            let mut cells = Cells::new(row);
            let head = Head::read(&mut cells)?;
            read(&mut cells, head, &mut reading)?;
        }
    }
    for row in &result(aliases)?.rows {
        reading.alias(row)?;
    }
    for row in &result(dependencies)?.rows {
        reading.member(row)?;
    }
    for row in &result(dependencies)?.rows {
        reading.dependency(row)?;
    }
    let unsupported = result(unsupported)?.rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let mut snapshot = Snapshot { version, schemas, entries: reading.finish(), unsupported };
    if scope.only.is_some() {
        let schemas = snapshot.schemas.clone();
        snapshot = snapshot.filtered(|id, entry| is_of(id, entry, &schemas));
    }
    Ok(snapshot)
}

/// Whether it belongs to one of these schemas and not to the whole database.
fn is_of(id: &Id, entry: &super::Entry, schemas: &[String]) -> bool {
    match (&entry.object, id.kind) {
        (o::Object::Extension(extension), _) => schemas.contains(&extension.schema),
        (_, Kind::Publication) => false,
        (_, Kind::DefaultPrivileges) => !id.schema.is_empty(),
        _ => true,
    }
}

async fn schemas_in_scope(client: &mut Client, scope: &Scope) -> Result<Vec<String>, Error> {
    let only = Param::from(scope.only.clone());
    let rows = client.query(sql!("schemas_in_scope"), &[only, Param::from(scope.except.clone())]).await?;
    Ok(rows.first().ok_or(Error::Unreadable("no list of schemas"))?.get(0)?)
}

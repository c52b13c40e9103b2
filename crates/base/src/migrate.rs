//! A project's own migrations and seeds, applied as `postgres` with the official CLI's files and history table.
//!
//! Each file is one transaction together with its row in `supabase_migrations.schema_migrations`: it happens
//! whole or not at all. Must not know the platform's migrations (`crate::platform`), nor print anything.

mod error;
mod files;
mod history;
mod install;
pub(crate) mod lexer;
mod stand_in;
pub(crate) mod statements;

use std::collections::BTreeMap;

use pg::{Client, Flight, Statement as Query};

use stand_in::Provided;

pub use error::{Error, StatementError};
pub use files::{Migration, Project, Seed};
pub use history::{Listed, Recorded, Status, list, recorded, repair};
pub use statements::{Statement, Unsuitable, pieces, split};

/// What happens, for those who show progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// A migration begins.
    Applying {
        /// Its file.
        file: &'a str,
        /// Which one of those to apply, from 1.
        number: usize,
        /// How many there are to apply.
        total: usize,
    },
    /// A migration was changed after it was applied; the database still has its old form.
    Edited {
        /// Its file.
        file: &'a str,
    },
    /// A seed begins.
    Seeding {
        /// Its file.
        file: &'a str,
    },
    /// A seed was changed after it was applied; only its hash is recorded anew, as the official CLI does.
    SeedChanged {
        /// Its file.
        file: &'a str,
    },
}

/// The files that [`up`] would apply, or why it would refuse. Changes nothing.
pub async fn pending(
    client: &mut Client,
    project: &Project,
    include_all: bool,
) -> Result<Vec<String>, Error> {
    let listed = history::compare(&recorded(client).await?, project);
    let pending = find_pending(&listed, project, include_all, &mut |_| ())?;
    Ok(pending.iter().map(|migration| migration.file.clone()).collect())
}

/// Applies what is pending, in order, and says which files that were.
///
/// With `include_all` also those that come before the newest one applied. Waits while another process migrates
/// the same database.
pub async fn up(
    client: &mut Client,
    project: &Project,
    include_all: bool,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<String>, Error> {
    up_with(client, project, How { include_all, roles_may_exist: false }, on_event).await
}

/// How pending migrations are applied.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// Also those that come before the newest one applied.
    pub include_all: bool,
    /// Whether a role that a migration creates may be there already: roles belong to the server, so another
    /// database that ran the same migration has left it.
    pub roles_may_exist: bool,
}

/// As [`up`], with all choices.
pub async fn up_with(
    client: &mut Client,
    project: &Project,
    how: How,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<String>, Error> {
    client.query(include_str!("../sql/migrate_lock.sql"), &[]).await?;
    let result = up_locked(client, project, how, on_event).await;
    // a broken connection has lost the lock already
    let unlocked = client.query(include_str!("../sql/migrate_unlock.sql"), &[]).await;
    let applied = result?;
    unlocked?;
    Ok(applied)
}

async fn up_locked(
    client: &mut Client,
    project: &Project,
    how: How,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<String>, Error> {
    let listed = history::compare(&recorded(client).await?, project);
    let pending = find_pending(&listed, project, how.include_all, on_event)?;
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    // whatever is wrong with the text of any file is known before the first one changes the database
    let mut parsed = Vec::with_capacity(pending.len());
    for migration in &pending {
        parsed.push(parse(&migration.file, &migration.sql)?);
    }
    client.script(include_str!("../sql/migrate_history.sql")).await?;
    let mut applied = Vec::new();
    for (index, (migration, statements)) in pending.iter().zip(parsed).enumerate() {
        on_event(Event::Applying { file: &migration.file, number: index + 1, total: pending.len() });
        let record = history::record(include_str!("../sql/migrate_record.sql"), migration);
        run(client, &migration.file, &migration.sql, &statements, record, how.roles_may_exist).await?;
        applied.push(migration.file.clone());
    }
    Ok(applied)
}

/// Puts in the seeds that were not put in before, each in a transaction with its row in
/// `supabase_migrations.seed_files`, and says which files that were.
pub async fn seed(
    client: &mut Client,
    project: &Project,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<String>, Error> {
    let mut seeded = Vec::new();
    if project.seeds.is_empty() {
        return Ok(seeded);
    }
    client.script(include_str!("../sql/seed_history.sql")).await?;
    let rows = client.query(include_str!("../sql/seed_applied.sql"), &[]).await?;
    let known: BTreeMap<String, String> =
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, pg::Error>>()?;
    for seed in &project.seeds {
        let record = Query::new(include_str!("../sql/seed_record.sql")).bind(&*seed.file).bind(&*seed.hash);
        match known.get(&seed.file) {
            Some(hash) if *hash == seed.hash => {}
            Some(_) => {
                on_event(Event::SeedChanged { file: &seed.file });
                client.run(Flight::from(record)).await?;
            }
            None => {
                on_event(Event::Seeding { file: &seed.file });
                let statements = parse(&seed.file, &seed.sql)?;
                run(client, &seed.file, &seed.sql, &statements, record, false).await?;
                seeded.push(seed.file.clone());
            }
        }
    }
    Ok(seeded)
}

/// Undoes everything the project made, for a database that cannot be replaced as a whole: another server's. The
/// history goes too. One transaction.
pub async fn wipe(client: &mut Client) -> Result<(), Error> {
    client.script(include_str!("../sql/migrate_wipe.sql")).await?;
    Ok(())
}

/// The statements of a file, or the first that cannot be part of one.
fn parse<'a>(file: &str, sql: &'a str) -> Result<Vec<Statement<'a>>, Error> {
    let statements = split(sql);
    for statement in &statements {
        if let Some(reason) = statement.unsuitable() {
            let (line, column) = statements::position(sql, statement.start);
            return Err(Error::Unsuitable { file: file.to_owned(), line, column, reason });
        }
    }
    Ok(statements)
}

/// Runs a file and its record as one transaction, in one round trip.
async fn run(
    client: &mut Client,
    file: &str,
    sql: &str,
    statements: &[Statement<'_>],
    record: Query,
    roles_may_exist: bool,
) -> Result<(), Error> {
    let sent: Vec<(usize, &Statement<'_>)> =
        statements.iter().enumerate().filter(|(_, statement)| !statement.is_transaction_frame()).collect();
    let provided = read_provided(client, statements).await?;
    let mut flight = Flight::new();
    // what an earlier file set for its session must not be felt by this one
    flight.push(Query::new("reset role"));
    let before = flight.push(Query::new("reset all")) + 1;
    for (_, statement) in &sent {
        let text = if let Some(call) = stand_in::call(statement.text, &provided) {
            call
        } else if roles_may_exist && statement.creates_role() {
            format!(
                "do $ferrobase$ begin {}\n; exception when duplicate_object then null; end $ferrobase$",
                statement.text
            )
        } else {
            statement.text.to_owned()
        };
        flight.push(Query::new(text));
    }
    // the file may have become somebody else
    flight.push(Query::new("reset role"));
    flight.push(record);
    match client.run(flight).await {
        Ok(_) => Ok(()),
        Err(pg::Error::Db(db)) => {
            let failed = db.statement.and_then(|index| sent.get(index.checked_sub(before)?)).copied();
            Err(Error::Statement(Box::new(describe(file, sql, failed, db))))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the database has functions for in place of statements; not asked for a file that has none of these.
async fn read_provided(client: &mut Client, statements: &[Statement<'_>]) -> Result<Provided, Error> {
    if !statements.iter().any(|statement| stand_in::concerns(statement.text)) {
        return Ok(Provided::default());
    }
    let rows = client.query(include_str!("../sql/migrate_stand_ins.sql"), &[]).await?;
    let Some(row) = rows.first() else { return Ok(Provided::default()) };
    let mut provided = Provided { surfaces: Vec::new(), event_triggers: row.get(1)? };
    if row.get(0)? {
        let rows = client.query(include_str!("../sql/migrate_surfaces.sql"), &[]).await?;
        provided.surfaces = rows.iter().map(|row| row.get(0)).collect::<Result<_, pg::Error>>()?;
    }
    Ok(provided)
}

/// Where in a text that was sent as it is the server found something wrong.
pub fn locate(file: &str, sql: &str, db: Box<pg::DbError>) -> StatementError {
    let offset = offset_in(sql, db.position);
    let (line, column) = statements::position(sql, offset);
    let line_text = sql.lines().nth(line - 1).unwrap_or_default().to_owned();
    StatementError { file: file.to_owned(), line, column, line_text, number: None, statement: None, db }
}

fn describe(
    file: &str,
    sql: &str,
    failed: Option<(usize, &Statement<'_>)>,
    mut db: Box<pg::DbError>,
) -> StatementError {
    if let Some(hint) = install::hint(&db.message) {
        db.hint = Some(hint);
    }
    let offset = failed.map_or(0, |(_, statement)| statement.start + offset_in(statement.text, db.position));
    let (line, column) = statements::position(sql, offset);
    StatementError {
        file: file.to_owned(),
        line,
        column,
        line_text: sql.lines().nth(line - 1).unwrap_or_default().to_owned(),
        number: failed.map(|(index, _)| index + 1),
        statement: failed.map(|(_, statement)| statement.text.to_owned()),
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

/// The migrations to apply, or why history and files do not fit.
fn find_pending<'a>(
    listed: &[Listed],
    project: &'a Project,
    include_all: bool,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<&'a Migration>, Error> {
    let missing: Vec<String> =
        listed.iter().filter(|item| !item.local).map(|item| item.version.clone()).collect();
    if !missing.is_empty() {
        return Err(Error::MissingLocally { versions: missing });
    }
    let find = |version: &str| listed.iter().find(|item| item.version == version);
    for migration in &project.migrations {
        if find(&migration.version).is_some_and(|item| item.edited) {
            on_event(Event::Edited { file: &migration.file });
        }
    }
    let pending: Vec<&Migration> = project
        .migrations
        .iter()
        .filter(|migration| find(&migration.version).is_some_and(|item| !item.applied))
        .collect();
    let newest = listed.iter().filter(|item| item.applied).map(|item| item.version.clone()).next_back();
    if let Some(newest) = newest.filter(|_| !include_all) {
        let late: Vec<String> = pending
            .iter()
            .filter(|migration| migration.version < newest)
            .map(|migration| migration.file.clone())
            .collect();
        if !late.is_empty() {
            return Err(Error::OutOfOrder { files: late, newest });
        }
    }
    Ok(pending)
}

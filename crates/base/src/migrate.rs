//! A project's own migrations and seeds, applied as `postgres` with the official CLI's files and history table.
//!
//! Each file is one transaction together with its row in `supabase_migrations.schema_migrations`: it happens
//! whole or not at all, except where Postgres itself wants a commit (`run`). Must not know the platform's migrations (`crate::platform`), nor print anything.

mod error;
mod files;
mod history;
mod install;
pub(crate) mod lexer;
mod run;
mod stand_in;
pub(crate) mod statements;

use std::collections::BTreeMap;

use pg::{Client, Flight, Statement as Query};

use run::Script;

pub use error::{Error, StatementError};
pub use files::{Migration, Project, Seed};
pub use history::{Listed, Recorded, Status, list, recorded, repair};
pub use run::locate;
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
    up_with(client, project, How { include_all, ..How::default() }, on_event).await
}

/// How pending migrations are applied.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// Also those that come before the newest one applied.
    pub include_all: bool,
    /// Whether a role that a migration creates may be there already: roles belong to the server, so another
    /// database that ran the same migration has left it.
    pub roles_may_exist: bool,
    /// Whether a database without any migration gets `roles.sql` and the default privileges of `[api]` first, as the
    /// official CLI's local one does.
    pub with_roles: bool,
}

/// As [`up`], with all choices.
pub async fn up_with(
    client: &mut Client,
    project: &Project,
    how: How,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<String>, Error> {
    client.query(include_str!("../sql/migrate_lock.sql"), &[]).await?;
    let mut result = up_locked(client, project, how, on_event).await;
    if let (Err(Error::Statement(failed)), Some(wanted)) = (&mut result, project.major_version) {
        explain_version(client, wanted, failed).await;
    }
    // a broken connection has lost the lock already
    let unlocked = client.query(include_str!("../sql/migrate_unlock.sql"), &[]).await;
    let applied = result?;
    unlocked?;
    Ok(applied)
}

/// Says so when a statement may have failed because it is written for a newer PostgreSQL than this. What failed counts
/// more than a server that cannot be asked any more.
async fn explain_version(client: &mut Client, wanted: u32, failed: &mut StatementError) {
    if failed.db.hint.is_none()
        && install::may_be_of_another_version(&failed.db.code)
        && let Ok(version) = client.server_version().await
        && version / 10_000 < wanted
    {
        failed.db.hint = Some(install::newer(wanted, version / 10_000));
    }
}

async fn up_locked(
    client: &mut Client,
    project: &Project,
    how: How,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<String>, Error> {
    let recorded = recorded(client).await?;
    let listed = history::compare(&recorded, project);
    let pending = find_pending(&listed, project, how.include_all, on_event)?;
    if how.with_roles && recorded.is_empty() {
        if let Some(roles) = &project.roles {
            run_roles(client, roles, on_event).await?;
        }
        if project.is_closed {
            client.script(include_str!("../sql/migrate_close.sql")).await?;
        }
    }
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    // whatever is wrong with the text of any file is known before the first one changes the database
    let mut parsed = Vec::with_capacity(pending.len());
    for migration in &pending {
        parsed.push(Script::parse(&migration.file, &migration.sql)?);
    }
    client.script(include_str!("../sql/migrate_history.sql")).await?;
    let mut applied = Vec::new();
    for (index, (migration, script)) in pending.iter().zip(parsed).enumerate() {
        on_event(Event::Applying { file: &migration.file, number: index + 1, total: pending.len() });
        let record = history::record(include_str!("../sql/migrate_record.sql"), migration);
        script.run(client, Some(record), how.roles_may_exist).await?;
        applied.push(migration.file.clone());
    }
    Ok(applied)
}

/// Runs `roles.sql`, unless this database has it. A role may be there already, from another database.
async fn run_roles(
    client: &mut Client,
    roles: &Seed,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<(), Error> {
    match seeded(client).await?.get(&roles.file) {
        Some(hash) if *hash == roles.hash => {}
        Some(_) => on_event(Event::Edited { file: &roles.file }),
        None => {
            on_event(Event::Seeding { file: &roles.file });
            let record =
                Query::new(include_str!("../sql/seed_record.sql")).bind(&*roles.file).bind(&*roles.hash);
            Script::parse(&roles.file, &roles.sql)?.run(client, Some(record), true).await?;
        }
    }
    Ok(())
}

/// The files that were put in once, with their hashes.
async fn seeded(client: &mut Client) -> Result<BTreeMap<String, String>, Error> {
    client.script(include_str!("../sql/seed_history.sql")).await?;
    let rows = client.query(include_str!("../sql/seed_applied.sql"), &[]).await?;
    rows.iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect::<Result<_, pg::Error>>()
        .map_err(Error::from)
}

/// Whether [`up`] and [`seed`] have no file to run.
pub async fn is_up_to_date(client: &mut Client, project: &Project) -> Result<bool, Error> {
    let recorded = recorded(client).await?;
    if project.migrations.iter().any(|migration| !recorded.contains_key(&migration.version)) {
        return Ok(false);
    }
    if project.seeds.is_empty() {
        return Ok(true);
    }
    let known = seeded(client).await?;
    Ok(project.seeds.iter().all(|seed| known.contains_key(&seed.file)))
}

/// Puts in the seeds that were not put in before, each in a transaction with its row in
/// `supabase_migrations.seed_files`, and says which files that were.
pub async fn seed(
    client: &mut Client,
    project: &Project,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<String>, Error> {
    let mut done = Vec::new();
    if project.seeds.is_empty() {
        return Ok(done);
    }
    let known = seeded(client).await?;
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
                Script::parse(&seed.file, &seed.sql)?.run(client, Some(record), false).await?;
                done.push(seed.file.clone());
            }
        }
    }
    Ok(done)
}

/// Undoes everything the project made, for a database that cannot be replaced as a whole: another server's. The
/// history goes too. One transaction.
pub async fn wipe(client: &mut Client) -> Result<(), Error> {
    client.script(include_str!("../sql/migrate_wipe.sql")).await?;
    Ok(())
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

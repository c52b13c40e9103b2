//! Whole databases: made, cloned, put in another's place, dropped. Names come from this crate, never from users.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pg::{Client, ConnectConfig, Param};

use super::Error;

/// Who owns a project's database, as on hosted Supabase.
const OWNER: &str = "postgres";
/// How long sessions may take to end after they were told to.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// A database with nothing in it. `template0` is taken because nobody can be connected to it. Its owner is made by
/// the platform.
pub(super) async fn create_empty(admin: &mut Client, name: &str) -> Result<(), Error> {
    admin.script(&format!("create database {} template template0", quote(name))).await?;
    Ok(())
}

/// Makes `name` as a copy of `template`, with the rights and settings that a copy does not inherit; settings also
/// of the database `instead_of`, which it will replace. Whoever is connected to the template is not any more.
pub async fn clone(
    admin: &mut Client,
    template: &str,
    name: &str,
    instead_of: Option<&str>,
) -> Result<(), Error> {
    let durable = admin.query(include_str!("../../sql/template_is_durable.sql"), &[]).await?;
    let durable = durable.first().map_or(Ok(true), |row| row.get::<bool>(0))?;
    // copied files are flushed one by one, which takes seconds where the log takes a tenth of one
    let strategy = if durable { "wal_log" } else { "file_copy" };
    let (quoted, from) = (quote(name), quote(template));
    end_sessions(admin, template).await?;
    admin
        .script(&format!("create database {quoted} owner {OWNER} template {from} strategy {strategy}"))
        .await?;
    let parameters = [Param::from(template), Param::from(name), Param::from(instead_of.unwrap_or(template))];
    let statements = admin.query(include_str!("../../sql/template_clone_settings.sql"), &parameters).await?;
    let statements: Vec<String> =
        statements.iter().map(|row| row.get(0)).collect::<Result<_, pg::Error>>()?;
    if !statements.is_empty() {
        admin.script(&statements.join(";\n")).await?;
    }
    Ok(())
}

/// Says what a template is, and lets nobody in any more: neither a person nor autovacuum, who would be in the way
/// of a clone.
pub(super) async fn seal(admin: &mut Client, name: &str, comment: &str) -> Result<(), Error> {
    let name = quote(name);
    let comment = comment.replace('\'', "''");
    admin
        .script(&format!(
            "comment on database {name} is '{comment}'; alter database {name} allow_connections false"
        ))
        .await?;
    Ok(())
}

pub(super) async fn rename(admin: &mut Client, name: &str, to: &str) -> Result<(), Error> {
    admin.script(&format!("alter database {} rename to {}", quote(name), quote(to))).await?;
    Ok(())
}

/// Drops a database, whoever is connected to it.
pub async fn drop_database(admin: &mut Client, name: &str) -> Result<(), Error> {
    end_sessions(admin, name).await?;
    admin.script(&format!("drop database if exists {} with (force)", quote(name))).await?;
    Ok(())
}

/// Puts the database `new` in the place of `name`, whose sessions are ended. `name` stays as `replaced_…` until
/// [`drop_left_over`]; when anything fails, it stays as it was.
pub async fn replace(admin: &mut Client, name: &str, new: &str) -> Result<(), Error> {
    let old = format!("replaced_{}", uuid::Uuid::new_v4().simple());
    shut(admin, name, false).await?;
    let replaced = async {
        end_sessions(admin, name).await?;
        // in one transaction: at no time is there no database of this name
        let rename = format!(
            "alter database {name} rename to {old}; alter database {new} rename to {name}",
            name = quote(name),
            old = quote(&old),
            new = quote(new)
        );
        admin.script(&rename).await?;
        Ok(())
    };
    match replaced.await {
        Ok(()) => Ok(()),
        Err(error) => {
            shut(admin, name, true).await?;
            Err(error)
        }
    }
}

/// Makes `name` as a copy of a database in use, whose sessions are ended for it; they can come back when it is done.
pub async fn copy(admin: &mut Client, from: &str, name: &str) -> Result<(), Error> {
    shut(admin, from, false).await?;
    let copied = clone(admin, from, name, None).await;
    shut(admin, from, true).await?;
    copied
}

/// Whether there is a database of this name.
pub async fn exists(admin: &mut Client, name: &str) -> Result<bool, Error> {
    let rows = admin.query(include_str!("../../sql/database_exists.sql"), &[Param::from(name)]).await?;
    Ok(!rows.is_empty())
}

/// The sizes of databases, in bytes; those that do not exist are left out.
pub async fn sizes(admin: &mut Client, names: &[&str]) -> Result<BTreeMap<String, i64>, Error> {
    let rows = admin.query(include_str!("../../sql/database_sizes.sql"), &[Param::from(names)]).await?;
    rows.iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect::<Result<_, pg::Error>>()
        .map_err(Error::from)
}

async fn shut(admin: &mut Client, name: &str, open: bool) -> Result<(), Error> {
    admin.script(&format!("alter database {} allow_connections {open}", quote(name))).await?;
    Ok(())
}

/// Ends who is connected, and waits for it: where the server finds a session that is about to end, it sleeps for
/// 100 ms before it looks again.
async fn end_sessions(admin: &mut Client, name: &str) -> Result<(), Error> {
    let began = Instant::now();
    while !admin
        .query(include_str!("../../sql/template_end_sessions.sql"), &[Param::from(name)])
        .await?
        .is_empty()
    {
        if began.elapsed() > PATIENCE {
            return Err(Error::StillUsed { database: name.to_owned(), seconds: PATIENCE.as_secs() });
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

/// Keeps other processes from making templates and from dropping what is left over, until this connection ends.
pub async fn lock(admin: &mut Client) -> Result<(), Error> {
    admin.query(include_str!("../../sql/template_lock.sql"), &[]).await?;
    Ok(())
}

/// Opens the database `name` again if a process died while it replaced it.
pub async fn heal(admin: &mut Client, name: &str) -> Result<(), Error> {
    let is_shut = admin.query(include_str!("../../sql/template_shut.sql"), &[Param::from(name)]).await?;
    if is_shut.is_empty() { Ok(()) } else { shut(admin, name, true).await }
}

/// Drops databases that were replaced, and half-made ones if nobody is making one. Each takes a while on a durable
/// cluster, which has to flush everything first.
pub async fn drop_left_over(maintenance: &ConnectConfig) -> Result<usize, Error> {
    let mut admin = Client::connect(maintenance).await?;
    let left_over = names_left_over(&mut admin).await?;
    for name in &left_over {
        drop_database(&mut admin, name).await?;
    }
    Ok(left_over.len())
}

/// How many databases [`drop_left_over`] would drop.
pub async fn count_left_over(admin: &mut Client) -> Result<usize, Error> {
    Ok(names_left_over(admin).await?.len())
}

async fn names_left_over(admin: &mut Client) -> Result<Vec<String>, Error> {
    let rows = admin.query(include_str!("../../sql/template_left_over.sql"), &[]).await?;
    rows.iter().map(|row| row.get(0)).collect::<Result<_, pg::Error>>().map_err(Error::from)
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

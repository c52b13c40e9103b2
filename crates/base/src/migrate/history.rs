//! The history table by itself: read, compared with the files, mended. Runs nothing of a migration.

use std::collections::BTreeMap;

use pg::{Client, Flight, Param, Statement as Query};

use super::error::Error;
use super::files::{Migration, Project};
use super::statements::split;

/// Where a migration is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its version.
    pub version: String,
    /// Its name, if either side has one.
    pub name: String,
    /// Whether the project has its file.
    pub local: bool,
    /// Whether the database has it.
    pub applied: bool,
    /// Whether the file differs from what was applied.
    pub edited: bool,
}

/// A row of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its name; tools that write no names leave it out.
    pub name: Option<String>,
    /// Its statements; absent when only the version was recorded.
    pub statements: Option<Vec<String>>,
}

/// What the history shall say of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// They were applied.
    Applied,
    /// They were not.
    Reverted,
}

/// All migrations of project and database, in order. Creates nothing.
pub async fn list(client: &mut Client, project: &Project) -> Result<Vec<Listed>, Error> {
    Ok(compare(&recorded(client).await?, project))
}

/// What the database says was applied, by version. Creates nothing.
pub async fn recorded(client: &mut Client) -> Result<BTreeMap<String, Recorded>, Error> {
    let exists = client.query(include_str!("../../sql/migrate_known.sql"), &[]).await?;
    if exists.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = client.query(include_str!("../../sql/migrate_applied.sql"), &[]).await?;
    rows.iter()
        .map(|row| Ok((row.get(0)?, Recorded { name: row.get(1)?, statements: row.get(2)? })))
        .collect::<Result<_, pg::Error>>()
        .map_err(Error::from)
}

/// Makes the history say so of these versions, in one transaction. Nothing of the migrations is run or undone.
///
/// A version that is to count as applied needs its file, whose statements are recorded.
pub async fn repair(
    client: &mut Client,
    project: &Project,
    versions: &[String],
    status: Status,
) -> Result<(), Error> {
    let mut flight = Flight::new();
    match status {
        Status::Reverted => {
            let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
            flight.push(
                Query::new(include_str!("../../sql/migrate_forget.sql")).bind(Param::from(&versions[..])),
            );
        }
        Status::Applied => {
            for version in versions {
                let migration = project
                    .migrations
                    .iter()
                    .find(|migration| migration.version == *version)
                    .ok_or_else(|| Error::NoFile { version: version.clone() })?;
                flight.push(record(include_str!("../../sql/migrate_record_again.sql"), migration));
            }
        }
    }
    client.script(include_str!("../../sql/migrate_history.sql")).await?;
    client.run(flight).await?;
    Ok(())
}

/// The statement that puts a migration into the history.
pub(super) fn record(sql: &'static str, migration: &Migration) -> Query {
    let texts: Vec<&str> = split(&migration.sql).iter().map(|statement| statement.text).collect();
    Query::new(sql).bind(&*migration.version).bind(&*migration.name).bind(Param::from(&texts[..]))
}

pub(super) fn compare(history: &BTreeMap<String, Recorded>, project: &Project) -> Vec<Listed> {
    let mut listed: BTreeMap<&str, Listed> = BTreeMap::new();
    for (version, recorded) in history {
        let name = recorded.name.clone().unwrap_or_default();
        let item = Listed { version: version.clone(), name, local: false, applied: true, edited: false };
        listed.insert(version, item);
    }
    for migration in &project.migrations {
        let item = listed.entry(&migration.version).or_insert_with(|| Listed {
            version: migration.version.clone(),
            name: migration.name.clone(),
            local: true,
            applied: false,
            edited: false,
        });
        item.local = true;
        let recorded = history.get(&migration.version).and_then(|recorded| recorded.statements.as_ref());
        item.edited = recorded.is_some_and(|recorded| {
            !recorded
                .iter()
                .map(String::as_str)
                .eq(split(&migration.sql).iter().map(|statement| statement.text))
        });
    }
    listed.into_values().collect()
}

//! Brings the surfaces that a database has to the form this binary has: one transaction a revision.
//!
//! Where they are extensions PostgreSQL's own update does it, over a version that is only passed through, so that the
//! extension keeps the version its project asked for. Must not know what a script says.

use std::collections::BTreeMap;

use pg::cluster::SqlExtension;
use pg::{Client, Param, Row};

/// Why a surface was not upgraded. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A newer binary has been here.
    #[error(
        "this database was set up by a newer version of Ferrobase: its extension {name} has revision {revision}, this \
         binary ends at {newest}. Use that version or a newer one, or another database"
    )]
    Downgrade {
        /// Which.
        name: String,
        /// What the database has.
        revision: i32,
        /// What this binary has.
        newest: i32,
    },
    /// A script failed.
    #[error("the upgrade of extension {name} to revision {revision} failed: {source}")]
    Script {
        /// Which.
        name: String,
        /// To what.
        revision: i32,
        /// What the server said.
        source: pg::Error,
    },
    /// The connection or the bookkeeping failed.
    #[error(transparent)]
    Postgres(#[from] pg::Error),
}

/// A surface that is in the database.
struct Here {
    /// As an extension, in this version; otherwise as objects.
    version: Option<String>,
    revision: i32,
}

/// Refuses a database in which a newer binary made or upgraded a surface. Changes nothing.
pub async fn check(admin: &mut Client, surfaces: &[SqlExtension]) -> Result<(), Error> {
    let here = read(admin).await?;
    for surface in surfaces {
        let newest = newest(surface);
        if let Some(found) = here.get(surface.name).filter(|found| found.revision > newest) {
            return Err(Error::Downgrade { name: surface.name.to_owned(), revision: found.revision, newest });
        }
    }
    Ok(())
}

/// Upgrades what is older, and says what that was.
pub async fn upgrade(admin: &mut Client, surfaces: &[SqlExtension]) -> Result<Vec<String>, Error> {
    let mut upgraded = Vec::new();
    if surfaces.iter().all(|surface| surface.upgrades.is_empty()) {
        return Ok(upgraded);
    }
    let here = read(admin).await?;
    for surface in surfaces {
        let Some(found) = here.get(surface.name) else { continue };
        for (revision, script) in (2..).zip(surface.upgrades) {
            if revision <= found.revision || !is_ours(admin, surface.name, found, revision).await? {
                continue;
            }
            step(admin, surface.name, found.version.as_deref(), revision, script)
                .await
                .map_err(|source| Error::Script { name: surface.name.to_owned(), revision, source })?;
            upgraded.push(format!("{} {revision}", surface.name));
        }
    }
    Ok(upgraded)
}

/// The server may have the real extension: that knows nothing of our revisions.
async fn is_ours(admin: &mut Client, name: &str, found: &Here, revision: i32) -> Result<bool, Error> {
    if found.version.is_none() {
        return Ok(true);
    }
    let version = SqlExtension::version_of_upgrade(revision);
    let params = [Param::from(name), Param::from(&*version)];
    let rows = admin.query(include_str!("../../sql/surface_upgrade_offered.sql"), &params).await?;
    Ok(!rows.is_empty())
}

async fn step(
    admin: &mut Client,
    name: &str,
    version: Option<&str>,
    revision: i32,
    script: &str,
) -> Result<(), pg::Error> {
    let Some(version) = version else {
        let params = [Param::from(name), Param::from(revision), Param::from(script)];
        admin.query(include_str!("../../sql/surface_upgrade.sql"), &params).await?;
        return Ok(());
    };
    // one script, one transaction
    let statements = format!(
        "{quietly};\n\
         alter extension {extension} update to '{through}';\n\
         alter extension {extension} update to '{version}';\n\
         select ferrobase.keep_surface_revision('{name}', {revision})",
        quietly = include_str!("../../sql/platform_quietly.sql"),
        extension = format_args!("\"{name}\""),
        through = SqlExtension::version_of_upgrade(revision),
        version = version.replace('\'', "''"),
    );
    admin.script(&statements).await?;
    Ok(())
}

async fn read(admin: &mut Client) -> Result<BTreeMap<String, Here>, Error> {
    let known = admin.query(include_str!("../../sql/surface_revisions_known.sql"), &[]).await?;
    if known.first().map(|row| row.get::<bool>(0)).transpose()? != Some(true) {
        return Ok(BTreeMap::new());
    }
    let rows = admin.query(include_str!("../../sql/surfaces_here.sql"), &[]).await?;
    let here = |row: &Row| Ok((row.get(0)?, Here { version: row.get(1)?, revision: row.get(2)? }));
    rows.iter().map(here).collect::<Result<_, pg::Error>>().map_err(Error::from)
}

fn newest(surface: &SqlExtension) -> i32 {
    i32::try_from(surface.upgrades.len() + 1).unwrap_or(i32::MAX)
}

//! `ferrobase migration squash`: make one migration of many.

use std::path::Path;

use anyhow::{Context as _, bail};
use base::migrate::{self, Migration, Status};

use crate::shadow;
use crate::target::{self, Target, TargetOptions};

/// Statements that change rows, which the schema of a database does not show.
const DATA: &[&str] =
    &["insert", "update", "delete", "truncate", "copy", "merge", "select", "do", "call", "with"];

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The one file makes the schema that all of them make. What they put into tables is not in it: such \
    statements are named. In databases that have the migrations, the history is mended.\n\n\
    Examples:\n  ferrobase migration squash\n  ferrobase migration squash --version 20260101120000"
)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    /// Squash up to the migration of this version [default: all]
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let project = TargetOptions::of(options.target.project.clone());
    let version = target::with(&project, async |local| squash(local, options.version.as_deref()).await)?;
    target::with(&options.target, async |target| {
        let mut client = target.postgres().await?;
        let files = target.files()?;
        let old: Vec<String> = migrate::recorded(&mut client)
            .await?
            .into_keys()
            .filter(|known| !files.migrations.iter().any(|migration| migration.version == *known))
            .collect();
        let recorded = migrate::recorded(&mut client).await?.contains_key(&version);
        if !recorded {
            eprintln!("{} does not have these migrations; its history stays as it is.", target.name());
            return Ok(());
        }
        target.confirm("Mending the migration history")?;
        migrate::repair(&mut client, &files, &old, Status::Reverted).await?;
        migrate::repair(&mut client, &files, &[version], Status::Applied).await?;
        eprintln!("The history of {} has the one migration in place of {}.", target.name(), old.len() + 1);
        Ok(())
    })
}

/// Writes the one file, removes the others, and says which version it has.
async fn squash(local: &Target, version: Option<&str>) -> anyhow::Result<String> {
    let folder = local.project()?.folder()?.join("migrations");
    let files = local.files()?;
    let wanted = match version {
        Some(version) if !files.migrations.iter().any(|migration| migration.version == version) => {
            bail!(
                "there is no file supabase/migrations/{version}_….sql; `ferrobase migration list` shows the versions"
            )
        }
        Some(version) => files.until(version),
        None => files,
    };
    let [earlier @ .., last] = wanted.migrations.as_slice() else {
        bail!("there are no migrations to squash: supabase/migrations is empty")
    };
    if earlier.is_empty() {
        bail!("{} is the only migration: there is nothing to squash", last.file);
    }
    let scope = shadow::scope(&[]);
    let platform = shadow::of_migrations(local, &wanted.first(0), &scope).await?;
    let sum = shadow::of_migrations(local, &wanted, &scope).await?;
    let script = shadow::difference(&platform, &sum);
    name_data_statements(&wanted.migrations);
    replace(&folder, &wanted.migrations, last, &script)?;
    eprintln!("Squashed {} migrations into {}", wanted.migrations.len(), last.file);
    Ok(last.version.clone())
}

/// Writes the last file anew before the others go: whatever happens in between, nothing is lost.
fn replace(folder: &Path, all: &[Migration], last: &Migration, script: &str) -> anyhow::Result<()> {
    let path = |migration: &Migration| folder.join(format!("{}_{}.sql", migration.version, migration.name));
    let partial = path(last).with_extension("sql.partial");
    std::fs::write(&partial, script).with_context(|| format!("can't write {}", partial.display()))?;
    std::fs::rename(&partial, path(last))?;
    for migration in all.iter().filter(|migration| migration.version != last.version) {
        let path = path(migration);
        std::fs::remove_file(&path).with_context(|| format!("can't remove {}", path.display()))?;
    }
    Ok(())
}

fn name_data_statements(migrations: &[Migration]) {
    let mut named = false;
    for migration in migrations {
        for statement in migrate::split(&migration.sql) {
            let line = statement
                .text
                .lines()
                .map(str::trim)
                .find(|line| !line.is_empty() && !line.starts_with("--"))
                .unwrap_or_default();
            let word = line.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
            if DATA.contains(&word.to_ascii_lowercase().as_str()) {
                named = true;
                let short: String = line.chars().take(100).collect();
                eprintln!("warning: not in the result, since it is data: {}: {short}", migration.file);
            }
        }
    }
    if named {
        eprintln!("Copy what is still needed into a seed or a new migration.");
    }
}

//! `ferrobase db pull`: write what a database has and the migrations have not as a migration.

use std::collections::BTreeSet;

use anyhow::{Context as _, bail};
use base::migrate::{self, Status};
use chrono::Utc;

use crate::commands::migration::new;
use crate::project::Project;
use crate::shadow;
use crate::target::{self, Target, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(after_help = "Afterwards the new migration counts as applied in the database it came from.\n\n\
    Examples:\n  \
    ferrobase db pull --db-url postgres://…                all of it, as migration remote_schema\n  \
    ferrobase db pull add_tags --db-url postgres://… -y    ask nothing")]
pub(crate) struct Options {
    /// The migration's name
    #[arg(default_value = "remote_schema")]
    name: String,
    #[command(flatten)]
    target: TargetOptions,
    /// Only these schemas
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',')]
    schema: Vec<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let project = Project::open(&options.target.project, None, None)?;
    let folder = project.folder()?.to_owned();
    let files = project.files()?;
    target::with(&options.target, async |target| check_history(target, &files).await)?;
    let (from, to) = shadow::both(&options.target, &shadow::scope(&options.schema))?;
    let script = shadow::difference(&from, &to);
    if script.is_empty() {
        eprintln!("No schema changes found");
        return Ok(());
    }
    let path = new::write(&folder, &options.name, &script, Utc::now())?;
    eprintln!("Wrote {}", path.display());
    target::with(&options.target, async |target| {
        let files = target.files()?;
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let version = file.split('_').next().unwrap_or_default().to_owned();
        target.confirm(&format!("Recording {version} as applied")).with_context(|| {
            format!("later: ferrobase migration repair --status applied {version} with the same --db-url")
        })?;
        migrate::repair(&mut target.postgres().await?, &files, &[version], Status::Applied).await?;
        eprintln!("Recorded as applied in {}", target.name());
        Ok(())
    })
}

/// A difference means something only where both have the same migrations behind them.
async fn check_history(target: &Target, files: &migrate::Project) -> anyhow::Result<()> {
    let recorded = migrate::recorded(&mut target.postgres().await?).await?;
    let there: BTreeSet<&str> = recorded.keys().map(String::as_str).collect();
    let here: BTreeSet<&str> = files.migrations.iter().map(|migration| &*migration.version).collect();
    let list = |versions: Vec<&&str>| versions.iter().map(|version| **version).collect::<Vec<_>>().join(" ");
    let (unknown, pending) =
        (list(there.difference(&here).collect()), list(here.difference(&there).collect()));
    if !unknown.is_empty() {
        bail!(
            "{} has migrations whose files are not here: {unknown}\n\
             Fetch them:      ferrobase migration fetch\n\
             or forget them:  ferrobase migration repair --status reverted {unknown}",
            target.name()
        );
    }
    if !pending.is_empty() {
        bail!(
            "{} does not have these migrations yet: {pending}\n\
             Apply them:               ferrobase migration up\n\
             or, if it has them anyway:  ferrobase migration repair --status applied {pending}",
            target.name()
        );
    }
    Ok(())
}

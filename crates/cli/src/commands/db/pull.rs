//! `ferrobase db pull`: write what a database has and the migrations have not as a migration.

use std::collections::BTreeSet;
use std::path::Path;

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
    ferrobase db pull add_tags --db-url postgres://… -y    ask nothing\n  \
    ferrobase db pull --declarative                        what `db diff` compares the migrations with")]
pub(crate) struct Options {
    /// The migration's name
    #[arg(default_value = "remote_schema")]
    name: String,
    #[command(flatten)]
    target: TargetOptions,
    /// Only these schemas
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',')]
    schema: Vec<String>,
    /// Write the whole schema to supabase/schemas/schema.sql instead: the schema is declared from then on
    #[arg(long)]
    declarative: bool,
}

/// Where the whole schema goes, below `supabase/`.
const DECLARED: &str = "schemas/schema.sql";

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let project = Project::open(&options.target.project, None, None)?;
    let folder = project.folder()?.to_owned();
    if options.declarative {
        return declare(options, &folder);
    }
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

/// Declares the schema that a database has.
fn declare(options: &Options, folder: &Path) -> anyhow::Result<()> {
    let path = folder.join(DECLARED);
    let others: Vec<String> = migrate::Project::declared(folder)?
        .into_iter()
        .flat_map(|declared| declared.migrations)
        .map(|migration| migration.file)
        .filter(|file| *file != format!("supabase/{DECLARED}"))
        .collect();
    if !others.is_empty() {
        bail!("these files declare the schema already; move them away first: {}", others.join(", "));
    }
    target::with(&options.target, async |target| {
        let live = shadow::read(&mut target.postgres().await?, &shadow::scope(&options.schema)).await?;
        std::fs::create_dir_all(folder.join("schemas"))?;
        std::fs::write(&path, shadow::dump(&live))
            .with_context(|| format!("can't write {}", path.display()))?;
        eprintln!("Wrote {}", path.display());
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

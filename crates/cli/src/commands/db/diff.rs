//! `ferrobase db diff`: print what the database has and the migrations have not.

use chrono::Utc;

use crate::commands::migration::new;
use crate::output;
use crate::project::Project;
use crate::shadow;
use crate::target::{self, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The migrations are run in a database of their own, which is kept as a template; its schema is compared with \
    the database's, without the platform's own schemas. Where the project declares its schema ([db.migrations] \
    schema_paths in config.toml, or files in supabase/schemas), the migrations are compared with that.\n\n\
    Examples:\n  \
    ferrobase db diff                            what was made by hand in the local database\n  \
    ferrobase db diff -f add_tags                … as a migration\n  \
    ferrobase db diff --db-url postgres://…      what another database has besides"
)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    /// Only these schemas
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',')]
    schema: Vec<String>,
    /// Write a migration of this name instead of printing
    #[arg(short, long, value_name = "NAME")]
    file: Option<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let scope = shadow::scope(&options.schema);
    let project = Project::open(&options.target.project, None, None)?;
    let declared = match project.folder() {
        Ok(folder) if !options.target.is_elsewhere() => base::migrate::Project::declared(folder)?,
        _ => None,
    };
    let (from, to) = match declared {
        Some(declared) => target::with(&options.target, async |target| {
            eprintln!("Comparing the migrations with {} declared schema files", declared.migrations.len());
            let from = shadow::of_migrations(target, &target.files()?, &scope).await?;
            Ok((from, shadow::of_migrations(target, &declared, &scope).await?))
        })?,
        None => shadow::both(&options.target, &scope)?,
    };
    let script = shadow::difference(&from, &to);
    if script.is_empty() {
        eprintln!("No schema changes found");
        return Ok(());
    }
    let Some(name) = &options.file else { return output::print(&script) };
    let path = new::write(project.folder()?, name, &script, Utc::now())?;
    eprintln!("Wrote {}", path.display());
    Ok(())
}

//! `ferrobase db diff`: print what the database has and the migrations have not.

use anyhow::Context as _;
use chrono::Utc;
use schema::{Scope, Snapshot};

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
    ferrobase db diff --db-url postgres://…      what another database has besides\n  \
    ferrobase db diff --from postgres://… --to migrations    what that database lacks"
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
    /// Compare from here: migrations, declared (supabase/schemas), local (the project's own database) or a URL
    /// [default: migrations]
    #[arg(long, value_name = "SIDE", conflicts_with_all = ["local", "remote", "db_url"])]
    from: Option<Side>,
    /// … to here [default: local]
    #[arg(long, value_name = "SIDE", conflicts_with_all = ["local", "remote", "db_url"])]
    to: Option<Side>,
    /// Write the statements to this file instead of printing them
    #[arg(short, long, value_name = "FILE", conflicts_with = "file")]
    output: Option<std::path::PathBuf>,
}

/// One of the two schemas that are compared.
#[derive(Debug, Clone)]
enum Side {
    Migrations,
    Declared,
    Local,
    Url(String),
}

impl std::str::FromStr for Side {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "migrations" => Ok(Self::Migrations),
            "declared" => Ok(Self::Declared),
            "local" => Ok(Self::Local),
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Self::Url(url.to_owned()))
            }
            _ => Err("one of migrations, declared, local, or postgres://…".to_owned()),
        }
    }
}

impl Side {
    fn read(&self, options: &TargetOptions, scope: &Scope) -> anyhow::Result<Snapshot> {
        let own = TargetOptions::of(options.project.clone());
        match self {
            Self::Migrations => target::with(&own, async |target| {
                shadow::of_migrations(target, &target.files()?, scope).await
            }),
            Self::Declared => target::with(&own, async |target| {
                let declared = base::migrate::Project::declared(target.project()?.folder()?)?;
                let declared = declared.context("no schema is declared: supabase/schemas has no files")?;
                shadow::of_migrations(target, &declared, scope).await
            }),
            Self::Local => {
                target::with(&own, async |target| shadow::read(&mut target.postgres().await?, scope).await)
            }
            Self::Url(url) => {
                let elsewhere = TargetOptions { db_url: Some(url.clone()), local: false, ..own };
                target::with(&elsewhere, async |target| {
                    shadow::read(&mut target.postgres().await?, scope).await
                })
            }
        }
    }
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let scope = shadow::scope(&options.schema);
    let project = Project::open(&options.target.project, None, None)?;
    let (from, to) = sides(options, &project, &scope)?;
    let script = shadow::difference(&from, &to);
    if script.is_empty() {
        eprintln!("No schema changes found");
    }
    if let Some(file) = &options.output {
        std::fs::write(file, &script).with_context(|| format!("can't write {}", file.display()))?;
        eprintln!("Wrote {}", file.display());
        return Ok(());
    }
    match &options.file {
        _ if script.is_empty() => Ok(()),
        None => output::print(&script),
        Some(name) => {
            let path = new::write(project.folder()?, name, &script, Utc::now())?;
            eprintln!("Wrote {}", path.display());
            Ok(())
        }
    }
}

/// What is compared: what was asked for, else the migrations with what is declared or with the database.
fn sides(options: &Options, project: &Project, scope: &Scope) -> anyhow::Result<(Snapshot, Snapshot)> {
    if options.from.is_some() || options.to.is_some() {
        let from = options.from.as_ref().unwrap_or(&Side::Migrations).read(&options.target, scope)?;
        return Ok((from, options.to.as_ref().unwrap_or(&Side::Local).read(&options.target, scope)?));
    }
    let declared = match project.folder() {
        Ok(folder) if !options.target.is_elsewhere() => base::migrate::Project::declared(folder)?,
        _ => None,
    };
    match declared {
        Some(declared) => target::with(&options.target, async |target| {
            eprintln!("Comparing the migrations with {} declared schema files", declared.migrations.len());
            let from = shadow::of_migrations(target, &target.files()?, scope).await?;
            Ok((from, shadow::of_migrations(target, &declared, scope).await?))
        }),
        None => shadow::both(&options.target, scope),
    }
}

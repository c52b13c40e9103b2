//! `ferrobase db dump`: print a database as SQL.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context as _;

use crate::output;
use crate::shadow;
use crate::target::{self, Target, TargetOptions};

/// Roles that the platform makes.
const RESERVED_ROLES: &[&str] = &[
    "anon",
    "authenticated",
    "authenticator",
    "dashboard_user",
    "ferrobase_policy_owner",
    "pgbouncer",
    "postgres",
    "service_role",
    "supabase_admin",
    "supabase_auth_admin",
    "supabase_functions_admin",
    "supabase_read_only_user",
    "supabase_realtime_admin",
    "supabase_replication_admin",
    "supabase_storage_admin",
];

/// Those of them that a project may give settings.
const SETTABLE_ROLES: &[&str] = &["anon", "authenticated", "authenticator", "postgres", "service_role"];

/// Platform schemas whose rows are the project's data.
const WITH_DATA: &[&str] = &["auth", "storage"];

/// Tables in which the platform keeps account of itself.
const NO_DATA: &[&str] = &["auth.schema_migrations", "storage.migrations", "supabase_functions.migrations"];

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Prints the schema unless told otherwise; without the platform's own schemas, and without pg_dump. The rows \
    of auth and storage are part of the data.\n\n\
    Examples:\n  \
    ferrobase db dump -f schema.sql\n  \
    ferrobase db dump --data-only -f supabase/seed.sql\n  \
    ferrobase db dump --data-only --use-copy --db-url postgres://… | psql …"
)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    /// Only these schemas
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',')]
    schema: Vec<String>,
    /// The rows instead of the schema
    #[arg(long, conflicts_with = "role_only")]
    data_only: bool,
    /// The roles of the server instead of the schema
    #[arg(long)]
    role_only: bool,
    /// Rows by COPY, which psql understands, instead of INSERT
    #[arg(long, requires = "data_only")]
    use_copy: bool,
    /// Leave out the rows of these tables: schema.table
    #[arg(short = 'x', long, value_name = "TABLES", value_delimiter = ',', requires = "data_only")]
    exclude: Vec<String>,
    /// Write to this file instead of printing
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    target::with(&options.target, async |target| {
        let Some(file) = &options.file else {
            let mut text = Vec::new();
            write(target, options, &mut text).await?;
            return output::print(&String::from_utf8_lossy(&text));
        };
        let partial = file.with_extension("partial");
        let mut out = BufWriter::new(
            File::create(&partial).with_context(|| format!("can't write {}", partial.display()))?,
        );
        write(target, options, &mut out).await?;
        out.flush()?;
        std::fs::rename(&partial, file).with_context(|| format!("can't write {}", file.display()))?;
        eprintln!("Wrote {}", file.display());
        Ok(())
    })
}

async fn write(target: &Target, options: &Options, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    let mut client = target.postgres().await?;
    if options.role_only {
        out.write_all(schema::roles::dump(&mut client, RESERVED_ROLES, SETTABLE_ROLES).await?.as_bytes())?;
        return Ok(());
    }
    if options.data_only {
        let circle = schema::data::dump(&mut client, &rows(options), out).await?;
        if !circle.is_empty() {
            eprintln!(
                "warning: these tables refer to one another, so their rows have no good order: {}\n\
                 They go in where session_replication_role may be set to replica.",
                circle.join(", ")
            );
        }
        return Ok(());
    }
    let snapshot = shadow::read(&mut client, &shadow::scope(&options.schema)).await?;
    out.write_all(shadow::dump(&snapshot).as_bytes())?;
    Ok(())
}

fn rows(options: &Options) -> schema::data::Options {
    let managed = shadow::MANAGED.iter().filter(|name| !WITH_DATA.contains(name));
    schema::data::Options {
        only: (!options.schema.is_empty()).then(|| options.schema.clone()),
        except: managed.map(|name| (*name).to_owned()).collect(),
        without: NO_DATA
            .iter()
            .map(|name| (*name).to_owned())
            .chain(options.exclude.iter().cloned())
            .collect(),
        copy: options.use_copy,
    }
}

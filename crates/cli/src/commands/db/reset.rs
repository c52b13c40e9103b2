//! `ferrobase db reset`: makes the database anew from migrations and seed, with the buckets that config.toml names.

use anyhow::bail;
use base::migrate::{Project, Seed};

use crate::commands::seed;
use crate::reset;
use crate::target::{self, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The result is kept as a template, so that the next reset is a copy of it. A running server goes on \
    serving: requests wait while the databases are exchanged. Users and files are gone afterwards, keys stay.\n\n\
    Examples:\n  \
    ferrobase db reset\n  \
    ferrobase db reset --version 20260101120000     up to this migration\n  \
    ferrobase db reset --last 1                     without the last one\n  \
    ferrobase db reset --sql-paths 'seeds/demo*.sql'  other seeds than usual\n  \
    ferrobase db reset --remote=postgres://… --yes  undoes everything in another database, then applies the migrations"
)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    /// Stop after the migration of this version
    #[arg(long, value_name = "VERSION", conflicts_with = "last")]
    version: Option<String>,
    /// Leave out the last so many of the migrations that are applied now
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    /// Leave out the seed
    #[arg(long)]
    no_seed: bool,
    /// Seed with these files instead of [db.seed] sql_paths: paths or patterns below supabase/
    #[arg(long, value_name = "PATHS", value_delimiter = ',', conflicts_with = "no_seed")]
    sql_paths: Vec<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    target::with(&options.target, async |target| {
        let files = target.files()?;
        let mut wanted = reset::cut(target, files, options.version.as_deref(), options.last).await?;
        if options.no_seed {
            wanted.seeds.clear();
        }
        if !options.sql_paths.is_empty() {
            wanted.seeds = seeds(target.project()?.folder()?, &options.sql_paths)?;
        }
        reset::to(target, &wanted).await?;
        seed::buckets_after_reset(target).await
    })
}

fn seeds(supabase: &std::path::Path, patterns: &[String]) -> anyhow::Result<Vec<Seed>> {
    let mut seeds: Vec<Seed> = Vec::new();
    for pattern in patterns {
        let found = Project::seeds_of(supabase, pattern)?;
        if found.is_empty() {
            bail!("no file fits {pattern:?}; paths are those below {}", supabase.display());
        }
        let new = found.into_iter().filter(|one| seeds.iter().all(|seed| seed.file != one.file));
        let new: Vec<Seed> = new.collect();
        seeds.extend(new);
    }
    Ok(seeds)
}

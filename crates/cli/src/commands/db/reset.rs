//! `ferrobase db reset`: makes the database anew from migrations and seed.

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
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    target::with(&options.target, async |target| {
        let files = target.files()?;
        let mut wanted = reset::cut(target, files, options.version.as_deref(), options.last).await?;
        if options.no_seed {
            wanted.seeds.clear();
        }
        reset::to(target, &wanted).await
    })
}

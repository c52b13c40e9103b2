//! `ferrobase migration down`: goes back by some migrations; the database is made anew without them.

use crate::reset;
use crate::target::{self, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Migrations have no way back, so the database is made anew without the last ones: its data is gone.\n\n\
    Examples:\n  ferrobase migration down\n  ferrobase migration down --last 3"
)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    /// How many migrations
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    last: u16,
    /// Leave out the seed
    #[arg(long)]
    no_seed: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    target::with(&options.target, async |target| {
        let files = target.files()?;
        let mut wanted = reset::cut(target, files, None, Some(usize::from(options.last))).await?;
        if options.no_seed {
            wanted.seeds.clear();
        }
        reset::to(target, &wanted).await
    })
}

//! `ferrobase migration down`: go back by some migrations: the database is made anew without them.

use crate::target::TargetOptions;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
}

pub(crate) fn run(_options: &Options) -> anyhow::Result<()> {
    anyhow::bail!("`ferrobase migration down` is not built yet")
}

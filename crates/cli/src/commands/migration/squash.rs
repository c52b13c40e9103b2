//! `ferrobase migration squash`: make one migration of many.

use crate::target::TargetOptions;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
}

pub(crate) fn run(_options: &Options) -> anyhow::Result<()> {
    anyhow::bail!("`ferrobase migration squash` is not built yet")
}

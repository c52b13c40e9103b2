//! `ferrobase test new`: make an empty test file.

use crate::target::TargetOptions;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
}

pub(crate) fn run(_options: &Options) -> anyhow::Result<()> {
    anyhow::bail!("`ferrobase test new` is not built yet")
}

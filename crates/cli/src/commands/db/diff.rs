//! `ferrobase db diff`: print what the database has and the migrations have not.

use crate::target::TargetOptions;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
}

pub(crate) fn run(_options: &Options) -> anyhow::Result<()> {
    anyhow::bail!("`ferrobase db diff` is not built yet")
}

//! `ferrobase db pull`: write what a database has and the migrations have not as a migration.

use crate::target::TargetOptions;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
}

pub(crate) fn run(_options: &Options) -> anyhow::Result<()> {
    anyhow::bail!("`ferrobase db pull` is not built yet")
}

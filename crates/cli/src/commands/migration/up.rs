//! `ferrobase migration up`: applies pending migrations.

use base::migrate;

use crate::output;
use crate::progress::Step;
use crate::server::migrations::show;
use crate::target::{self, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  ferrobase migration up\n  ferrobase migration up --include-all")]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    /// Also those that come before the newest one applied
    #[arg(long)]
    include_all: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    target::with(&options.target, async |target| {
        let files = target.files()?;
        let mut client = target.postgres().await?;
        let step = Step::begin("Applying migrations");
        let mut tell = |event: migrate::Event<'_>| show(&step, &event);
        let applied =
            target.answering(migrate::up(&mut client, &files, options.include_all, &mut tell)).await?;
        step.done_as(&match applied.len() {
            0 => format!("Nothing to do: {} is up to date", target.name()),
            count => format!("{} applied", output::count(count, "migration")),
        });
        Ok(())
    })
}

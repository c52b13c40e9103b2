//! `ferrobase migration repair`: mends the history without running anything.

use base::migrate::{self, Status};

use crate::target::{self, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase migration repair --status reverted 20260101120000   forget it, for instance because its file is gone\n  \
    ferrobase migration repair --status applied 20260101120000    it is there already: do not run it\n  \
    ferrobase migration repair --status applied                   all files, and nothing else")]
pub(crate) struct Options {
    /// Versions to mend [default: all]
    versions: Vec<String>,
    /// What the history shall say of them
    #[arg(long, value_enum)]
    status: Wanted,
    #[command(flatten)]
    target: TargetOptions,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Wanted {
    /// It was applied
    Applied,
    /// It was not
    Reverted,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    target::with(&options.target, async |target| {
        let mut client = target.postgres().await?;
        let files = target.files()?;
        let known: Vec<String> = migrate::recorded(&mut client).await?.into_keys().collect();
        match (options.status, options.versions.as_slice()) {
            (Wanted::Applied, []) => {
                target.confirm("Rewriting the whole migration history")?;
                let all: Vec<String> =
                    files.migrations.iter().map(|migration| migration.version.clone()).collect();
                migrate::repair(&mut client, &files, &all, Status::Applied).await?;
                let gone: Vec<String> = known.into_iter().filter(|version| !all.contains(version)).collect();
                migrate::repair(&mut client, &files, &gone, Status::Reverted).await?;
                eprintln!(
                    "The history of {} has exactly the {} migrations of this project.",
                    target.name(),
                    all.len()
                );
            }
            (Wanted::Reverted, []) => {
                target.confirm("Emptying the migration history")?;
                migrate::repair(&mut client, &files, &known, Status::Reverted).await?;
                eprintln!("The history of {} is empty.", target.name());
            }
            (Wanted::Applied, versions) => {
                migrate::repair(&mut client, &files, versions, Status::Applied).await?;
                eprintln!("Recorded as applied: {}", versions.join(", "));
            }
            (Wanted::Reverted, versions) => {
                migrate::repair(&mut client, &files, versions, Status::Reverted).await?;
                eprintln!("Recorded as not applied: {}", versions.join(", "));
            }
        }
        Ok(())
    })
}

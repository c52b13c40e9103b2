//! `ferrobase migration fetch`: writes the migrations of the history as files.

use anyhow::{Context as _, bail};
use base::migrate::{self, Recorded};

use crate::target::{self, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  ferrobase migration fetch --remote=postgres://…")]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    /// Replace files that say something else
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    target::with(&options.target, async |target| {
        let folder = target.project()?.folder()?.join("migrations");
        let files = target.files()?;
        let history = migrate::recorded(&mut target.postgres().await?).await?;
        std::fs::create_dir_all(&folder)?;
        let mut written = 0;
        for (version, recorded) in &history {
            let own = files.migrations.iter().find(|migration| migration.version == *version);
            let Some(statements) = &recorded.statements else {
                eprintln!("  ! {version} was recorded without its statements: no file can be made of it");
                continue;
            };
            if let Some(own) = own {
                let same = migrate::split(&own.sql)
                    .iter()
                    .map(|statement| statement.text)
                    .eq(statements.iter().map(String::as_str));
                if same {
                    continue;
                }
                if !options.force {
                    bail!(
                        "{} says something else than the history of {}; --force replaces it",
                        own.file,
                        target.name()
                    );
                }
                std::fs::remove_file(folder.join(format!("{}_{}.sql", own.version, own.name)))?;
            }
            let path = folder.join(name(version, recorded));
            std::fs::write(&path, text(statements))
                .with_context(|| format!("can't write {}", path.display()))?;
            eprintln!("  ✓ supabase/migrations/{}", name(version, recorded));
            written += 1;
        }
        eprintln!("{written} of {} migrations written.", history.len());
        Ok(())
    })
}

/// A name from a database must not leave the folder.
fn name(version: &str, recorded: &Recorded) -> String {
    let clean = |text: &str| text.replace(['/', '\\', '\0'], "_");
    format!("{}_{}.sql", clean(version), clean(recorded.name.as_deref().unwrap_or_default()))
}

/// Statements as a file; one that ends in a comment keeps its semicolon out of it.
fn text(statements: &[String]) -> String {
    statements.iter().fold(String::new(), |mut text, statement| {
        text.push_str(statement);
        let last_line = statement.lines().next_back().unwrap_or_default();
        text.push_str(if last_line.contains("--") { "\n;\n\n" } else { ";\n\n" });
        text
    })
}

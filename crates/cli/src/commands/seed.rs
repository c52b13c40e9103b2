//! `ferrobase seed`: puts in the project's seeds, or makes the buckets its configuration names and fills them.

use std::future::ready;
use std::sync::Arc;

use base::clock::SystemClock;
use base::migrate;

use crate::buckets::{self, Made};
use crate::output;
use crate::progress::Step;
use crate::server::files;
use crate::server::migrations::show;
use crate::target::{self, Target, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Seeds go in once; one that was changed afterwards is put in by `ferrobase db reset`.\n\n\
    Examples:\n  ferrobase seed\n  ferrobase seed buckets"
)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    target: TargetOptions,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make the buckets of `[storage.buckets]` in config.toml, or bring them up to date, and put in their files
    Buckets(Buckets),
}

#[derive(Debug, clap::Args)]
struct Buckets {
    #[command(flatten)]
    target: TargetOptions,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    match &options.what {
        None => target::with(&options.target, async |target| {
            target.confirm("Putting in seeds")?;
            seed(target).await
        }),
        Some(What::Buckets(buckets)) => target::with(&buckets.target, async |target| {
            target.confirm("Changing buckets")?;
            seed_buckets(target).await
        }),
    }
}

/// Puts in the seeds that are not in yet.
pub(crate) async fn seed(target: &Target) -> anyhow::Result<()> {
    let files = target.files()?;
    let step = Step::begin("Seeding");
    let mut client = target.postgres().await?;
    let mut tell = |event: migrate::Event<'_>| show(&step, &event);
    let seeded = target.answering(migrate::seed(&mut client, &files, &mut tell)).await?;
    step.done_as(&match seeded.len() {
        0 if files.seeds.is_empty() => "This project has no seeds".to_owned(),
        0 => "Seeds are in already".to_owned(),
        _ => format!("Seeded from {}", seeded.join(", ")),
    });
    Ok(())
}

async fn seed_buckets(target: &Target) -> anyhow::Result<()> {
    let postgres = target.postgres().await?;
    let made = buckets::make(target.project()?, ready(Ok(postgres))).await?;
    if made.is_empty() {
        eprintln!("config.toml names no buckets; they look like [storage.buckets.images].");
        return Ok(());
    }
    for bucket in &made {
        eprintln!("  ✓ {} ({})", bucket.name, if bucket.public { "public" } else { "private" });
    }
    fill_buckets(target, &made).await
}

/// Puts the files of these buckets in, where the project's own server has them.
async fn fill_buckets(target: &Target, made: &[Made]) -> anyhow::Result<()> {
    let with_files: Vec<&Made> = made.iter().filter(|bucket| bucket.has_files()).collect();
    if with_files.is_empty() {
        return Ok(());
    }
    let Some((authenticator, keys)) = target.authenticator() else {
        eprintln!(
            "  ! files are not put in: the database of a URL does not tell where its server keeps them"
        );
        return Ok(());
    };
    let step = Step::begin("Putting files into buckets");
    let pool = pg::Pool::new(authenticator, pg::PoolConfig::default());
    let room = files::room(
        target.project()?,
        keys,
        pool.clone(),
        Arc::new(keys.verifier()?),
        Arc::new(SystemClock),
    )?;
    let filled = buckets::fill(target.project()?, &room, keys, &with_files, &step).await;
    pool.close().await;
    step.done_as(&format!("{} put into buckets", output::count(filled?, "file")));
    Ok(())
}

/// The same after a reset of the project's own database, where the buckets that config.toml names are part of what is
/// made anew. On another server they are left to `seed buckets`, as the official CLI does.
pub(crate) async fn buckets_after_reset(target: &Target) -> anyhow::Result<()> {
    if target.authenticator().is_none() {
        return Ok(());
    }
    let made = buckets::make(target.project()?, target.postgres()).await?;
    fill_buckets(target, &made).await
}

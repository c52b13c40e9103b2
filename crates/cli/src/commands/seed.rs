//! `ferrobase seed`: puts in the project's seeds, or makes the buckets its configuration names.

use std::collections::BTreeMap;

use anyhow::Context as _;
use base::config::ProjectConfig;
use base::migrate;
use pg::{Flight, Param, Statement};
use serde::Deserialize;

use crate::progress::Step;
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
    /// Make the buckets of `[storage.buckets]` in config.toml, or bring them up to date
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
            make_buckets(target).await
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

/// One `[storage.buckets.NAME]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Bucket {
    public: bool,
    file_size_limit: Option<String>,
    allowed_mime_types: Option<Vec<String>>,
    objects_path: Option<String>,
}

async fn make_buckets(target: &Target) -> anyhow::Result<()> {
    let config: &ProjectConfig = &target.project()?.config;
    let buckets: BTreeMap<String, Bucket> = config.section("storage.buckets")?;
    let mut flight = Flight::new();
    for (name, bucket) in &buckets {
        let limit = bucket
            .file_size_limit
            .as_deref()
            .map(|limit| {
                bytes(limit)
                    .with_context(|| format!("file_size_limit of bucket {name}: {limit:?} is no size"))
            })
            .transpose()?;
        let types: Option<Vec<&str>> =
            bucket.allowed_mime_types.as_ref().map(|types| types.iter().map(String::as_str).collect());
        flight.push(
            Statement::new(include_str!("../../sql/seed_bucket.sql"))
                .bind(name.as_str())
                .bind(bucket.public)
                .bind(limit.map_or(Param::NULL, Param::from))
                .bind(types.map_or(Param::NULL, |types| Param::from(&types[..]))),
        );
    }
    if buckets.is_empty() {
        eprintln!("config.toml names no buckets; they look like [storage.buckets.images].");
        return Ok(());
    }
    target.postgres().await?.run(flight).await.context("the buckets could not be made")?;
    for (name, bucket) in &buckets {
        eprintln!("  ✓ {name} ({})", if bucket.public { "public" } else { "private" });
        if let Some(path) = &bucket.objects_path {
            eprintln!("  ! the files of {path} are not uploaded: storage is not served yet");
        }
    }
    Ok(())
}

/// `50MiB`, `5MB`, `1000`: the sizes that config.toml may have. `K` is 1024, as for the official CLI.
fn bytes(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: i64 = number.parse().ok()?;
    let factor = match unit.trim().to_ascii_lowercase().trim_end_matches('b').trim_end_matches('i') {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_files() {
        for (text, expected) in [
            ("50MiB", Some(50 << 20)),
            ("5MB", Some(5 << 20)),
            ("1k", Some(1024)),
            ("12", Some(12)),
            ("1 GiB", Some(1 << 30)),
            ("much", None),
            ("9999999999999GB", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }
}

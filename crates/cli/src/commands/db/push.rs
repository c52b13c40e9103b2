//! `ferrobase db push`: applies the migrations that a database does not have yet.

use std::collections::BTreeMap;

use anyhow::Context as _;
use base::migrate;
use pg::{Client, Param};
use serde::Serialize;

use crate::commands::seed;
use crate::output::{Output, OutputOptions};
use crate::progress::Step;
use crate::script;
use crate::server::migrations::show;
use crate::target::{self, Target, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Each migration is one transaction; a failing one leaves nothing behind, and those before it stay.\n\n\
    Examples:\n  \
    ferrobase db push --remote=postgres://… --dry-run\n  \
    ferrobase db push --remote=postgres://… --yes\n  \
    ferrobase db push --include-roles --include-seed"
)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    #[command(flatten)]
    output: OutputOptions,
    /// Only say what would be applied
    #[arg(long)]
    dry_run: bool,
    /// Also migrations that come before the newest one applied
    #[arg(long)]
    include_all: bool,
    /// Also the project's seeds
    #[arg(long)]
    include_seed: bool,
    /// Also supabase/roles.sql, before the migrations
    #[arg(long)]
    include_roles: bool,
    /// Leave the secrets of [db.vault] alone
    #[arg(long)]
    skip_vault: bool,
}

#[derive(Debug, Serialize)]
struct Pushed {
    dry_run: bool,
    migrations: Vec<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    target::with(&options.target, async |target| {
        let mut client = target.postgres().await?;
        let files = target.files()?;
        let pending = migrate::pending(&mut client, &files, options.include_all).await?;
        let secrets = if options.skip_vault { BTreeMap::new() } else { vault(target)? };
        if options.dry_run {
            return report(options, target, &Pushed { dry_run: true, migrations: pending });
        }
        let nothing =
            pending.is_empty() && secrets.is_empty() && !options.include_roles && !options.include_seed;
        if !nothing {
            target.confirm(&format!("Applying {} migrations", pending.len()))?;
        }
        if options.include_roles {
            create_roles(&mut client, target).await?;
        }
        for (name, secret) in &secrets {
            keep_secret(&mut client, name, secret)
                .await
                .with_context(|| format!("the vault secret {name}"))?;
        }
        let step = Step::begin("Applying migrations");
        let mut tell = |event: migrate::Event<'_>| show(&step, &event);
        let applied =
            target.answering(migrate::up(&mut client, &files, options.include_all, &mut tell)).await?;
        drop(step);
        if options.include_seed {
            seed::seed(target).await?;
        }
        report(options, target, &Pushed { dry_run: false, migrations: applied })
    })
}

fn report(options: &Options, target: &Target, pushed: &Pushed) -> anyhow::Result<()> {
    if options.output.output == Output::Json {
        return options.output.output.print(pushed, |_| String::new());
    }
    match (pushed.migrations.as_slice(), pushed.dry_run) {
        ([], _) => eprintln!("{} is up to date.", capital(&target.name())),
        (files, true) => {
            eprintln!("{} would get these migrations:", capital(&target.name()));
            for file in files {
                eprintln!("  {file}");
            }
        }
        (files, false) => {
            for file in files {
                eprintln!("  ✓ {file}");
            }
        }
    }
    Ok(())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The secrets of `[db.vault]`; one whose variable is not set is no secret.
fn vault(target: &Target) -> anyhow::Result<BTreeMap<String, String>> {
    let secrets: BTreeMap<String, String> = target.project()?.config.section("db.vault")?;
    Ok(secrets
        .into_iter()
        .filter(|(name, value)| {
            let unset = value.starts_with("env(") && value.ends_with(')');
            if unset {
                eprintln!("  ! the vault secret {name} was left out: {value} is not set");
            }
            !unset
        })
        .collect())
}

async fn keep_secret(client: &mut Client, name: &str, secret: &str) -> Result<(), pg::Error> {
    let known = client.query(include_str!("../../../sql/vault_known.sql"), &[Param::from(name)]).await?;
    let parameters = [Param::from(name), Param::from(secret)];
    let statement = if known.is_empty() {
        include_str!("../../../sql/vault_create.sql")
    } else {
        include_str!("../../../sql/vault_update.sql")
    };
    client.query(statement, &parameters).await?;
    Ok(())
}

async fn create_roles(client: &mut Client, target: &Target) -> anyhow::Result<()> {
    let path = target.project()?.folder()?.join("roles.sql");
    let sql = std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    script::run(client, "supabase/roles.sql", "", &sql).await?;
    eprintln!("  ✓ supabase/roles.sql");
    Ok(())
}

//! `ferrobase test access`: who may do what, compared with what was committed.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use pg::{Client, ConnectConfig};
use schema::access::{self, Hints, Matrix};
use serde_json::json;

use crate::output::OutputOptions;
use crate::progress::Step;
use crate::project::{Project, exposed};
use crate::scratch::ScratchCluster;
use crate::target::{self, Target, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "In a fresh database made from the migrations, users sign up, every table gets a row that belongs to one of them, \
    and nobody, its owner, a stranger, every role of an organisation, a suspended user and the backend try everything \
    on it. What they could do is the file supabase/tests/access.snap: commit it, and a migration that opens a door \
    fails this command with the door's name. What the tool cannot find out by itself, and findings that are meant to \
    be so, stand in supabase/tests/access.toml (docs/testing.md).

Examples:\n  \
    ferrobase test access --update      write the file, then review and commit it\n  \
    ferrobase test access               compare: exit code 1 when somebody may do more, or less\n  \
    ferrobase test access --db-url URL  of another database; nothing in it is changed"
)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    #[command(flatten)]
    output: OutputOptions,
    /// Write the file anew instead of comparing with it
    #[arg(long)]
    update: bool,
    /// The schemas to look at [default: those of the API, from config.toml]
    #[arg(short, long, value_delimiter = ',', value_name = "NAME,…")]
    schema: Vec<String>,
    /// The file [default: supabase/tests/access.snap]
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// What a look at the committed matrix came to.
struct Outcome {
    file: PathBuf,
    found: Matrix,
    changes: Vec<String>,
    /// There was nothing to compare with.
    is_new: bool,
    /// The same facts, written differently.
    is_stale: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let outcome = if options.target.is_elsewhere() {
        target::with(&options.target, async |target| {
            look(options, target.project().ok(), Some(target)).await
        })?
    } else {
        let project = Project::open(&options.target.project, None, None)?;
        target::wait(look(options, Some(&project), None))?
    };
    if options.update {
        write(&outcome)?;
    }
    options.output.output.print(
        &json!({
            "file": outcome.file,
            "changes": outcome.changes,
            "findings": outcome.found.findings,
            "allowed": outcome.found.allowed,
            "notes": outcome.found.notes,
        }),
        |_| text(&outcome, options.update),
    )?;
    judge(&outcome, options)
}

async fn look(
    options: &Options,
    project: Option<&Project>,
    given: Option<&Target>,
) -> anyhow::Result<Outcome> {
    let file = match (&options.file, project) {
        (Some(file), _) => file.clone(),
        (None, Some(project)) => project.folder()?.join("tests/access.snap"),
        (None, None) => bail!("without a project's folder, name the file with --file"),
    };
    let hints = file.with_extension("toml");
    let hints = match std::fs::read_to_string(&hints) {
        Ok(text) => Hints::parse(&text, &hints.display().to_string())?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Hints::default(),
        Err(error) => return Err(error).with_context(|| format!("can't read {}", hints.display())),
    };
    let schemas = schemas(options, project)?;
    let found = match (given, project) {
        (Some(target), _) => {
            target.confirm("Trying everything, in a transaction that is rolled back,")?;
            derive(&target.connect(), &schemas, &hints).await?
        }
        (None, Some(project)) => {
            ScratchCluster::with(project, async |scratch| {
                derive(&scratch.connect_as("postgres"), &schemas, &hints).await
            })
            .await?
        }
        (None, None) => bail!("there is neither a project nor a database to look at"),
    };
    let committed = match std::fs::read_to_string(&file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("can't read {}", file.display())),
    };
    let changes = committed.as_ref().map(|text| Matrix::parse(text).changes(&found)).unwrap_or_default();
    let is_stale = committed.as_ref().is_some_and(|text| changes.is_empty() && !found.is_printed_as(text));
    Ok(Outcome { file, found, changes, is_new: committed.is_none(), is_stale })
}

async fn derive(connect: &ConnectConfig, schemas: &[String], hints: &Hints) -> anyhow::Result<Matrix> {
    let mut postgres = Client::connect(connect).await.context("the database can't be reached")?;
    let step = Step::begin("Trying everything as everybody");
    let found = access::derive(&mut postgres, schemas, hints).await?;
    step.done_as(&format!("{} tables and views, {} actors", found.sections.len(), found.actors.len()));
    Ok(found)
}

/// As asked, or the exposed ones of `config.toml`.
fn schemas(options: &Options, project: Option<&Project>) -> anyhow::Result<Vec<String>> {
    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(default)]
    struct Api {
        schemas: Option<Vec<String>>,
    }
    if !options.schema.is_empty() {
        return Ok(options.schema.clone());
    }
    let configured = match project {
        Some(project) => project.config.section::<Api>("api")?.schemas,
        None => None,
    };
    let mut schemas = exposed(configured.unwrap_or_default());
    // the platform's own
    schemas.retain(|schema| !matches!(schema.as_str(), "graphql_public" | "storage"));
    Ok(schemas)
}

fn write(outcome: &Outcome) -> anyhow::Result<()> {
    if let Some(folder) = outcome.file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
    }
    std::fs::write(&outcome.file, outcome.found.print())
        .with_context(|| format!("can't write {}", outcome.file.display()))
}

fn text(outcome: &Outcome, updated: bool) -> String {
    let mut lines = Vec::new();
    let file = outcome.file.display();
    if updated {
        lines.push(format!("{file} is up to date."));
    }
    if !outcome.changes.is_empty() {
        lines.push("Since it was committed:".to_owned());
        lines.extend(outcome.changes.iter().map(|change| format!("  {change}")));
    }
    if !outcome.found.findings.is_empty() {
        lines.push("Likely holes:".to_owned());
        lines.extend(outcome.found.findings.iter().map(|finding| format!("  {finding}")));
    }
    if !outcome.found.notes.is_empty() {
        lines.push("Not everything could be tried:".to_owned());
        lines.extend(outcome.found.notes.iter().map(|note| format!("  {note}")));
    }
    if lines.is_empty() {
        lines.push(format!("{} tables and views are as {file} says.", outcome.found.sections.len()));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Whether that is a failure.
fn judge(outcome: &Outcome, options: &Options) -> anyhow::Result<()> {
    let file = outcome.file.display();
    let again = "ferrobase test access --update";
    if options.update {
        return Ok(());
    }
    if outcome.is_new {
        bail!("{file} does not exist; `{again}` writes it");
    }
    if outcome.is_stale {
        bail!("{file} says the same in other words; `{again}` writes it anew");
    }
    if !outcome.changes.is_empty() {
        bail!("who may do what is not what {file} says; if it is meant to be so, `{again}` writes it anew");
    }
    let holes = outcome.found.findings.len();
    if holes > 0 {
        let hints = outcome.file.with_extension("toml");
        bail!(
            "{holes} likely {}; close {} or, if it is meant to be so, say why under [allow] in {}",
            if holes == 1 { "hole" } else { "holes" },
            if holes == 1 { "it" } else { "them" },
            hints.display()
        );
    }
    Ok(())
}

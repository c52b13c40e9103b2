//! `ferrobase branch …`: other databases of the project in the same cluster, each with keys and a port of its own.

use base::clock::{Clock as _, SystemClock};
use base::template;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use pg::Client;
use serde::Serialize;

use anyhow::{Context as _, bail};

use crate::output::{OutputOptions, Table};
use crate::progress::Step;
use crate::project::{Branch, MAIN, Project, ProjectOptions, StateDir};
use crate::reset;
use crate::server::control::Hold;
use crate::server::lock::RunLock;
use crate::target::{self, Target, TargetOptions};

#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:\n  \
    ferrobase branch create tags             a copy of the present database\n  \
    ferrobase start --branch tags            serves it, beside the project itself\n  \
    ferrobase start --branch auto            the branch that git has checked out, made when it is new\n  \
    ferrobase db reset --branch tags\n  \
    ferrobase branch list")]
pub(crate) enum Command {
    /// Make a branch: a copy of a database, or what migrations and seed give
    Create(Create),
    /// List the branches
    List(List),
    /// Delete a branch and its database
    Delete(Delete),
    /// Choose the branch that is meant when --branch is not given
    Switch(Switch),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Its name, for instance that of a git branch
    name: String,
    /// Copy this branch's database [default: the present one]
    #[arg(long, value_name = "BRANCH", conflicts_with = "empty")]
    from: Option<String>,
    /// Begin with what migrations and seed give
    #[arg(long)]
    empty: bool,
    #[command(flatten)]
    project: ProjectOptions,
}

#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    project: ProjectOptions,
    #[command(flatten)]
    output: OutputOptions,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    /// Which
    name: String,
    #[command(flatten)]
    project: ProjectOptions,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Switch {
    /// Which; `main` is the project itself
    name: String,
    #[command(flatten)]
    project: ProjectOptions,
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Create(options) => create(options),
        Command::List(options) => list(options),
        Command::Delete(options) => delete(options),
        Command::Switch(options) => switch(options),
    }
}

/// The project's own database, whichever branch is chosen: all branches are in its cluster.
fn in_cluster<T>(
    project: &ProjectOptions,
    work: impl AsyncFnOnce(&Target) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    target::with(
        &TargetOptions::of(ProjectOptions { branch: Some(MAIN.to_owned()), ..project.clone() }),
        work,
    )
}

fn create(options: &Create) -> anyhow::Result<()> {
    let project = options.project.with_branch()?;
    let present = StateDir::of(&project)?;
    let main = present.main();
    let source = match options.from.as_deref() {
        None => present,
        Some(MAIN) => main.clone(),
        Some(name) => main.of_branch(Branch::read(&main, name)?),
    };
    let from = match (options.empty, source.branch()) {
        (true, _) => "migrations",
        (false, Some(branch)) => &branch.name,
        (false, None) => MAIN,
    };
    if let Ok(known) = Branch::read(&main, &options.name) {
        bail!("there is a branch {} already", known.name);
    }
    if matches!(&*options.name, "" | MAIN | "master" | "auto") {
        bail!(
            "{:?} can't be the name of a branch: `{MAIN}` is the project itself, `auto` what git has checked out",
            options.name
        );
    }
    let port = Branch::free_port(&main, Project::ports(&project)?.api)?;
    let branch = Branch::new(&options.name, &Branch::all(&main)?, port, from, SystemClock.now())?;
    in_cluster(&project, async |target| {
        let maintenance = target.maintenance().context("branches need the managed database")?;
        let mut admin = Client::connect(&maintenance).await?;
        if options.empty {
            let templates = target.templates().context("branches need the managed database")?;
            let template = reset::template(&templates, &target.files()?).await?;
            template::clone(&mut admin, &template, &branch.database, None).await.map_err(reset::plain)?;
        } else {
            let step = Step::begin(format!("Copying {from}"));
            let server = RunLock::is_held(&source).then(|| source.card()).flatten();
            let hold = match &server {
                Some(card) => Hold::ask(card).await.context("the running server can't be reached")?,
                None => None,
            };
            let copied = template::copy(&mut admin, source.database(), &branch.database).await;
            let linked = storage::link_folder(&source.files(), &main.of_branch(branch.clone()).files());
            if let Some(hold) = hold {
                hold.release().await?;
            }
            copied.map_err(reset::plain)?;
            linked.context("the files could not be copied")?;
            step.done_as(&format!("{from} is copied"));
        }
        branch.write(&main)
    })?;
    eprintln!("Branch {} is made; `ferrobase start --branch {0}` serves it on port {port}.", branch.name);
    Ok(())
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    database: String,
    api_url: String,
    running: bool,
    from: Option<String>,
    created_at: Option<DateTime<Utc>>,
    bytes: Option<i64>,
}

fn list(options: &List) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let rows = in_cluster(&options.project.with_branch()?, async |target| {
        let project = target.project()?;
        let mut states = vec![project.state.clone()];
        states.extend(Branch::all(&project.state)?.into_iter().map(|branch| project.state.of_branch(branch)));
        let names: Vec<&str> = states.iter().map(StateDir::database).collect();
        let maintenance = target.maintenance().context("branches need the managed database")?;
        let sizes = template::sizes(&mut Client::connect(&maintenance).await?, &names).await?;
        Ok(states
            .iter()
            .map(|state| row(state, project.ports.api, sizes.get(state.database()).copied()))
            .collect())
    })?;
    options.output.output.print(&rows, |rows: &Vec<Row>| table(rows, now))
}

fn row(state: &StateDir, main_port: u16, bytes: Option<i64>) -> Row {
    let running = RunLock::is_held(state);
    let card = running.then(|| state.card()).flatten();
    let port = state.branch().map_or(main_port, |branch| branch.port);
    Row {
        name: state.branch().map_or_else(|| MAIN.to_owned(), |branch| branch.name.clone()),
        database: state.database().to_owned(),
        api_url: card.map_or_else(|| format!("http://127.0.0.1:{port}"), |card| card.api_url),
        running,
        from: state.branch().map(|branch| branch.from.clone()),
        created_at: state.branch().map(|branch| branch.created_at),
        bytes,
    }
}

fn table(rows: &[Row], now: DateTime<Utc>) -> String {
    let mut table = Table::new(&["Branch", "Database", "API", "", "From", "Age", "Size"]);
    for row in rows {
        table.push(vec![
            row.name.clone(),
            row.database.clone(),
            row.api_url.clone(),
            if row.running { "running".to_owned() } else { String::new() },
            row.from.clone().unwrap_or_default(),
            row.created_at.map(|created| age(now - created)).unwrap_or_default(),
            row.bytes.map_or_else(|| "not made yet".to_owned(), |bytes| format!("{} MB", bytes / 1_000_000)),
        ]);
    }
    table.render()
}

fn age(passed: chrono::TimeDelta) -> String {
    match (passed.num_days(), passed.num_hours(), passed.num_minutes()) {
        (days @ 1.., ..) => format!("{days} d"),
        (_, hours @ 1.., _) => format!("{hours} h"),
        (.., minutes) => format!("{minutes} min"),
    }
}

fn delete(options: &Delete) -> anyhow::Result<()> {
    let project = options.project.with_branch()?;
    let main = StateDir::main_of(&project)?;
    let branch = Branch::read(&main, &options.name)?;
    let state = main.of_branch(branch.clone());
    if RunLock::is_held(&state) {
        bail!("branch {0} is being served; `ferrobase stop --branch {0}` ends that", branch.name);
    }
    in_cluster(&project, async |target| {
        let maintenance = target.maintenance().context("branches need the managed database")?;
        let mut admin = Client::connect(&maintenance).await?;
        template::drop_database(&mut admin, &branch.database).await.map_err(reset::plain)?;
        branch.remove(&main)
    })?;
    let chosen = std::fs::read_to_string(main.current_branch()).unwrap_or_default();
    if chosen.trim() == branch.name {
        std::fs::remove_file(main.current_branch())?;
    }
    eprintln!("Branch {} is deleted.", branch.name);
    Ok(())
}

fn switch(options: &Switch) -> anyhow::Result<()> {
    let project = options.project.with_branch()?;
    let main = StateDir::main_of(&project)?;
    if options.name == MAIN {
        let _was_main_already = std::fs::remove_file(main.current_branch());
        eprintln!("Commands mean the project itself again.");
        return Ok(());
    }
    let branch = Branch::read(&main, &options.name)?;
    std::fs::write(main.current_branch(), format!("{}\n", branch.name))?;
    eprintln!(
        "Commands mean branch {} from now on; `ferrobase start` serves it on port {}.",
        branch.name, branch.port
    );
    Ok(())
}

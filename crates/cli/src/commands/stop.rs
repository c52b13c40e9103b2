//! `ferrobase stop`: ends a running project, or what a killed server left running.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::progress::Step;
use crate::project::{ProjectOptions, ServerCard, StateDir};
use crate::server::lock::{RunLock, Using};

/// Running requests get ten seconds, the database a few more.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  ferrobase stop\n  ferrobase stop --project ../other\n  \
    ferrobase stop --no-backup               and forget all data: the next start begins anew")]
pub(crate) struct Options {
    /// Also delete the project's data: databases, branches and stored files. Its keys stay
    #[arg(long)]
    no_backup: bool,
    #[command(flatten)]
    project: ProjectOptions,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let state = StateDir::of(&options.project)?;
    if let (true, Some(branch)) = (options.no_backup, state.branch()) {
        bail!("the data of {0} alone is deleted by `ferrobase branch delete {0}`", branch.name);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        stop(&state).await?;
        if options.no_backup { delete_data(&state).await } else { Ok(()) }
    })
}

async fn stop(state: &StateDir) -> anyhow::Result<()> {
    let card = state.card();
    if !state.main().path().exists() {
        eprintln!("Nothing is running for {}.", state.path().display());
        return Ok(());
    }
    match card {
        Some(card) if RunLock::is_held(state) => stop_server(state, &card).await,
        card => {
            stop_orphan(
                state,
                card.and_then(|card| card.cluster_dir).unwrap_or_else(|| state.cluster()).as_path(),
            )
            .await
        }
    }
}

async fn stop_server(state: &StateDir, card: &ServerCard) -> anyhow::Result<()> {
    let step = Step::begin("Stopping");
    let pid = i32::try_from(card.pid)
        .ok()
        .and_then(rustix::process::Pid::from_raw)
        .context("the server's card names no process")?;
    rustix::process::kill_process(pid, rustix::process::Signal::TERM)
        .with_context(|| format!("can't stop process {}", card.pid))?;
    let state = state.clone();
    // the lock is released by the very end of the process: waiting for it is waiting for the end
    let ended = tokio::task::spawn_blocking(move || RunLock::wait(&state));
    match tokio::time::timeout(PATIENCE, ended).await {
        Ok(ended) => ended??,
        Err(_patience_is_over) => {
            bail!("process {} did not end within {} s; see its log", card.pid, PATIENCE.as_secs())
        }
    }
    step.done_as("Stopped");
    Ok(())
}

/// A server that was killed leaves its database running, which is safe but not what `stop` is asked for.
async fn stop_orphan(state: &StateDir, cluster_dir: &Path) -> anyhow::Result<()> {
    let Some(_nobody) = Using::nobody(state)? else {
        eprintln!("No server is running for {}; others use its database.", state.path().display());
        return Ok(());
    };
    if pg::cluster::stop_left_behind(cluster_dir, pg::cluster::Shutdown::Fast).await? {
        state.remove_card();
        eprintln!("The server had ended before; its database is stopped now.");
    } else {
        eprintln!("Nothing is running for {}.", state.path().display());
    }
    Ok(())
}

/// What the next start makes anew.
async fn delete_data(state: &StateDir) -> anyhow::Result<()> {
    if !state.path().exists() {
        return Ok(());
    }
    let Some(_nobody) = Using::nobody(state)? else {
        bail!(
            "others use the database; stop them first (`ferrobase branch list` shows which branches are running)"
        )
    };
    let step = Step::begin("Deleting the data");
    for cluster in [state.cluster(), state.tests().join("cluster")] {
        pg::cluster::delete(&cluster).await?;
    }
    for folder in [state.files(), state.tests(), state.branches()] {
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("can't delete {}", folder.display()))?;
        }
    }
    // no branch is the present one when there are none
    let _gone = std::fs::remove_file(state.current_branch());
    step.done_as("Databases, branches and files are deleted; `ferrobase start` makes them anew");
    Ok(())
}

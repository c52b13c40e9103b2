//! `ferrobase test db`: run the project's pgTAP tests, each file in a database of its own.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, bail};
use base::pgtap::{self, Problem};
use pg::Client;

use super::report::{FileRun, Format};
use crate::output::count;
use crate::progress::Step;
use crate::project::Project;
use crate::scratch::{Scratch, ScratchCluster};
use crate::target::{self, Target, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Every file runs in a database of its own, made from the migrations and the seed, as `postgres`: files do not see one \
    another, and nothing is left behind. Files whose names begin with 00_ or 000 prepare the others: they run first, and \
    what they leave is there for all. With --db-url the files run one after the other in that database, as they are; \
    they should end with `rollback`.\n\n\
    Of psql, files may use \\set, \\unset, \\echo, \\i, \\ir, \\g, \\gset and \\q.\n\nExamples:\n  \
    ferrobase test db                              everything below supabase/tests\n  \
    ferrobase test db supabase/tests/billing       a folder or a file\n  \
    ferrobase test db --filter access -o junit > report.xml"
)]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    /// Files and folders [default: supabase/tests]
    paths: Vec<PathBuf>,
    /// Only files whose path contains this
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// How many files run at once [default: the number of processors]
    #[arg(short, long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    /// How to print the result
    #[arg(short, long, value_enum, default_value = "text")]
    output: Format,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let began = Instant::now();
    let runs = if options.target.is_elsewhere() {
        target::with(&options.target, async |target| {
            in_the_given_one(target, files(options, target.project().ok())?).await
        })?
    } else {
        let project = Project::open(&options.target.project, None, None)?;
        let files = files(options, Some(&project))?;
        target::wait(ScratchCluster::with(&project, async |scratch| {
            in_clones(options, scratch, files).await
        }))?
    };
    crate::output::print(&options.output.print(&runs, began.elapsed()))?;
    let failed = runs.iter().filter(|run| !run.passed()).count();
    if failed > 0 {
        bail!("{} of {} failed", failed, count(runs.len(), "test file"));
    }
    Ok(())
}

fn files(options: &Options, project: Option<&Project>) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = options.paths.clone();
    if paths.is_empty() {
        let project = project.context("without a project, name the files")?;
        let folder = project.folder()?.join("tests");
        if !folder.is_dir() {
            bail!("there is no {}; `ferrobase test new NAME` makes a first test", shown(&folder).display());
        }
        paths.push(shown(&folder));
    }
    let mut files = pgtap::find(&paths)?;
    if let Some(text) = &options.filter {
        files.retain(|file| pgtap::is_setup(file) || file.to_string_lossy().contains(text.as_str()));
    }
    if files.iter().all(|file| pgtap::is_setup(file)) && files.len() == usize::from(options.filter.is_some())
    {
        let place = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        let filter =
            options.filter.as_ref().map(|text| format!(" with {text:?} in its path")).unwrap_or_default();
        bail!("there is no test file{filter} below {place}; `ferrobase test new NAME` makes one");
    }
    Ok(files)
}

/// As one would type it here.
fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    match (here, path.canonicalize()) {
        (Ok(here), Ok(path)) => path.strip_prefix(&here).map_or(path.clone(), Path::to_owned),
        _ => path.to_owned(),
    }
}

/// The database is prepared; every file has a clone of it.
async fn in_clones(
    options: &Options,
    scratch: &Scratch,
    files: Vec<PathBuf>,
) -> anyhow::Result<Vec<FileRun>> {
    let step = Step::begin(format!("Running {}", count(files.len(), "test file")));
    let (setup, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| pgtap::is_setup(file));
    let mut client = Client::connect(&scratch.connect_as("postgres")).await?;
    install_pgtap(&mut client).await?;
    let mut runs = Vec::new();
    for file in setup {
        let mut run = scratch.answering(run_file(&mut client, file)).await?;
        // it need not test anything
        run.report.problem = run.report.problem.filter(|problem| *problem != Problem::NoTests);
        runs.push(run);
        // a file that dies leaves its transaction behind
        client = Client::connect(&scratch.connect_as("postgres")).await?;
    }
    let asks = !client.query("select from pg_extension where extname = 'http'", &[]).await?.is_empty();
    drop(client);
    let jobs =
        options.jobs.map(usize::from).or_else(|| std::thread::available_parallelism().ok().map(Into::into));
    let total = files.len();
    let queue = Arc::new(Queue::new(files));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..jobs.unwrap_or(1).min(total) {
        workers.spawn(work(scratch.clone(), asks, Arc::clone(&queue)));
    }
    let mut done = Vec::with_capacity(total);
    while let Some(finished) = workers.join_next().await {
        done.extend(finished.context("a test file could not be run to its end")??);
        step.detail(&format!("{} of {total}", done.len()));
    }
    done.sort_by_key(|(number, _)| *number);
    runs.extend(done.into_iter().map(|(_, run)| run));
    step.done_as(&format!("Ran {}", count(runs.len(), "test file")));
    Ok(runs)
}

/// Takes files from the queue until it is empty. While one runs, the database of the next is made. Where files may ask the
/// network (`http_get`), they are answered: a few milliseconds each.
async fn work(scratch: Scratch, asks: bool, queue: Arc<Queue>) -> anyhow::Result<Vec<(usize, FileRun)>> {
    let mut done = Vec::new();
    let mut copier = scratch.copier().await?;
    let mut spare = None;
    while let Some((number, file)) = queue.next() {
        let own = match spare.take() {
            Some(spare) => spare,
            None => copier.copy(queue.number()).await?,
        };
        let run = async {
            let mut client = Client::connect(&own.connect_as("postgres")).await?;
            run_file(&mut client, file).await
        };
        let run = async { if asks { own.answering(run).await } else { run.await } };
        // not the file itself: another worker may be free for it before this one is
        let ahead =
            async { if queue.is_empty() { Ok(None) } else { copier.copy(queue.number()).await.map(Some) } };
        let (run, ahead) = tokio::join!(run, ahead);
        copier.drop(own).await;
        done.push((number, run?));
        spare = ahead?;
    }
    if let Some(spare) = spare {
        copier.drop(spare).await;
    }
    Ok(done)
}

/// The files that wait for a worker.
struct Queue {
    files: Mutex<VecDeque<(usize, PathBuf)>>,
    copies: AtomicUsize,
}

impl Queue {
    fn new(files: Vec<PathBuf>) -> Self {
        Self { files: Mutex::new(files.into_iter().enumerate().collect()), copies: AtomicUsize::new(0) }
    }

    fn next(&self) -> Option<(usize, PathBuf)> {
        self.files().pop_front()
    }

    fn is_empty(&self) -> bool {
        self.files().is_empty()
    }

    /// A number that no other copy has.
    fn number(&self) -> usize {
        self.copies.fetch_add(1, Ordering::Relaxed)
    }

    fn files(&self) -> MutexGuard<'_, VecDeque<(usize, PathBuf)>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One after the other in a database that is given. pgTAP goes again if it was not there.
async fn in_the_given_one(target: &Target, files: Vec<PathBuf>) -> anyhow::Result<Vec<FileRun>> {
    target.confirm("Running tests")?;
    let mut client = target.postgres().await?;
    let was_there = install_pgtap(&mut client).await?;
    let mut runs = Vec::new();
    for file in files {
        let mut client = target.postgres().await?;
        runs.push(run_file(&mut client, file).await?);
    }
    if !was_there {
        client.script("drop extension if exists pgtap").await.context("pgTAP could not be removed again")?;
    }
    Ok(runs)
}

async fn run_file(client: &mut Client, file: PathBuf) -> anyhow::Result<FileRun> {
    let began = Instant::now();
    let report = pgtap::run(client, &file).await?;
    Ok(FileRun { file, report, took: began.elapsed() })
}

/// Makes sure of pgTAP; says whether it was there.
async fn install_pgtap(client: &mut Client) -> anyhow::Result<bool> {
    let known = client
        .query("select installed_version is not null from pg_available_extensions where name = 'pgtap'", &[])
        .await?;
    match known.first().and_then(|row| row.text(0)) {
        Some("t") => return Ok(true),
        Some(_) => {}
        None => {
            let major = client.server_version().await? / 10_000;
            bail!(
                "pgTAP is not installed with this PostgreSQL. `ferrobase setup` installs it; by hand it is \
                 `apt-get install postgresql-{major}-pgtap`, `brew install pgtap`, or `pgxn install pgtap`. \
                 Where a project's server was running meanwhile, stop and start it once"
            )
        }
    }
    client
        .script("create extension pgtap with schema extensions")
        .await
        .context("pgTAP could not be created")?;
    Ok(false)
}

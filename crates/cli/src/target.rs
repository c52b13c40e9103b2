//! The database a command works on: the project's own, or the one of a URL.
//!
//! A command flattens [`TargetOptions`] into its options and does its work inside [`with`]:
//!
//! ```ignore
//! pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
//!     target::with(&options.target, async |target| {
//!         let mut client = target.postgres().await?;
//!         …
//!     })
//! }
//! ```
//!
//! The project's own database is that of the running server; when none runs, the cluster is started for as long
//! as the command takes.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Context as _, bail};
use base::clock::SystemClock;
use base::identity::ProjectKeys;
use base::migrate;
use base::template::Templates;
use pg::{Client, ConnectConfig, Host};
use url::Url;

use crate::commands::setup;
use crate::project::{Project, ProjectOptions, Source};
use crate::server::{Database, OpenDatabase, database::ROOMS, lock::RunLock, project_keys};
use crate::{output, progress};

/// Names the URL of `--remote` when it is given without one.
const REMOTE_VARIABLE: &str = "FERROBASE_REMOTE_URL";

/// The oldest server that is worked on, as `server_version_num` writes it.
const OLDEST_SERVER: u32 = 150_000;

/// Which database a command works on.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct TargetOptions {
    #[command(flatten)]
    pub project: ProjectOptions,
    /// Work on the project's own database; this is the default
    #[arg(long, conflicts_with_all = ["remote", "db_url"])]
    pub local: bool,
    /// Work on the database of this URL [without a URL: that of FERROBASE_REMOTE_URL]
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true, default_missing_value = "", conflicts_with = "db_url")]
    pub remote: Option<String>,
    /// The same as --remote=URL
    #[arg(long, value_name = "URL")]
    pub db_url: Option<String>,
    /// Ask nothing: the answer is yes
    #[arg(short, long, env = "FERROBASE_YES", value_parser = clap::builder::FalseyValueParser::new())]
    pub yes: bool,
}

impl TargetOptions {
    /// Whether it is a database other than the project's own.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.remote.is_some() || self.db_url.is_some()
    }

    /// The project's own database, with nothing said about it.
    pub(crate) fn of(project: ProjectOptions) -> Self {
        Self { project, local: true, remote: None, db_url: None, yes: false }
    }
}

/// An opened database.
#[derive(Debug)]
pub(crate) struct Target {
    /// The project of this folder; `None` for a URL without one.
    project: Option<Project>,
    access: Access,
    yes: bool,
}

#[derive(Debug)]
enum Access {
    /// The project's own.
    Project(Box<OpenDatabase>, Box<ProjectKeys>),
    /// Anything else, as whoever the URL says.
    Url(Box<ConnectConfig>),
}

/// Opens the database, does the work, and leaves the database as it was found: running or not.
pub(crate) fn with<T>(
    options: &TargetOptions,
    work: impl AsyncFnOnce(&Target) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    wait(async {
        let target = Target::open(options).await?;
        let result = work(&target).await;
        target.close().await?;
        result
    })
}

/// Runs a future to its end on this thread.
pub(crate) fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

impl Target {
    async fn open(options: &TargetOptions) -> anyhow::Result<Self> {
        let yes = options.yes;
        if let Some(url) = given_url(options)? {
            let connect = url.parse::<ConnectConfig>().context("the URL of the database")?;
            // a URL can be worked on without a project, as long as no file is needed
            let project = match Project::open(&options.project, None, None) {
                Ok(project) => Some(project),
                Err(broken) if options.project.project.join("supabase").is_dir() => return Err(broken),
                Err(_none) => None,
            };
            return Ok(Self { project, access: Access::Url(Box::new(connect)), yes });
        }
        let project = Project::open(&options.project, None, None)?;
        project.state.create()?;
        let keys = project_keys(&project, &SystemClock)?;
        let database = OpenDatabase::open_for_command(&project, which(&project)?, &keys).await?;
        Ok(Self { project: Some(project), access: Access::Project(Box::new(database), Box::new(keys)), yes })
    }

    async fn close(self) -> anyhow::Result<()> {
        match self.access {
            Access::Project(database, _) => database.close().await,
            Access::Url(_) => Ok(()),
        }
    }

    /// The project of this folder.
    pub(crate) fn project(&self) -> anyhow::Result<&Project> {
        self.project.as_ref().context("this command needs a project: name its folder with --project")
    }

    /// The project's migrations and seeds.
    pub(crate) fn files(&self) -> anyhow::Result<migrate::Project> {
        self.project()?.files()
    }

    /// How to connect as `postgres`, or as whoever the URL says.
    pub(crate) fn connect(&self) -> ConnectConfig {
        match &self.access {
            Access::Project(database, keys) => database.connect_as("postgres", keys),
            Access::Url(connect) => (**connect).clone(),
        }
    }

    /// How the rooms connect, and the project's keys; `None` for a URL.
    pub(crate) fn authenticator(&self) -> Option<(ConnectConfig, &ProjectKeys)> {
        match &self.access {
            Access::Project(database, keys) => Some((database.connect_as("authenticator", keys), keys)),
            Access::Url(_) => None,
        }
    }

    #[allow(dead_code, reason = "for the commands that are being built")]
    /// How to connect as the superuser of the managed cluster, who may make other databases in it; `None` for a URL
    /// and for a project on somebody else's server.
    pub(crate) fn superuser(&self) -> Option<ConnectConfig> {
        match &self.access {
            Access::Project(database, _) if database.is_managed() => Some(database.admin()),
            _ => None,
        }
    }

    /// Makes templates in the managed cluster; `None` where [`Self::superuser`] is.
    pub(crate) fn templates(&self) -> Option<Templates<'_>> {
        match &self.access {
            Access::Project(database, keys) => {
                Some(Templates { admin: database.maintenance()?, rooms: ROOMS, root_key: &keys.root_key })
            }
            Access::Url(_) => None,
        }
    }

    /// A connection in which databases of the managed cluster can be made and exchanged; `None` where
    /// [`Self::superuser`] is.
    pub(crate) fn maintenance(&self) -> Option<ConnectConfig> {
        match &self.access {
            Access::Project(database, _) => database.maintenance(),
            Access::Url(_) => None,
        }
    }

    /// Does some work in the database and answers requests (`http_get`) that it waits for, unless a server does.
    pub(crate) async fn answering<T>(&self, work: impl Future<Output = T>) -> T {
        let served = self.project.as_ref().is_some_and(|project| RunLock::is_held(&project.state));
        match &self.access {
            Access::Project(database, _) if !served => database.answering(work).await,
            _ => work.await,
        }
    }

    /// A connection as `postgres`, or as whoever the URL says.
    pub(crate) async fn postgres(&self) -> anyhow::Result<Client> {
        let connect = self.connect();
        let mut client = Client::connect(&connect).await.with_context(|| unreachable(&connect))?;
        if matches!(self.access, Access::Url(_)) {
            let version = client.server_version().await?;
            if version < OLDEST_SERVER {
                bail!("PostgreSQL 15 or newer is needed; {} is version {}", self.name(), version / 10_000);
            }
        }
        Ok(client)
    }

    /// Whether a mistake costs nothing but time: the database of the project, or one on this machine.
    pub(crate) fn is_local(&self) -> bool {
        match &self.access {
            Access::Project(database, _) if database.is_managed() => true,
            _ => match self.connect().host() {
                Host::Unix(_) => true,
                Host::Tcp(host) => matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1"),
            },
        }
    }

    /// What people call it.
    pub(crate) fn name(&self) -> String {
        match &self.access {
            Access::Project(database, _) if database.is_managed() => "the local database".to_owned(),
            _ => {
                let connect = self.connect();
                let host = match connect.host() {
                    Host::Tcp(host) => format!("{host}:{}", connect.port()),
                    Host::Unix(folder) => folder.display().to_string(),
                };
                format!("database {} on {host}", connect.database())
            }
        }
    }

    /// Asks before something that cannot be undone on a database that is not local. In a script, where nobody can
    /// answer, `--yes` is needed.
    pub(crate) fn confirm(&self, what: &str) -> anyhow::Result<()> {
        if self.yes || self.is_local() {
            return Ok(());
        }
        if !std::io::stdin().is_terminal() {
            bail!("{what} on {} was not confirmed; in a script say --yes", self.name());
        }
        eprint!("{what} on {}? [y/N] ", self.name());
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        if !matches!(answer.trim(), "y" | "Y" | "yes") {
            bail!("nothing was done");
        }
        Ok(())
    }
}

fn given_url(options: &TargetOptions) -> anyhow::Result<Option<String>> {
    match options.db_url.as_ref().or(options.remote.as_ref()) {
        None => Ok(None),
        Some(url) if !url.is_empty() => Ok(Some(url.clone())),
        Some(_without) => std::env::var(REMOTE_VARIABLE).map(Some).map_err(|_unset| {
            anyhow::anyhow!("--remote needs a URL: --remote=postgres://… or {REMOTE_VARIABLE}")
        }),
    }
}

/// Where the project keeps its data: in the managed cluster, or on the server that `start` was told to use.
fn which(project: &Project) -> anyhow::Result<Database> {
    let main = project.state.main();
    let card = RunLock::is_held(&main).then(|| main.card()).flatten();
    let given = match card {
        Some(card) if card.cluster_dir.is_some() => return Ok(Database::Running),
        Some(card) => Some(card.db_url),
        None => std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()),
    };
    Ok(match given {
        Some(url) => Database::External(url.parse::<Url>().context("DATABASE_URL")?),
        None => Database::Managed(setup::find_or_install(None)?),
    })
}

fn unreachable(connect: &ConnectConfig) -> String {
    format!(
        "can't connect to database {} as {}; check the URL, and that the server runs and lets this address in",
        connect.database(),
        connect.user()
    )
}

impl Project {
    /// Its migrations and seeds. Files that are none, though they may have been meant as some, are told.
    pub(crate) fn files(&self) -> anyhow::Result<migrate::Project> {
        let files = match &self.source {
            Source::Folder(folder) => migrate::Project::read(folder)?,
            Source::Foundation(_, folder) => migrate::Project::embedded(folder)?,
        };
        if let Some(first) = files.ignored.first() {
            progress::warn(&format!(
                "{} left out, because a migration is named <digits>_<name>.sql: {first}{}",
                output::count(files.ignored.len(), "file"),
                if files.ignored.len() > 1 { ", …" } else { "" }
            ));
        }
        Ok(files)
    }

    /// Its `supabase/` folder, for commands that write files.
    pub(crate) fn folder(&self) -> anyhow::Result<&std::path::Path> {
        match &self.source {
            Source::Folder(folder) => Ok(folder),
            Source::Foundation(name, _) => bail!(
                "this project's files are the ones inside the binary; `ferrobase init --foundation {name}` writes them here"
            ),
        }
    }
}

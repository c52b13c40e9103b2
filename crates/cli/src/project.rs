//! A project on disk: where its `supabase/` folder, its state and its ports are.
//!
//! Knows folders and the configuration file; starts nothing.

mod branch;

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use base::config::ProjectConfig;
use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};

/// A ready project inside the binary.
#[derive(Debug)]
pub(crate) struct Foundation {
    pub name: &'static str,
    /// Its `supabase/` folder.
    pub supabase: Dir<'static>,
    /// What it is, for people.
    pub readme: &'static str,
}

/// Every foundation of `foundations/` (see `build.rs`).
pub(crate) static FOUNDATIONS: &[Foundation] = include!(concat!(env!("OUT_DIR"), "/foundations.rs"));

/// The official CLI's default port of the API.
const DEFAULT_PORT: u16 = 54321;

pub(crate) use branch::{Branch, MAIN};

/// Where a project is and how it was asked for: the options that `start`, `stop` and `status` share.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ProjectOptions {
    /// The project's folder: the one that holds `supabase/` [default: this one, or the nearest above that does]
    #[arg(long, alias = "workdir", value_name = "DIR", env = "FERROBASE_PROJECT", default_value = "", hide_default_value = true, value_parser = named_or_found)]
    pub project: PathBuf,
    /// Where keys, log and database are kept [default: `.ferrobase` in the project's folder]
    #[arg(long, value_name = "DIR", env = "FERROBASE_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// A branch of the project: a database, keys and a port of its own. `auto` is the branch that git has checked out
    #[arg(long, value_name = "NAME", env = "FERROBASE_BRANCH")]
    pub branch: Option<String>,
}

impl ProjectOptions {
    /// The same project for commands about branches: with the branch that is meant when none is named, and in the
    /// state folder that all git worktrees share.
    pub(crate) fn with_branch(&self) -> anyhow::Result<Self> {
        let shared = Self { branch: self.branch.clone().or_else(|| Some(MAIN.to_owned())), ..self.clone() };
        let root = StateDir::main_of(&shared)?.root;
        let meant = match branch::asked(self, &root)? {
            None => MAIN.to_owned(),
            // git is asked again: names may look alike
            Some(branch::Asked::Git(_)) => return Ok(shared),
            Some(branch::Asked::Named(name)) => name,
        };
        Ok(Self { branch: Some(meant), ..shared })
    }
}

/// The folder that was named or, when none was, the present one: the nearest above it that is a project's, like git.
#[expect(clippy::unnecessary_wraps, reason = "clap wants a result")]
fn named_or_found(named: &str) -> Result<PathBuf, std::convert::Infallible> {
    if !named.is_empty() {
        return Ok(PathBuf::from(named));
    }
    let present = std::env::current_dir().unwrap_or_default();
    Ok(find_above(&present).map_or_else(|| PathBuf::from("."), Path::to_owned))
}

/// The folder itself is a project's as soon as it has a `supabase/`; one above has to look like a project's.
fn find_above(present: &Path) -> Option<&Path> {
    let looks_so = |folder: &&Path| {
        ["supabase/config.toml", "supabase/migrations", ".ferrobase/foundation"]
            .iter()
            .any(|part| folder.join(part).exists())
    };
    if present.join("supabase").is_dir() { None } else { present.ancestors().find(looks_so) }
}

/// Where the project's migrations and seeds come from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A `supabase/` folder on disk.
    Folder(PathBuf),
    /// A foundation inside the binary.
    Foundation(&'static str, &'static Dir<'static>),
}

/// A project that can be started.
#[derive(Debug)]
pub(crate) struct Project {
    pub state: StateDir,
    pub source: Source,
    pub config: ProjectConfig,
    pub ports: Ports,
}

/// The two ports of a project, both on the loopback interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ports {
    /// All of HTTP.
    pub api: u16,
    /// The managed Postgres.
    pub db: u16,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PortSection {
    port: Option<u16>,
}

impl Project {
    /// Finds the project of `options`; `foundation` and `port` are what the command line says.
    pub(crate) fn open(
        options: &ProjectOptions,
        foundation: Option<&str>,
        port: Option<u16>,
    ) -> anyhow::Result<Self> {
        let state = StateDir::of(options)?;
        let source = find_source(&options.project, foundation, state.foundation())?;
        let config = match &source {
            Source::Folder(folder) => ProjectConfig::read(&folder.join("config.toml"))?,
            Source::Foundation(name, dir) => {
                let text = dir.get_file("config.toml").and_then(|file| file.contents_utf8()).unwrap_or("");
                ProjectConfig::parse(text, Path::new(&format!("{name}/supabase/config.toml")))?
            }
        };
        let ports = match (state.branch(), port) {
            (Some(branch), None) => Ports { api: branch.port, ..Ports::of(&config, None)? },
            // the database is that of all branches
            (Some(_), Some(api)) => Ports { api, ..Ports::of(&config, None)? },
            (None, port) => Ports::of(&config, port)?,
        };
        Ok(Self { state, source, config, ports })
    }
}

impl Project {
    /// The ports that the configuration gives the project itself, whichever branch `options` name; it may not exist.
    pub(crate) fn ports(options: &ProjectOptions) -> anyhow::Result<Ports> {
        let config = ProjectConfig::read(&options.project.join("supabase/config.toml"))?;
        Ports::of(&config, None)
    }
}

impl Ports {
    /// `--port` moves both; otherwise `[api].port` and `[db].port`, or 54321 and the one after the API's.
    fn of(config: &ProjectConfig, port: Option<u16>) -> anyhow::Result<Self> {
        let db: PortSection = config.section("db")?;
        let api: PortSection = config.section("api")?;
        let next = |api: u16| {
            api.checked_add(1).context("--port must be below 65535: the database gets the port after it")
        };
        if let Some(api) = port {
            return Ok(Self { api, db: next(api)? });
        }
        let api = api.port.unwrap_or(DEFAULT_PORT);
        Ok(Self { api, db: db.port.map_or_else(|| next(api), Ok)? })
    }
}

fn find_source(project: &Path, asked: Option<&str>, remembered: Option<String>) -> anyhow::Result<Source> {
    let folder = project.join("supabase");
    let has_folder = folder.is_dir();
    match (asked, has_folder) {
        (Some(name), true) => bail!(
            "{} already is a project (it has a supabase/ folder), so --foundation {name} does not fit; \
             leave it out, or name an empty folder with --project",
            project.display()
        ),
        (None, true) => Ok(Source::Folder(folder.canonicalize()?)),
        (Some(name), false) => {
            if let Some(before) = remembered.filter(|before| before != name) {
                bail!("this data directory holds the foundation {before}; choose another with --data-dir");
            }
            find_foundation(name)
        }
        (None, false) => match remembered {
            Some(name) => find_foundation(&name),
            None => bail!(
                "there is no supabase/ folder in {}\n\
                 Begin a project:           ferrobase init\n\
                 or from a foundation:      ferrobase init --foundation saas\n\
                 or name your project:      --project DIR",
                std::path::absolute(project).unwrap_or_else(|_gone| project.to_owned()).display()
            ),
        },
    }
}

fn find_foundation(name: &str) -> anyhow::Result<Source> {
    let found = Foundation::find(name)?;
    Ok(Source::Foundation(found.name, &found.supabase))
}

impl Foundation {
    /// The foundation of that name.
    pub(crate) fn find(name: &str) -> anyhow::Result<&'static Self> {
        FOUNDATIONS.iter().find(|foundation| foundation.name == name).with_context(|| {
            let known: Vec<_> = FOUNDATIONS.iter().map(|foundation| foundation.name).collect();
            format!("there is no foundation {name}; the binary carries: {}", known.join(", "))
        })
    }
}

/// The folder that holds everything a project has besides its source: keys, log, database, the running server's card.
/// A branch has such a folder of its own, but for the database cluster, which all branches share.
#[derive(Debug, Clone)]
pub(crate) struct StateDir {
    root: PathBuf,
    branch: Option<Branch>,
}

/// What a running server leaves for `status` and `stop`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ServerCard {
    /// The server's process id.
    pub pid: u32,
    /// Where HTTP is served.
    pub api_url: String,
    /// How programs reach the database, as `postgres`.
    pub db_url: String,
    /// Where the managed cluster's files are; absent with an external database.
    pub cluster_dir: Option<PathBuf>,
    /// The socket on which commands talk to the server.
    #[serde(default)]
    pub control: Option<PathBuf>,
}

impl StateDir {
    /// The state folder of `options`, made absolute; it may not exist yet, a branch must.
    pub(crate) fn of(options: &ProjectOptions) -> anyhow::Result<Self> {
        let main = Self::main_of(options)?;
        match branch::asked(options, &main.root)? {
            None => Ok(main),
            Some(asked) => {
                let branch = Branch::find(&main, &asked)?;
                Ok(main.of_branch(branch))
            }
        }
    }

    /// The state folder of the project itself, whichever branch `options` name.
    pub(crate) fn main_of(options: &ProjectOptions) -> anyhow::Result<Self> {
        let path = match &options.data_dir {
            Some(dir) => dir.clone(),
            None => branch::shared_state(&options.project, options.branch.is_some()),
        };
        let root = std::path::absolute(&path).with_context(|| format!("can't use {}", path.display()))?;
        Ok(Self { root, branch: None })
    }

    /// The state of the project itself, whichever branch this is.
    pub(crate) fn main(&self) -> Self {
        Self { root: self.root.clone(), branch: None }
    }

    /// The state of a branch of this project.
    pub(crate) fn of_branch(&self, branch: Branch) -> Self {
        Self { root: self.root.clone(), branch: Some(branch) }
    }

    pub(crate) fn branch(&self) -> Option<&Branch> {
        self.branch.as_ref()
    }

    /// The name of the database in the cluster.
    pub(crate) fn database(&self) -> &str {
        self.branch.as_ref().map_or("postgres", |branch| &branch.database)
    }

    /// Makes the folder and keeps it out of git. Others may pass through it, not look into it: below it lies the
    /// cluster, which belongs to another user when the server was started by root.
    pub(crate) fn create(&self) -> anyhow::Result<()> {
        use std::os::unix::fs::DirBuilderExt as _;
        let path = self.path();
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o711)
            .create(&path)
            .with_context(|| format!("can't create {}", path.display()))?;
        std::fs::write(self.root.join(".gitignore"), "*\n")?;
        Ok(())
    }

    pub(crate) fn path(&self) -> PathBuf {
        match &self.branch {
            None => self.root.clone(),
            Some(branch) => branch::folder(&self.root).join(&branch.name),
        }
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.path().join("keys.json")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.path().join("server.log")
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// Where the files of the storage room are; a branch has its own.
    pub(crate) fn files(&self) -> PathBuf {
        self.path().join("storage")
    }

    /// Where the cluster of tests is, and what keeps others out of it (see `scratch`).
    pub(crate) fn tests(&self) -> PathBuf {
        self.root.join("tests")
    }

    /// Where the branches are.
    pub(crate) fn branches(&self) -> PathBuf {
        branch::folder(&self.root)
    }

    /// The file whose lock the running server holds.
    pub(crate) fn lock(&self) -> PathBuf {
        self.path().join("lock")
    }

    /// The file that names the branch which is meant when none is named.
    pub(crate) fn current_branch(&self) -> PathBuf {
        branch::current(&self.root)
    }

    /// The file that everybody who uses the cluster holds a shared lock on.
    pub(crate) fn users(&self) -> PathBuf {
        self.root.join("users")
    }

    fn card_path(&self) -> PathBuf {
        self.path().join("server.json")
    }

    /// The card of the server that runs, or ran and did not end by itself.
    pub(crate) fn card(&self) -> Option<ServerCard> {
        serde_json::from_slice(&std::fs::read(self.card_path()).ok()?).ok()
    }

    pub(crate) fn write_card(&self, card: &ServerCard) -> anyhow::Result<()> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let partial = self.path().join("server.json.partial");
        let _left_over = std::fs::remove_file(&partial);
        // the database's password is on the card
        let file = File::options().write(true).create_new(true).mode(0o600).open(&partial)?;
        serde_json::to_writer_pretty(file, card)?;
        std::fs::rename(partial, self.card_path())?;
        Ok(())
    }

    pub(crate) fn remove_card(&self) {
        // gone already is as good
        let _gone = std::fs::remove_file(self.card_path());
    }

    /// The foundation this project was first started with, if it has no folder of its own.
    fn foundation(&self) -> Option<String> {
        Some(std::fs::read_to_string(self.root.join("foundation")).ok()?.trim().to_owned())
    }

    pub(crate) fn remember_foundation(&self, name: &str) -> anyhow::Result<()> {
        Ok(std::fs::write(self.root.join("foundation"), format!("{name}\n"))?)
    }
}

/// The exposed schemas of `[api]`: an empty list means `public`, as the official server takes it.
pub(crate) fn exposed(schemas: Vec<String>) -> Vec<String> {
    if schemas.is_empty() { vec!["public".to_owned()] } else { schemas }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(toml: &str, port: Option<u16>) -> Ports {
        Ports::of(&ProjectConfig::parse(toml, Path::new("config.toml")).unwrap(), port).unwrap()
    }

    #[test]
    fn the_command_line_moves_both_ports() {
        assert_eq!(ports("", None), Ports { api: 54321, db: 54322 });
        assert_eq!(ports("[api]\nport = 1000", None), Ports { api: 1000, db: 1001 });
        assert_eq!(ports("[db]\nport = 2000", None), Ports { api: 54321, db: 2000 });
        assert_eq!(ports("[db]\nport = 2000", Some(3000)), Ports { api: 3000, db: 3001 });
    }

    #[test]
    fn a_source_is_found_or_the_way_out_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let found = |asked, remembered: Option<&str>| {
            find_source(dir.path(), asked, remembered.map(str::to_owned)).map_err(|error| error.to_string())
        };
        assert!(matches!(found(Some("saas"), None), Ok(Source::Foundation("saas", _))));
        assert!(matches!(found(None, Some("saas")), Ok(Source::Foundation("saas", _))));
        assert!(found(None, None).unwrap_err().contains("--foundation saas"));
        assert!(found(Some("nope"), None).unwrap_err().contains("saas"));
        assert!(found(Some("saas"), Some("fenta")).unwrap_err().contains("--data-dir"));
        let below = dir.path().join("apps/web");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::create_dir(dir.path().join("supabase")).unwrap();
        assert_ne!(find_above(&below), Some(dir.path()), "a folder of that name alone may be anything");
        std::fs::write(dir.path().join("supabase/config.toml"), "").unwrap();
        assert_eq!(find_above(&below), Some(dir.path()));
        assert_eq!(find_above(&dir.path().join("supabase")), Some(dir.path()));
        assert_eq!(find_above(dir.path()), None, "the present one, as it is written");
        assert!(matches!(found(None, None), Ok(Source::Folder(_))));
        assert!(found(Some("saas"), None).unwrap_err().contains("leave it out"));
    }
}

//! Branches: a project's other databases in the same cluster, each with keys and a port of its own.
//!
//! A branch is a folder `branches/<name>` in the project's state with a card that says what it is. Knows files and
//! git; databases are made by the command.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ProjectOptions, StateDir};

/// What the project itself is called where branches are named.
pub(crate) const MAIN: &str = "main";

/// A name is also part of the database's name, which has 63 bytes.
const LONGEST_NAME: usize = 40;

/// How many ports from the API's on may be the project's own: database, shadow, studio, mail …
const PORTS_OF_THE_PROJECT: u16 = 20;

/// What is known of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Branch {
    /// Its name: a git branch's with `-` for what is no letter or digit.
    pub name: String,
    /// What it was called when it was made, for instance by git.
    #[serde(default)]
    pub called: Option<String>,
    /// Its database in the cluster.
    pub database: String,
    /// The port of its API.
    pub port: u16,
    /// What it was made from: another branch, or `migrations`.
    pub from: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A branch as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// By a person, who may say it as git does or as it is listed.
    Named(String),
    /// By git: two of its branches are never the same, however much alike they look.
    Git(String),
}

impl Asked {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Named(name) | Self::Git(name) => name,
        }
    }

    /// The one of these that is meant.
    fn among<'a>(&self, branches: &'a [Branch]) -> Option<&'a Branch> {
        let plain = plain(self.name());
        let called = |branch: &&Branch| branch.called.as_deref() == Some(self.name());
        let listed = |branch: &&Branch| match self {
            Self::Named(_) => branch.name == plain,
            Self::Git(_) => branch.name == plain && branch.called.is_none(),
        };
        branches.iter().find(called).or_else(|| branches.iter().find(listed))
    }
}

impl Branch {
    /// A branch that is to be made beside `others`. `port` is where its API will be.
    pub(crate) fn new(
        called: &str,
        others: &[Self],
        port: u16,
        from: &str,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let plain = plain(called);
        let name = numbered(&plain)
            .find(|name| name != MAIN && others.iter().all(|other| other.name != *name))
            .context("there are too many branches of this name")?;
        let database = format!("branch_{}", name.replace('-', "_"));
        Ok(Self {
            name,
            called: Some(called.to_owned()),
            database,
            port,
            from: from.to_owned(),
            created_at: now,
        })
    }

    /// The branch that a person means by this name.
    pub(crate) fn read(main: &StateDir, name: &str) -> anyhow::Result<Self> {
        Self::find(main, &Asked::Named(name.to_owned()))
    }

    pub(super) fn find(main: &StateDir, asked: &Asked) -> anyhow::Result<Self> {
        let all = Self::all(main)?;
        asked.among(&all).cloned().with_context(|| {
            let known: Vec<&str> = all.iter().map(|branch| &*branch.name).collect();
            let known =
                if known.is_empty() { String::new() } else { format!(" There are: {}.", known.join(", ")) };
            let name = asked.name();
            format!("there is no branch {name}.{known} `ferrobase branch create {name}` makes it")
        })
    }

    /// All branches, by name.
    pub(crate) fn all(main: &StateDir) -> anyhow::Result<Vec<Self>> {
        let mut all = Vec::new();
        let Ok(entries) = std::fs::read_dir(folder(&main.root)) else { return Ok(all) };
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if let Ok(bytes) = std::fs::read(card(&main.root, &name)) {
                all.push(
                    serde_json::from_slice(&bytes)
                        .with_context(|| format!("the card of branch {name} is damaged"))?,
                );
            }
        }
        all.sort_by(|one: &Self, other: &Self| one.name.cmp(&other.name));
        Ok(all)
    }

    /// Makes sure that the branch of these options is known, for a command that may begin a new one.
    pub(crate) fn begin(options: &ProjectOptions, api_port: u16, now: DateTime<Utc>) -> anyhow::Result<()> {
        let main = StateDir::main_of(options)?;
        let Some(asked) = asked(options, &main.root)? else { return Ok(()) };
        let all = Self::all(&main)?;
        if asked.among(&all).is_some() {
            return Ok(());
        }
        let port = Self::free_port(&main, api_port)?;
        Self::new(asked.name(), &all, port, "migrations", now)?.write(&main)
    }

    /// A port for a new branch: the first after the project's own that neither a branch has nor anything listens on.
    pub(crate) fn free_port(main: &StateDir, api_port: u16) -> anyhow::Result<u16> {
        let taken: Vec<u16> = Self::all(main)?.into_iter().map(|branch| branch.port).collect();
        let first = api_port.saturating_add(PORTS_OF_THE_PROJECT);
        (first..=u16::MAX)
            .find(|port| !taken.contains(port) && std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
            .context("no port is free for the branch")
    }

    /// Writes its card; from then on it exists.
    pub(crate) fn write(&self, main: &StateDir) -> anyhow::Result<()> {
        main.of_branch(self.clone()).create()?;
        Ok(std::fs::write(card(&main.root, &self.name), serde_json::to_vec_pretty(self)?)?)
    }

    /// Removes everything of it but the database.
    pub(crate) fn remove(&self, main: &StateDir) -> anyhow::Result<()> {
        Ok(std::fs::remove_dir_all(folder(&main.root).join(&self.name))?)
    }
}

pub(super) fn folder(root: &Path) -> PathBuf {
    root.join("branches")
}

fn card(root: &Path, name: &str) -> PathBuf {
    folder(root).join(name).join("branch.json")
}

pub(super) fn current(root: &Path) -> PathBuf {
    root.join("current-branch")
}

/// The branch that was asked for, or that `branch switch` chose; `None` for the project itself.
pub(super) fn asked(options: &ProjectOptions, root: &Path) -> anyhow::Result<Option<Asked>> {
    let asked = match options.branch.as_deref().filter(|asked| !asked.is_empty()) {
        Some("auto") => Asked::Git(git_branch(&options.project)?),
        Some(asked) => Asked::Named(asked.to_owned()),
        None => match std::fs::read_to_string(current(root)) {
            Ok(chosen) => Asked::Named(chosen.trim().to_owned()),
            Err(_none) => return Ok(None),
        },
    };
    Ok((!matches!(asked.name(), MAIN | "master")).then_some(asked))
}

/// The branch that git has checked out in this folder.
fn git_branch(folder: &Path) -> anyhow::Result<String> {
    let name = git(folder, &["symbolic-ref", "--quiet", "--short", "HEAD"]).with_context(|| {
        format!(
            "--branch auto needs a git branch checked out in {}; name the branch instead",
            folder.display()
        )
    })?;
    Ok(name)
}

/// The project's state folder: beside `supabase/`. A git worktree that has none shares that of the main checkout
/// when it asks for a branch, so that all of them are in one cluster.
pub(super) fn shared_state(project: &Path, for_branch: bool) -> PathBuf {
    let own = project.join(".ferrobase");
    if !for_branch || own.exists() {
        return own;
    }
    let Some(common) = git(project, &["rev-parse", "--path-format=absolute", "--git-common-dir"]) else {
        return own;
    };
    let prefix = git(project, &["rev-parse", "--show-prefix"]).unwrap_or_default();
    match Path::new(&common).parent() {
        Some(checkout) => checkout.join(prefix).join(".ferrobase"),
        None => own,
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    output.status.success().then_some(text)
}

/// `feature/Add-Tags` is the branch `feature-add-tags`.
fn plain(called: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let name: String =
        called.trim_matches(|letter: char| !letter.is_ascii_alphanumeric()).chars().map(plain).collect();
    let name: String = name.chars().take(LONGEST_NAME).collect();
    match name.trim_end_matches('-') {
        "" => "branch".to_owned(),
        name => name.to_owned(),
    }
}

/// A name, and what it becomes when that is taken.
fn numbered(name: &str) -> impl Iterator<Item = String> {
    std::iter::once(name.to_owned()).chain((2..1_000).map(move |number| format!("{name}-{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_git_branches_become_names_of_databases() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let mut all = Vec::new();
        for (called, name) in [
            ("feature/Add-Tags", "feature-add-tags"),
            ("feature-add-tags", "feature-add-tags-2"),
            ("../up", "up"),
            ("日本", "branch"),
            ("中国", "branch-2"),
            ("MAIN", "main-2"),
            (&format!("{}/one", "x".repeat(41)), &"x".repeat(40)),
            (&format!("{}/two", "x".repeat(41)), &format!("{}-2", "x".repeat(40))),
        ] {
            let branch = Branch::new(called, &all, 1, MAIN, now).unwrap();
            assert_eq!(branch.name, name, "{called}");
            assert_eq!(branch.database, format!("branch_{}", name.replace('-', "_")));
            all.push(branch);
        }
        let found = |asked: Asked| asked.among(&all).map(|branch| branch.name.clone());
        for branch in &all {
            let called = branch.called.clone().unwrap();
            assert_eq!(found(Asked::Git(called)), Some(branch.name.clone()), "git finds its own");
        }
        let git = |name: &str| found(Asked::Git(name.to_owned()));
        let named = |name: &str| found(Asked::Named(name.to_owned()));
        assert_eq!(git("feature/add/tags"), None, "it looks alike and is another");
        assert_eq!(named("feature/add/tags").as_deref(), Some("feature-add-tags"));
        assert_eq!(named("branch-2").as_deref(), Some("branch-2"));
    }
}

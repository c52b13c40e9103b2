//! `ferrobase migration new`: makes an empty migration file.

use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};

use crate::project::{Project, ProjectOptions};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase migration new create_notes\n  \
    ferrobase db diff | ferrobase migration new add_tags     with what is piped in")]
pub(crate) struct Options {
    /// What it does, in a few words
    name: String,
    #[command(flatten)]
    project: ProjectOptions,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let project = Project::open(&options.project, None, None)?;
    let mut sql = String::new();
    if !std::io::stdin().is_terminal() {
        std::io::stdin().read_to_string(&mut sql).context("what is piped in is not UTF-8")?;
    }
    let path = write(project.folder()?, &options.name, &sql, Utc::now())?;
    eprintln!("Created {}", path.display());
    Ok(())
}

/// Writes a migration of this moment, or of the first second after it that is not taken, and says where.
pub(crate) fn write(
    supabase: &std::path::Path,
    name: &str,
    sql: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<PathBuf> {
    let name = file_name(name)?;
    let folder = supabase.join("migrations");
    std::fs::create_dir_all(&folder).with_context(|| format!("can't create {}", folder.display()))?;
    let newest = newest_version(&folder)?;
    let mut moment = now;
    let version = loop {
        let version = moment.format("%Y%m%d%H%M%S").to_string();
        // two in one second must not get one version
        if newest.as_ref().is_none_or(|newest| *newest < version)
            || moment > now + chrono::TimeDelta::hours(1)
        {
            break version;
        }
        moment += chrono::TimeDelta::seconds(1);
    };
    let path = folder.join(format!("{version}_{name}.sql"));
    std::fs::write(&path, sql).with_context(|| format!("can't write {}", path.display()))?;
    Ok(path)
}

fn newest_version(folder: &std::path::Path) -> anyhow::Result<Option<String>> {
    let mut newest = None;
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let version = name.split('_').next().unwrap_or_default().to_owned();
        if version.len() == 14 && version.bytes().all(|byte| byte.is_ascii_digit()) {
            newest = newest.max(Some(version));
        }
    }
    Ok(newest)
}

/// The words of a name, fit for a file.
fn file_name(name: &str) -> anyhow::Result<String> {
    let words = name.trim().replace(char::is_whitespace, "_");
    let words = words.strip_suffix(".sql").unwrap_or(&words);
    if words.is_empty() || words.starts_with('.') || words.contains(['/', '\\', '\0']) {
        bail!("{name:?} can't be part of a file name; name it like create_notes");
    }
    Ok(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_in_one_second_have_two_versions() {
        let folder = tempfile::tempdir().unwrap();
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let first = write(folder.path(), "add notes", "", now).unwrap();
        let second = write(folder.path(), "b.sql", "select 1", now).unwrap();
        assert!(first.ends_with("migrations/20231114221320_add_notes.sql"), "{}", first.display());
        assert!(second.ends_with("migrations/20231114221321_b.sql"), "{}", second.display());
    }

    #[test]
    fn a_name_stays_in_its_folder() {
        for name in ["", "../x", "a/b", ".hidden"] {
            assert!(file_name(name).is_err(), "{name}");
        }
    }
}

//! Finding PostgreSQL server binaries on this machine.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::ClusterError;

const OLDEST: u32 = 15;

/// Folders below which system packages put server binaries; `*` stands for any one name.
const USUAL_PLACES: &[&str] = &[
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/usr/local/pgsql/bin",
    "/usr/local/bin",
    "/usr/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/opt/local/lib/postgresql*/bin",
];

/// Server binaries of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Folder with `postgres` and `initdb`.
    pub binaries: PathBuf,
    /// Major version, such as 15.
    pub major: u32,
    /// Full version as the server tells it, such as `15.20`.
    pub version: String,
}

impl Installation {
    /// Path of one of the binaries.
    pub fn program(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }

    /// Whether a library that can be preloaded is installed with it.
    pub(super) fn has_library(&self, name: &str) -> bool {
        let Some(prefix) = self.binaries.parent() else { return false };
        ["lib", "lib/postgresql", "lib64", "lib64/pgsql"].iter().any(|folder| {
            ["so", "dylib"]
                .iter()
                .any(|extension| prefix.join(folder).join(format!("{name}.{extension}")).is_file())
        })
    }
}

/// The newest PostgreSQL, version 15 or newer: in the configured folder or the one FERROBASE_POSTGRES_BIN
/// names (then nowhere else), otherwise on the PATH and in the usual places.
pub fn find(configured: Option<&Path>) -> Result<Installation, ClusterError> {
    let (mut found, searched) = search(configured);
    if found.is_empty() {
        return Err(not_found(searched));
    }
    Ok(found.swap_remove(0))
}

/// All of them, newest first.
pub fn find_all(configured: Option<&Path>) -> Vec<Installation> {
    search(configured).0
}

/// The installation for existing data (which needs its own major version), or the newest for new data.
pub(super) fn for_data(
    configured: Option<&Path>,
    existing: Option<(PathBuf, u32)>,
) -> Result<Installation, ClusterError> {
    let (found, searched) = search(configured);
    let Some((data, wanted)) = existing else {
        return found.into_iter().next().ok_or_else(|| not_found(searched));
    };
    if found.is_empty() {
        return Err(not_found(searched));
    }
    let versions = found.iter().map(|installation| installation.major.to_string()).collect();
    found.into_iter().find(|installation| installation.major == wanted).ok_or(ClusterError::VersionMissing {
        data,
        wanted,
        found: versions,
    })
}

fn search(configured: Option<&Path>) -> (Vec<Installation>, Vec<String>) {
    let named = configured.map(Path::to_owned).or_else(|| {
        std::env::var_os("FERROBASE_POSTGRES_BIN").filter(|value| !value.is_empty()).map(PathBuf::from)
    });
    let (folders, searched) = match named {
        Some(folder) => {
            let searched = vec![folder.display().to_string()];
            // the folder above `bin` is an easy mistake
            (vec![folder.join("bin"), folder], searched)
        }
        None => usual_folders(),
    };
    let mut seen = HashSet::new();
    let mut found: Vec<Installation> = folders
        .into_iter()
        .filter_map(|folder| real_folder(&folder))
        .filter(|folder| seen.insert(folder.clone()))
        .filter_map(inspect)
        .filter(|installation| installation.major >= OLDEST)
        .collect();
    // stable: what is first on the PATH wins among equals
    found.sort_by_key(|installation| std::cmp::Reverse(installation.major));
    (found, searched)
}

/// The folder where the binaries really are, libraries beside it; `/usr/local/bin` may hold links only.
fn real_folder(folder: &Path) -> Option<PathBuf> {
    let binaries = folder.join("postgres").canonicalize().ok()?.parent()?.to_owned();
    (binaries.join("initdb").is_file() && binaries.join("postgres").is_file()).then_some(binaries)
}

fn usual_folders() -> (Vec<PathBuf>, Vec<String>) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> =
        std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    let mut searched = vec!["PATH".to_owned()];
    for pattern in USUAL_PLACES {
        folders.extend(expand(pattern));
        searched.push((*pattern).to_owned());
    }
    (folders, searched)
}

/// The existing folders a pattern with at most one `*` (within one path segment) stands for.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let rest = after.trim_start_matches('/');
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| if rest.is_empty() { entry.path() } else { entry.path().join(rest) })
        .collect()
}

fn inspect(binaries: PathBuf) -> Option<Installation> {
    let output = Command::new(binaries.join("postgres")).arg("--version").output().ok()?;
    let (major, version) = parse_version(std::str::from_utf8(&output.stdout).ok()?)?;
    Some(Installation { binaries, major, version })
}

/// From `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`; also `18beta1`, `17devel`.
fn parse_version(text: &str) -> Option<(u32, String)> {
    let version = text.split(") ").nth(1)?.split_whitespace().next()?;
    let digits = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    Some((version.get(..digits)?.parse().ok()?, version.to_owned()))
}

fn not_found(searched: Vec<String>) -> ClusterError {
    let install = if cfg!(target_os = "macos") {
        "brew install postgresql@17"
    } else if Path::new("/usr/bin/apt-get").exists() {
        "sudo apt-get install postgresql"
    } else if Path::new("/usr/bin/dnf").exists() {
        "sudo dnf install postgresql-server postgresql-contrib"
    } else if Path::new("/usr/bin/pacman").exists() {
        "sudo pacman -S postgresql"
    } else if Path::new("/sbin/apk").exists() {
        "sudo apk add postgresql postgresql-contrib"
    } else {
        "your system's package manager"
    };
    ClusterError::NotFound { searched, install }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_server_prints() {
        for (text, expected) in [
            ("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n", Some((15, "15.20".to_owned()))),
            ("postgres (PostgreSQL) 17.2\n", Some((17, "17.2".to_owned()))),
            ("postgres (PostgreSQL) 18beta1\n", Some((18, "18beta1".to_owned()))),
            ("postgres (PostgreSQL) 9.6.24\n", Some((9, "9.6.24".to_owned()))),
            ("something else", None),
            ("", None),
        ] {
            assert_eq!(parse_version(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_folder_without_binaries_is_refused_with_what_was_searched() {
        let folder = tempfile::tempdir().unwrap();
        let error = find(Some(folder.path())).unwrap_err();
        assert!(error.to_string().contains(&folder.path().display().to_string()), "{error}");
        assert!(error.to_string().contains("Install one with"), "{error}");
    }

    #[test]
    fn the_newest_comes_first() {
        let found = find_all(None);
        assert!(found.is_sorted_by_key(|installation| std::cmp::Reverse(installation.major)));
        assert!(found.iter().all(|installation| installation.major >= OLDEST));
    }
}

//! Creating a cluster, and writing its configuration.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::account::Account;
use super::directory::Directory;
use super::error::{ClusterError, io_error};
use super::install::Installation;
use super::{ClusterConfig, SUPERUSER};

/// Ours, included at the end of postgresql.conf. What a person sets with `alter system` still wins.
const CONFIGURATION: &str = "ferrobase.conf";

/// Creates the data directory, whole or not at all.
pub(super) async fn create(
    installation: &Installation,
    directory: &Directory,
    account: Option<&Account>,
    durable: bool,
) -> Result<(), ClusterError> {
    let partial = directory.partial_data();
    // the machine's C.UTF-8 sorts by code point, is never upgraded under an index, and knows letters beyond
    // ASCII; plain C is everywhere
    let locales: &[&[&str]] = if installation.major >= 17 {
        &[
            &["--locale-provider=builtin", "--locale=C.UTF-8"],
            &["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
        ]
    } else {
        &[&["--locale=C.UTF-8"], &["--locale=C"]]
    };
    let mut output = String::new();
    for locale in locales {
        remove_folder(&partial)?;
        match run(installation, directory, &partial, account, durable, locale).await? {
            Ok(()) => {
                append_include(&partial, account)?;
                fs::rename(&partial, directory.data()).map_err(io_error("rename", &partial))?;
                return sync_folder(directory.root());
            }
            Err(said) => output = said,
        }
    }
    remove_folder(&partial)?;
    Err(ClusterError::Initdb { directory: directory.data(), output })
}

async fn run(
    installation: &Installation,
    directory: &Directory,
    partial: &Path,
    account: Option<&Account>,
    durable: bool,
    locale: &[&str],
) -> Result<Result<(), String>, ClusterError> {
    let program = installation.program("initdb");
    let mut command = Command::new(&program);
    command
        .arg("--pgdata")
        .arg(partial)
        .args(["--username", SUPERUSER, "--encoding", "UTF8"])
        // the socket's folder lets in nobody but the server's own user; everything else needs a password
        .args(["--auth-local", "trust", "--auth-host", "scram-sha-256", "--no-instructions"])
        .args(locale)
        .current_dir(directory.root())
        .env_remove("PGDATA")
        .stdin(Stdio::null());
    if durable {
        command.arg("--data-checksums");
    } else {
        command.arg("--no-sync");
    }
    if let Some(account) = account {
        account.apply(&mut command);
    }
    let output = tokio::process::Command::from(command).output().await.map_err(io_error("run", program))?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    Ok(Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

fn append_include(data: &Path, account: Option<&Account>) -> Result<(), ClusterError> {
    let path = data.join("postgresql.conf");
    let mut text = fs::read_to_string(&path).map_err(io_error("read", &path))?;
    let _ = write!(text, "\ninclude '{CONFIGURATION}'\n");
    fs::write(&path, text).map_err(io_error("write", &path))?;
    let own = data.join(CONFIGURATION);
    fs::write(&own, "").map_err(io_error("write", &own))?;
    account.map_or(Ok(()), |account| account.take(data))
}

/// Writes our part of the configuration. `true` when it differs from what was there.
pub(super) fn configure(
    installation: &Installation,
    directory: &Directory,
    config: &ClusterConfig,
    account: Option<&Account>,
) -> Result<bool, ClusterError> {
    let path = directory.data().join(CONFIGURATION);
    let wanted = configuration(installation, config);
    if fs::read_to_string(&path).is_ok_and(|current| current == wanted) {
        return Ok(false);
    }
    let partial = path.with_extension("partial");
    fs::write(&partial, wanted).map_err(io_error("write", &partial))?;
    fs::rename(&partial, &path).map_err(io_error("rename", &partial))?;
    account.map_or(Ok(()), |account| account.take(&path))?;
    Ok(true)
}

fn configuration(installation: &Installation, config: &ClusterConfig) -> String {
    let mut settings: Vec<(&str, &str)> = vec![
        ("wal_level", "logical"),
        ("max_connections", "100"),
        ("max_wal_senders", "10"),
        ("max_replication_slots", "10"),
        // a forgotten slot must not fill the disk
        ("max_slot_wal_keep_size", "2GB"),
        ("shared_buffers", "128MB"),
        // as in Supabase's image, so that plans are the same in both places
        ("effective_cache_size", "128MB"),
        ("password_encryption", "scram-sha-256"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("log_line_prefix", "%m [%p] %q%u@%d "),
        ("log_checkpoints", "off"),
        ("log_min_error_statement", "panic"),
    ];
    // what a hosted project has in its server, and `create extension` alone would not bring
    let mut preloaded = vec!["pg_stat_statements", "pgaudit"];
    preloaded.retain(|library| installation.has_library(library));
    let preloaded = preloaded.join(", ");
    if !preloaded.is_empty() {
        settings.push(("shared_preload_libraries", &preloaded));
    }
    if !config.durable {
        settings.extend([("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")]);
    }
    settings.extend(config.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    settings.into_iter().fold(
        "# Written by Ferrobase at each start; use `alter system` or postgresql.conf for your own settings.\n".to_owned(),
        |mut text, (name, value)| {
            let _ = writeln!(text, "{name} = '{}'", value.replace('\'', "''"));
            text
        },
    )
}

fn remove_folder(path: &Path) -> Result<(), ClusterError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ClusterError::Io { what: "remove", path: path.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}

/// Makes a rename survive a crash of the machine.
fn sync_folder(path: &Path) -> Result<(), ClusterError> {
    fs::File::open(path).and_then(|folder| folder.sync_all()).map_err(io_error("sync", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_of_a_hosted_project_are_preloaded_as_far_as_they_are_installed() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("lib");
        fs::create_dir(&library).unwrap();
        let installation =
            Installation { binaries: folder.path().join("bin"), major: 15, version: "15.1".to_owned() };
        let config = ClusterConfig::new(folder.path().join("db"));
        let lines = || configuration(&installation, &config);
        assert!(!lines().contains("shared_preload_libraries"));
        fs::write(library.join("pgaudit.so"), "").unwrap();
        assert!(lines().contains("shared_preload_libraries = 'pgaudit'\n"));
        fs::write(library.join("pg_stat_statements.so"), "").unwrap();
        assert!(lines().contains("shared_preload_libraries = 'pg_stat_statements, pgaudit'\n"));
    }
}

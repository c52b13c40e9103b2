//! A private layout of the installation in which the extensions of a hosted project are trusted, so that `postgres`,
//! who is no superuser, can create them.
//!
//! PostgreSQL looks for its share folder relative to its own binary. So the server runs from a copy of that one file;
//! everything around it is a link to the installation, except the control files of those extensions:
//!
//! ```text
//! <cluster>/server/
//!   lib/postgresql/15/bin/postgres     copied
//!   lib/postgresql/15/lib              -> the installation's
//!   share/postgresql/15/…              links; extension/postgis.control and others with `trusted = true`,
//!                                      and the extensions in plain SQL that the cluster brings along;
//!                                      extension/dblink--1.2.sql with what takes its door for superusers away
//! ```

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::ClusterConfig;
use super::account::Account;
use super::directory::Directory;
use super::extension::{self, SqlExtension};
use super::install::Installation;

/// What a hosted project may create. Left out: languages and foreign data wrappers that reach the file system.
const EXTENSIONS: &[&str] = &[
    "address_standardizer",
    "address_standardizer_data_us",
    "autoinc",
    "bloom",
    "dblink",
    "dict_xsyn",
    "earthdistance",
    "http",
    "hypopg",
    "index_advisor",
    "insert_username",
    "moddatetime",
    "pg_cron",
    "pg_graphql",
    "pg_hashids",
    "pg_jsonschema",
    "pg_net",
    "pg_partman",
    "pg_prewarm",
    "pg_repack",
    "pg_stat_monitor",
    "pg_stat_statements",
    "pg_walinspect",
    "pgaudit",
    "pgjwt",
    "pgmq",
    "pgroonga",
    "pgroonga_database",
    "pgrouting",
    "pgrowlocks",
    "pgsodium",
    "pgstattuple",
    "pgtap",
    "plpgsql_check",
    "postgis",
    "postgis_raster",
    "postgis_sfcgal",
    "postgis_tiger_geocoder",
    "postgis_topology",
    "postgres_fdw",
    "refint",
    "rum",
    "sslinfo",
    "supabase_vault",
    "vector",
];

/// What the scripts of an extension are followed by. `dblink_connect_u` lets its caller in as anybody, so it is the
/// administrator's alone; dblink only takes it from `public`, not from those who get functions by default privileges.
/// A foreign data wrapper is of use to whom it is granted.
const AFTERWARDS: &[(&str, &str)] =
    &[("dblink", include_str!("dblink.sql")), ("postgres_fdw", include_str!("postgres_fdw.sql"))];

/// Raised when the layout changes otherwise than in the list above: layouts of an older binary are made anew.
const LAYOUT: u32 = 4;

/// The installation as this cluster runs it: made when it is missing or the installation changed. Where that is not
/// possible the server runs as it is installed, and only the extensions that are trusted anyway can be created.
pub(super) fn installation(
    original: &Installation,
    directory: &Directory,
    account: Option<&Account>,
    config: &ClusterConfig,
) -> Installation {
    match prepare(original, directory, account, config) {
        Ok(binaries) => Installation { binaries, ..original.clone() },
        Err(error) => {
            tracing::warn!(%error, "extensions that PostgreSQL does not trust can only be created by supabase_admin");
            original.clone()
        }
    }
}

fn prepare(
    original: &Installation,
    directory: &Directory,
    account: Option<&Account>,
    config: &ClusterConfig,
) -> io::Result<PathBuf> {
    let place = directory.server();
    let preloaded = preloaded(directory, config);
    let stamp_file = place.join("stamp");
    if let Ok(text) = fs::read_to_string(&stamp_file)
        && let Some((share, binaries)) = stamped(&text)
        && stamp(original, &share, &binaries, config.extensions, &preloaded)? == text
    {
        return Ok(place.join(binaries));
    }
    let share = share_folder(original, directory, account)?;
    let common = common_ancestor(&original.binaries, &share);
    let binaries = relative(&original.binaries, &common)?;
    let partial = place.with_extension("partial");
    remove(&partial)?;
    let brought = brought_along(&share, config.extensions, &preloaded);
    make(original, &share, &common, &partial, &brought)?;
    let stamp = stamp(original, &share, &binaries, config.extensions, &preloaded)?;
    fs::write(partial.join("stamp"), stamp)?;
    if let Some(account) = account {
        account.take(&partial).map_err(io::Error::other)?;
    }
    remove(&place)?;
    fs::rename(&partial, &place)?;
    Ok(place.join(binaries))
}

/// The libraries the server is told to load at its start, as far as that is not our own doing.
fn preloaded(directory: &Directory, config: &ClusterConfig) -> String {
    let by_hand = fs::read_to_string(directory.data().join("postgresql.auto.conf")).unwrap_or_default();
    let by_hand = by_hand.lines().filter(|line| line.starts_with("shared_preload_libraries"));
    let configured = config.settings.iter().filter(|(name, _)| name == "shared_preload_libraries");
    by_hand.map(str::to_owned).chain(configured.map(|(_, value)| value.clone())).collect()
}

/// Those the installation does not have itself.
fn brought_along<'a>(share: &Path, extensions: &'a [SqlExtension], preloaded: &str) -> Vec<&'a SqlExtension> {
    let installed =
        |extension: &SqlExtension| share.join(format!("extension/{}.control", extension.name)).is_file();
    extensions
        .iter()
        .filter(|extension| {
            !installed(extension) || extension.needs_preload && !preloaded.contains(extension.name)
        })
        .collect()
}

/// What the layout was made from: the server's binary, the folder of extensions and the list, as they were.
fn stamp(
    original: &Installation,
    share: &Path,
    binaries: &Path,
    extensions: &[SqlExtension],
    preloaded: &str,
) -> io::Result<String> {
    let server = fs::metadata(original.program("postgres"))?;
    let folder = fs::metadata(share.join("extension"))?;
    Ok(format!(
        "{}\n{}\n{LAYOUT} {} {} {} {}.{}\n{}\n{:x} {preloaded}\n",
        share.display(),
        binaries.display(),
        original.program("postgres").display(),
        server.len(),
        server.mtime(),
        folder.mtime(),
        folder.mtime_nsec(),
        EXTENSIONS.join(" "),
        extension::fingerprint(extensions),
    ))
}

fn stamped(text: &str) -> Option<(PathBuf, PathBuf)> {
    let mut lines = text.lines();
    Some((lines.next()?.into(), lines.next()?.into()))
}

/// Asks `initdb`, which looks for it the same way the server does.
fn share_folder(
    original: &Installation,
    directory: &Directory,
    account: Option<&Account>,
) -> io::Result<PathBuf> {
    let mut command = Command::new(original.program("initdb"));
    command.arg("--show").arg("--pgdata").arg(directory.data()).current_dir(directory.root());
    command.stdin(Stdio::null()).env("LC_ALL", "C");
    if let Some(account) = account {
        account.apply(&mut command);
    }
    let output = command.output()?;
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said)
        .lines()
        .find_map(|line| line.strip_prefix("share_path="))
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other("initdb does not tell where its share folder is"))?
        .canonicalize()
}

fn make(
    original: &Installation,
    share: &Path,
    common: &Path,
    target: &Path,
    brought: &[&SqlExtension],
) -> io::Result<()> {
    let binaries = target.join(relative(&original.binaries, common)?);
    make_folder(&binaries)?;
    // a link would be followed, to the folder it comes from
    fs::copy(original.program("postgres"), binaries.join("postgres"))?;
    // libraries and whatever else lies beside the binaries
    if let (Some(from), Some(to)) = (original.binaries.parent(), binaries.parent()) {
        link_entries(from, to, &|path| share.starts_with(path) || path == original.binaries)?;
    }
    // the way down to the share folder, then all of it but the extensions
    let copied_share = target.join(relative(share, common)?);
    make_folder(&copied_share.join("extension"))?;
    let extensions = share.join("extension");
    link_entries(share, &copied_share, &|path| path == extensions)?;
    let copied = copied_share.join("extension");
    let replaced = |path: &Path| {
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        brought.iter().any(|extension| extension.has_file(file))
    };
    link_entries(&extensions, &copied, &|path| {
        is_ours(path) || replaced(path) || afterwards(path).is_some()
    })?;
    for entry in fs::read_dir(&extensions)? {
        let path = entry?.path();
        if let (Some(more), Some(name)) = (afterwards(&path), path.file_name()) {
            fs::write(copied.join(name), format!("{}\n{more}", fs::read_to_string(&path)?))?;
        }
    }
    for name in EXTENSIONS {
        let control = extensions.join(format!("{name}.control"));
        if let Ok(text) = fs::read_to_string(&control)
            && !replaced(&control)
        {
            fs::write(copied.join(format!("{name}.control")), trust(&text))?;
        }
    }
    for (name, content) in brought.iter().flat_map(|extension| extension.files()) {
        fs::write(copied.join(name), content)?;
    }
    Ok(())
}

fn is_ours(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "control")
        && path.file_stem().and_then(|name| name.to_str()).is_some_and(|name| EXTENSIONS.contains(&name))
}

/// What follows this file, if it is the script of an extension that something follows.
fn afterwards(path: &Path) -> Option<&'static str> {
    let file = path.file_name()?.to_str()?;
    let (name, _) = file.strip_suffix(".sql")?.split_once("--")?;
    AFTERWARDS.iter().find(|(extension, _)| *extension == name).map(|(_, script)| *script)
}

/// The control file with `trusted = true`; the last setting of a name counts.
fn trust(control: &str) -> String {
    format!("{}\ntrusted = true\n", control.trim_end())
}

fn link_entries(from: &Path, to: &Path, except: &dyn Fn(&Path) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if let Some(name) = path.file_name()
            && !except(&path)
        {
            symlink(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// Whatever our umask says, the server's user has to get through.
fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn common_ancestor(one: &Path, other: &Path) -> PathBuf {
    one.components().zip(other.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
}

fn relative(path: &Path, ancestor: &Path) -> io::Result<PathBuf> {
    path.strip_prefix(ancestor).map(Path::to_owned).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_file_becomes_trusted_whatever_it_said() {
        assert_eq!(trust("relocatable = true\n"), "relocatable = true\ntrusted = true\n");
        assert!(trust("trusted = false").ends_with("\ntrusted = true\n"));
    }

    #[test]
    fn scripts_that_something_follows_are_told_from_others() {
        for (file, followed) in [
            ("dblink--1.2.sql", true),
            ("dblink--1.1--1.2.sql", true),
            ("dblink.control", false),
            ("dblink_more--1.2.sql", false),
            ("citext--1.6.sql", false),
        ] {
            assert_eq!(afterwards(Path::new(file)).is_some(), followed, "{file}");
        }
    }

    #[test]
    fn the_layout_keeps_what_lies_between_binaries_and_share() {
        let (binaries, share) =
            (Path::new("/usr/lib/postgresql/15/bin"), Path::new("/usr/share/postgresql/15"));
        assert_eq!(common_ancestor(binaries, share), Path::new("/usr"));
        let (binaries, share) = (Path::new("/opt/pg/bin"), Path::new("/opt/pg/share"));
        assert_eq!(common_ancestor(binaries, share), Path::new("/opt/pg"));
    }
}

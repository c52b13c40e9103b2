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
//!   share/postgresql/15/…              links; extension/postgis.control and others with `trusted = true`
//! ```

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::account::Account;
use super::directory::Directory;
use super::install::Installation;

/// What a hosted project may create. Left out: languages that reach the file system; foreign data wrappers, which
/// need a grant besides; dblink, with which whoever may create it could connect as anybody over the trusted socket.
const EXTENSIONS: &[&str] = &[
    "address_standardizer",
    "address_standardizer_data_us",
    "autoinc",
    "bloom",
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
    "refint",
    "rum",
    "sslinfo",
    "supabase_vault",
    "vector",
];

/// Raised when the layout changes otherwise than in the list above: layouts of an older binary are made anew.
const LAYOUT: u32 = 1;

/// The installation as this cluster runs it: made when it is missing or the installation changed. Where that is not
/// possible the server runs as it is installed, and only the extensions that are trusted anyway can be created.
pub(super) fn installation(
    original: &Installation,
    directory: &Directory,
    account: Option<&Account>,
) -> Installation {
    match prepare(original, directory, account) {
        Ok(binaries) => Installation { binaries, ..original.clone() },
        Err(error) => {
            tracing::warn!(%error, "extensions that PostgreSQL does not trust can only be created by supabase_admin");
            original.clone()
        }
    }
}

fn prepare(original: &Installation, directory: &Directory, account: Option<&Account>) -> io::Result<PathBuf> {
    let place = directory.server();
    let stamp_file = place.join("stamp");
    if let Ok(text) = fs::read_to_string(&stamp_file)
        && let Some((share, binaries)) = stamped(&text)
        && stamp(original, &share, &binaries)? == text
    {
        return Ok(place.join(binaries));
    }
    let share = share_folder(original, directory, account)?;
    let common = common_ancestor(&original.binaries, &share);
    let binaries = relative(&original.binaries, &common)?;
    let partial = place.with_extension("partial");
    remove(&partial)?;
    make(original, &share, &common, &partial)?;
    fs::write(partial.join("stamp"), stamp(original, &share, &binaries)?)?;
    if let Some(account) = account {
        account.take(&partial).map_err(io::Error::other)?;
    }
    remove(&place)?;
    fs::rename(&partial, &place)?;
    Ok(place.join(binaries))
}

/// What the layout was made from: the server's binary, the folder of extensions and the list, as they were.
fn stamp(original: &Installation, share: &Path, binaries: &Path) -> io::Result<String> {
    let server = fs::metadata(original.program("postgres"))?;
    let extensions = fs::metadata(share.join("extension"))?;
    Ok(format!(
        "{}\n{}\n{LAYOUT} {} {} {} {}.{}\n{}\n",
        share.display(),
        binaries.display(),
        original.program("postgres").display(),
        server.len(),
        server.mtime(),
        extensions.mtime(),
        extensions.mtime_nsec(),
        EXTENSIONS.join(" "),
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

fn make(original: &Installation, share: &Path, common: &Path, target: &Path) -> io::Result<()> {
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
    link_entries(&extensions, &copied_share.join("extension"), &|path| is_ours(path))?;
    for name in EXTENSIONS {
        let control = format!("{name}.control");
        if let Ok(text) = fs::read_to_string(extensions.join(&control)) {
            fs::write(copied_share.join("extension").join(control), trust(&text))?;
        }
    }
    Ok(())
}

fn is_ours(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "control")
        && path.file_stem().and_then(|name| name.to_str()).is_some_and(|name| EXTENSIONS.contains(&name))
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
    fn the_layout_keeps_what_lies_between_binaries_and_share() {
        let (binaries, share) =
            (Path::new("/usr/lib/postgresql/15/bin"), Path::new("/usr/share/postgresql/15"));
        assert_eq!(common_ancestor(binaries, share), Path::new("/usr"));
        let (binaries, share) = (Path::new("/opt/pg/bin"), Path::new("/opt/pg/share"));
        assert_eq!(common_ancestor(binaries, share), Path::new("/opt/pg"));
    }
}

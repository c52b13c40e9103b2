//! Where a cluster lies, and who may enter.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::account::Account;
use super::error::{ClusterError, io_error};

/// Longest path of a Unix socket, without the final NUL, on the systems that allow least.
const LONGEST_SOCKET_PATH: usize = 103;

/// Where clusters go that the server's user could not reach at their own place.
const SHARED_STATE: &str = "/var/lib/ferrobase";

/// The places of one cluster.
#[derive(Debug, Clone)]
pub(super) struct Directory {
    root: PathBuf,
    socket_dir: PathBuf,
}

impl Directory {
    /// Finds the place. Makes nothing.
    pub(super) fn locate(wanted: &Path, account: Option<&Account>) -> Result<Self, ClusterError> {
        let wanted = canonical(&std::path::absolute(wanted).map_err(io_error("use", wanted))?);
        let root = match account {
            Some(account) if !account.can_reach(&wanted) => Path::new(SHARED_STATE).join(short_hash(&wanted)),
            _ => wanted,
        };
        Ok(Self { socket_dir: socket_dir(&root), root })
    }

    /// Makes the folders and gives them to the server's user.
    pub(super) fn prepare(&self, account: Option<&Account>) -> Result<(), ClusterError> {
        let missing: Vec<&Path> = self.root.ancestors().take_while(|folder| !folder.exists()).collect();
        fs::create_dir_all(&self.root).map_err(io_error("create", &self.root))?;
        for folder in missing {
            // whatever our umask says, the server's user has to get through, and nobody needs to see the inside
            let mode = if folder == self.root { 0o700 } else { 0o755 };
            fs::set_permissions(folder, fs::Permissions::from_mode(mode))
                .map_err(io_error("protect", folder))?;
        }
        make_private(&self.socket_dir, account)?;
        if let Some(account) = account {
            // the folder itself, not what is in it: a big cluster is not walked at each start
            std::os::unix::fs::chown(&self.root, Some(account.uid), Some(account.gid))
                .map_err(io_error("change the owner of", &self.root))?;
        }
        Ok(())
    }

    /// Asks the file system to lay databases apart: an ext4 without a journal is slow to make files where others were deleted a
    /// moment ago (a copy of a database took 400 ms instead of 60), and by itself it makes them just there.
    pub(super) fn spread_databases(&self) {
        if let Err(error) = spread_folders_in(&self.data().join("base")) {
            // other file systems have no such wish, and need none
            tracing::trace!(%error, "the folders of databases lie where they lie");
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    pub(super) fn partial_data(&self) -> PathBuf {
        self.root.join("data.partial")
    }

    /// The private layout of the server (see `trusted`).
    pub(super) fn server(&self) -> PathBuf {
        self.root.join("server")
    }

    pub(super) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    pub(super) fn log_file(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub(super) fn pid_file(&self) -> PathBuf {
        self.data().join("postmaster.pid")
    }

    pub(super) fn is_initialised(&self) -> bool {
        self.data().join("PG_VERSION").is_file()
    }

    /// The data directory and the major version that made it, when there is one.
    pub(super) fn data_version(&self) -> Result<Option<(PathBuf, u32)>, ClusterError> {
        let file = self.data().join("PG_VERSION");
        match fs::read_to_string(&file) {
            Ok(text) => {
                let major = text.trim().parse().map_err(|error| ClusterError::Io {
                    what: "read",
                    path: file,
                    source: std::io::Error::new(std::io::ErrorKind::InvalidData, error),
                })?;
                Ok(Some((self.data(), major)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ClusterError::Io { what: "read", path: file, source }),
        }
    }

    /// Makes this process the one that manages the cluster, until the file is dropped or the process ends.
    pub(super) fn lock(&self) -> Result<File, ClusterError> {
        let path = self.root.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(io_error("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(ClusterError::Locked { directory: self.root.clone() }),
            Err(TryLockError::Error(source)) => Err(ClusterError::Io { what: "lock", path, source }),
        }
    }

    /// The last lines the server wrote.
    pub(super) fn log_tail(&self) -> String {
        let text = fs::read(self.log_file()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

/// The same name for the same place, by whatever links it is reached and whether or not it exists yet.
fn canonical(path: &Path) -> PathBuf {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(path), _, _) => path,
        (Err(_), Some(parent), Some(name)) => canonical(parent).join(name),
        (Err(_), _, _) => path.to_owned(),
    }
}

/// `<root>/run`, or a short path in the system's temporary folder when that would be too long for a socket.
fn socket_dir(root: &Path) -> PathBuf {
    let beside = root.join("run");
    if beside.as_os_str().len() + "/.s.PGSQL.65535.lock".len() <= LONGEST_SOCKET_PATH {
        return beside;
    }
    Path::new("/tmp").join(format!("ferrobase-{}", short_hash(root)))
}

/// Makes a folder that only the server's user can enter. A folder in /tmp that somebody else made first is
/// refused: everything in it would be trusted.
fn make_private(folder: &Path, account: Option<&Account>) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(source) => return Err(ClusterError::Io { what: "create", path: folder.to_owned(), source }),
    }
    let metadata = fs::symlink_metadata(folder).map_err(io_error("read", folder))?;
    let own_uid = rustix::process::geteuid().as_raw();
    let owners = [Some(own_uid), account.map(|account| account.uid)];
    if !metadata.is_dir() || !owners.contains(&Some(metadata.uid())) {
        return Err(ClusterError::Io {
            what: "use",
            path: folder.to_owned(),
            source: std::io::Error::new(std::io::ErrorKind::PermissionDenied, "it belongs to somebody else"),
        });
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(io_error("protect", folder))?;
    if let Some(account) = account {
        std::os::unix::fs::chown(folder, Some(account.uid), Some(account.gid))
            .map_err(io_error("change the owner of", folder))?;
    }
    Ok(())
}

fn short_hash(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    let hash = Sha256::digest(path.as_os_str().as_bytes());
    hash.iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(target_os = "linux")]
fn spread_folders_in(folder: &Path) -> std::io::Result<()> {
    use rustix::fs::{IFlags, ioctl_getflags, ioctl_setflags};
    let folder = File::open(folder)?;
    let flags = ioctl_getflags(&folder)?;
    if !flags.contains(IFlags::TOPDIR) {
        ioctl_setflags(&folder, flags | IFlags::TOPDIR)?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn spread_folders_in(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_gets_a_short_socket() {
        assert_eq!(socket_dir(Path::new("/srv/app")), Path::new("/srv/app/run"));
        let long = PathBuf::from(format!("/srv/{}", "x".repeat(120)));
        let other = PathBuf::from(format!("/srv/{}", "y".repeat(120)));
        assert!(socket_dir(&long).as_os_str().len() < 60);
        assert_ne!(socket_dir(&long), socket_dir(&other));
    }

    #[test]
    fn a_place_has_one_name_before_and_after_it_exists() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("real")).unwrap();
        std::os::unix::fs::symlink("real", folder.path().join("link")).unwrap();
        let wanted = folder.path().join("real/../link/db");
        let before = canonical(&wanted);
        std::fs::create_dir(folder.path().join("real/db")).unwrap();
        assert_eq!(before, canonical(&wanted));
        assert!(before.ends_with("real/db"), "{}", before.display());
    }

    #[test]
    fn a_directory_is_locked_once() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::locate(folder.path(), None).unwrap();
        directory.prepare(None).unwrap();
        let held = directory.lock().unwrap();
        assert!(matches!(directory.lock(), Err(ClusterError::Locked { .. })));
        drop(held);
        directory.lock().unwrap();
    }
}

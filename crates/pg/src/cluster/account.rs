//! Who runs the server. PostgreSQL refuses to run as root, and containers and CI often are root.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use super::error::{ClusterError, io_error};

/// Made by us when the system has no user `postgres`.
const OWN_ACCOUNT: &str = "ferrobase";

/// An unprivileged user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// The account to run the server as, when it cannot be our own.
pub(super) fn for_server() -> Result<Option<Account>, ClusterError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    if let Some(account) = look_up("postgres").or_else(|| look_up(OWN_ACCOUNT)) {
        return Ok(Some(account));
    }
    let mut failures = Vec::new();
    for (program, arguments) in [
        (
            "useradd",
            &["--system", "--user-group", "--no-create-home", "--shell", "/bin/false", OWN_ACCOUNT][..],
        ),
        ("adduser", &["-S", "-D", "-H", OWN_ACCOUNT][..]),
    ] {
        match Command::new(program).args(arguments).output() {
            Ok(output) if output.status.success() => break,
            Ok(output) => {
                failures.push(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()));
            }
            Err(error) => failures.push(format!("{program}: {error}")),
        }
    }
    look_up(OWN_ACCOUNT).map(Some).ok_or_else(|| ClusterError::NoAccount { reason: failures.join("; ") })
}

/// Asks `id`, which knows every source of users the system has.
fn look_up(name: &str) -> Option<Account> {
    let number = |flag: &str| {
        let output = Command::new("id").args([flag, name]).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    let account = Account { uid: number("-u")?, gid: number("-g")? };
    (account.uid != 0).then_some(account)
}

impl Account {
    /// Lets a process run as this user, in a group of its own.
    pub(super) fn apply(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Gives a file or folder, with all it holds, to this user.
    pub(super) fn take(&self, path: &Path) -> Result<(), ClusterError> {
        let metadata = fs::symlink_metadata(path).map_err(io_error("read", path))?;
        if (metadata.uid(), metadata.gid()) != (self.uid, self.gid) && !metadata.is_symlink() {
            chown(path, Some(self.uid), Some(self.gid)).map_err(io_error("change the owner of", path))?;
        }
        if metadata.is_dir() {
            for entry in fs::read_dir(path).map_err(io_error("read", path))? {
                self.take(&entry.map_err(io_error("read", path))?.path())?;
            }
        }
        Ok(())
    }

    /// Whether this user can get to the folder: every folder above it has to let them through.
    pub(super) fn can_reach(&self, path: &Path) -> bool {
        path.ancestors().skip(1).filter_map(|folder| fs::metadata(folder).ok()).all(|metadata| {
            let allowed = if metadata.uid() == self.uid {
                0o100
            } else if metadata.gid() == self.gid {
                0o010
            } else {
                0o001
            };
            metadata.mode() & allowed != 0
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_private_folder_above_keeps_others_out() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        let stranger = Account { uid: 4_000_001, gid: 4_000_001 };
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(stranger.can_reach(&inner));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!stranger.can_reach(&inner));
    }
}

//! One server a project: a lock on a file, which the operating system releases however the server ends.

use std::fs::{File, TryLockError};

use crate::project::StateDir;

/// The lock of the running server. Dropping it, or dying, releases it.
#[derive(Debug)]
pub(crate) struct RunLock {
    _file: File,
}

impl RunLock {
    /// Takes the lock; `None` when another server holds it.
    pub(crate) fn take(state: &StateDir) -> std::io::Result<Option<Self>> {
        let file = open(state)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Whether a server runs.
    pub(crate) fn is_held(state: &StateDir) -> bool {
        state.lock().exists() && matches!(Self::take(state), Ok(None))
    }

    /// Blocks until no server holds the lock.
    pub(crate) fn wait(state: &StateDir) -> std::io::Result<()> {
        open(state)?.lock()
    }
}

/// That a process uses the project's cluster: servers of all branches, and commands. The last one stops it.
#[derive(Debug)]
pub(crate) struct Using {
    file: File,
}

impl Using {
    /// Begins; waits while the cluster is being stopped.
    pub(crate) fn begin(state: &StateDir) -> std::io::Result<Self> {
        let file = File::options().create(true).truncate(false).write(true).open(state.users())?;
        file.lock_shared()?;
        Ok(Self { file })
    }

    /// Ends. Gives the lock that keeps others out when this was the last one.
    pub(crate) fn end(self) -> std::io::Result<Option<File>> {
        self.file.unlock()?;
        match self.file.try_lock() {
            Ok(()) => Ok(Some(self.file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The lock that keeps others out, when nobody uses the cluster.
    pub(crate) fn nobody(state: &StateDir) -> std::io::Result<Option<File>> {
        Self::begin(state)?.end()
    }
}

fn open(state: &StateDir) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(state.lock())
}

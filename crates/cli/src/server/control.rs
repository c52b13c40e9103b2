//! How a command asks the running server to hold requests back while it exchanges the database.
//!
//! A Unix socket that only the project's user can open. The command connects and is told `held` when no request is
//! inside any more; it ends its side when it is done and is told `open` when requests are served again. If it dies,
//! its side ends too.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gateway::Gateway;
use pg::ConnectConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

use crate::project::{ServerCard, StateDir};

/// Requests that run longer than this when the database is exchanged end with an error.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest path of a socket on the systems that allow least.
const LONGEST_PATH: usize = 103;
/// After this long without a command, replaced databases are dropped: that is work for the disk.
const QUIET: Duration = Duration::from_secs(30);
/// How often the schema is read again before requests are let in without it.
const ATTEMPTS: u32 = 20;

/// The server's end.
#[derive(Debug)]
pub(crate) struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Control {
    /// Listens in the project's state folder, or in the system's temporary one when that has too long a name.
    pub(crate) fn listen(state: &StateDir) -> std::io::Result<Self> {
        let beside = state.path().join("control");
        let path = if beside.as_os_str().len() <= LONGEST_PATH {
            beside
        } else {
            std::env::temp_dir().join(format!("ferrobase-{}.control", std::process::id()))
        };
        let _left_over = std::fs::remove_file(&path);
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Serves commands, one after another, and drops replaced databases when none has come for a while.
    /// `maintenance` connects to a database that is never exchanged.
    pub(crate) async fn serve(self, gateway: Arc<Gateway>, maintenance: Option<ConnectConfig>) {
        let command = |stream| {
            let gateway = Arc::clone(&gateway);
            async move { hold_for(stream, &gateway).await }
        };
        let tidy = || {
            let maintenance = maintenance.clone();
            async move {
                if let Some(maintenance) = maintenance {
                    drop_left_over(&maintenance).await;
                }
            }
        };
        attend(&self.listener, QUIET, command, tidy).await;
    }
}

/// Serves one command after another, and tidies up once when none has come for as long as `quiet`. Commands don't wait
/// for the tidying: it waits for the disk, many seconds on a busy one.
async fn attend<C, T>(
    listener: &UnixListener,
    quiet: Duration,
    command: impl Fn(UnixStream) -> C,
    tidy: impl Fn() -> T,
) where
    C: Future<Output = ()>,
    T: Future<Output = ()> + Send + 'static,
{
    let mut is_untidy = true;
    // what is under way ends with us
    let mut tidying = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _nameless)) => {
                    command(stream).await;
                    is_untidy = true;
                }
                Err(error) => {
                    tracing::warn!(%error, "commands can't be heard");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            },
            () = tokio::time::sleep(quiet), if is_untidy && tidying.is_empty() => {
                is_untidy = false;
                tidying.spawn(tidy());
            }
            Some(_ended) = tidying.join_next() => {}
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.path);
    }
}

async fn hold_for(mut command: UnixStream, gateway: &Gateway) {
    if !gateway.gate.close(PATIENCE).await {
        tracing::warn!("requests that run for long are cut off: the database is being exchanged");
    }
    let mut nothing = [0; 16];
    if command.write_all(b"held\n").await.is_ok() {
        while command.read(&mut nothing).await.is_ok_and(|read| read > 0) {}
    }
    for attempt in 1..=ATTEMPTS {
        match gateway.rest.reload().await {
            Ok(()) => break,
            Err(error) if attempt == ATTEMPTS => tracing::error!(%error, "the schema can't be read"),
            Err(_not_yet) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    gateway.gate.open();
    // whoever asked may be gone
    let _told = command.write_all(b"open\n").await;
}

async fn drop_left_over(maintenance: &ConnectConfig) {
    if let Err(error) = base::template::drop_left_over(maintenance).await {
        tracing::warn!(%error, "a database that was replaced could not be dropped");
    }
}

/// A command's end: requests wait for as long as this lives.
#[derive(Debug)]
pub(crate) struct Hold(UnixStream);

impl Hold {
    /// Asks the server of this card, and returns when no request is inside any more.
    pub(crate) async fn ask(card: &ServerCard) -> std::io::Result<Option<Self>> {
        let Some(path) = &card.control else { return Ok(None) };
        let mut stream = UnixStream::connect(path).await?;
        hear(&mut stream, "held").await?;
        Ok(Some(Self(stream)))
    }

    /// Lets requests in again, and returns when the server knows the new schema.
    pub(crate) async fn release(mut self) -> std::io::Result<()> {
        self.0.shutdown().await?;
        hear(&mut self.0, "open").await
    }
}

async fn hear(stream: &mut UnixStream, word: &str) -> std::io::Result<()> {
    let mut heard = vec![0; word.len() + 1];
    stream.read_exact(&mut heard).await?;
    if heard.strip_suffix(b"\n") == Some(word.as_bytes()) {
        return Ok(());
    }
    Err(std::io::Error::other("the server of this project does not speak as expected; is it an older one?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_does_not_wait_for_the_tidying() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("control");
        let listener = UnixListener::bind(&path).expect("bound");
        let began = Arc::new(tokio::sync::Notify::new());
        let tidy = || {
            began.notify_one();
            std::future::pending()
        };
        let command = |mut stream: UnixStream| async move {
            stream.write_all(b"held\n").await.expect("written");
        };
        let ask = async {
            began.notified().await;
            let mut stream = UnixStream::connect(&path).await.expect("connected");
            hear(&mut stream, "held").await.expect("answered");
        };
        let attending = attend(&listener, Duration::from_millis(1), command, tidy);
        let answered = tokio::time::timeout(Duration::from_secs(30), async {
            tokio::select! { () = attending => {}, () = ask => {} }
        });
        answered.await.expect("an answer while it is tidied up");
    }
}

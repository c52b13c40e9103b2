//! The server process: starting it, recognising it, waiting for it, ending it.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::process::Child;

use super::account::Account;
use super::directory::Directory;
use super::error::{ClusterError, io_error};
use super::install::Installation;
use super::{Shutdown, socket_port};

/// How often the state of a process that cannot be waited for is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(5);
const LOOK_AGAIN_WHEN_QUIET: Duration = Duration::from_millis(200);
/// How long open sessions may take to end before the server is told to quit at once.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
/// A larger log is set aside at the next start.
const LOG_LIMIT: u64 = 16 * 1024 * 1024;

/// Everything needed to start the server, again and again.
#[derive(Debug, Clone)]
pub(super) struct Launch {
    pub(super) installation: Installation,
    pub(super) directory: Directory,
    pub(super) account: Option<Account>,
    pub(super) port: Option<u16>,
    pub(super) start_timeout: Duration,
}

impl Launch {
    /// Starts the server and returns when it takes connections.
    pub(super) async fn start(&self) -> Result<Postmaster, ClusterError> {
        remove_stale_files(&self.directory, self.start_timeout).await?;
        let mut child = self.spawn()?;
        let Some(id) = child.id() else {
            return Err(self.exited("at once".to_owned()));
        };
        let deadline = Instant::now() + self.start_timeout;
        loop {
            if let Some(status) = child.try_wait().map_err(io_error("wait for", self.program()))? {
                return Err(self.exited(status.to_string()));
            }
            let ready =
                PidFile::read(&self.directory).filter(|file| file.process_id == id && file.is_ready());
            if let Some(pid_file) = ready {
                return Ok(Postmaster { pid_file, child: Some(child), directory: self.directory.clone() });
            }
            if Instant::now() > deadline {
                signal(id, Signal::QUIT);
                return Err(timeout("become ready", self.start_timeout, &self.directory));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    fn program(&self) -> PathBuf {
        self.installation.program("postgres")
    }

    fn spawn(&self) -> Result<Child, ClusterError> {
        let log_path = self.directory.log_file();
        if fs::metadata(&log_path).is_ok_and(|metadata| metadata.len() > LOG_LIMIT) {
            fs::rename(&log_path, log_path.with_extension("log.1")).map_err(io_error("rename", &log_path))?;
        }
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&log_path)
            .map_err(io_error("open", &log_path))?;
        let output = log.try_clone().map_err(io_error("open", &log_path))?;

        let mut command = Command::new(self.program());
        command
            .arg("-D")
            .arg(self.directory.data())
            .arg("-k")
            .arg(self.directory.socket_dir())
            .arg("-p")
            .arg(socket_port(self.port).to_string())
            .arg("-c")
            .arg(if self.port.is_some() { "listen_addresses=127.0.0.1" } else { "listen_addresses=" })
            .current_dir(self.directory.root())
            .env_remove("PGDATA")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(log)
            // Ctrl-C in the terminal is for us: we end the server in good order
            .process_group(0);
        if let Some(account) = &self.account {
            account.apply(&mut command);
        }
        tokio::process::Command::from(command).spawn().map_err(io_error("run", self.program()))
    }

    fn exited(&self, status: String) -> ClusterError {
        ClusterError::Exited { status, log_file: self.directory.log_file(), log: self.directory.log_tail() }
    }
}

/// A server process, started by us or by one that was here before.
#[derive(Debug)]
pub(super) struct Postmaster {
    pid_file: PidFile,
    child: Option<Child>,
    directory: Directory,
}

impl Postmaster {
    /// The server that runs in this directory, if one does.
    pub(super) fn running_in(directory: &Directory) -> Option<Self> {
        let pid_file = PidFile::read(directory)?;
        pid_file.is_server().then(|| Self { pid_file, child: None, directory: directory.clone() })
    }

    pub(super) fn process_id(&self) -> u32 {
        self.pid_file.process_id
    }

    /// The port in the name of its socket.
    pub(super) fn port(&self) -> Option<u16> {
        self.pid_file.port
    }

    pub(super) fn listens_on_tcp(&self) -> bool {
        self.pid_file.listens_on_tcp
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.pid_file.status == "stopping"
    }

    /// Waits while a server that was found is still starting, or recovering.
    pub(super) async fn wait_until_ready(
        &self,
        directory: &Directory,
        limit: Duration,
    ) -> Result<(), ClusterError> {
        let deadline = Instant::now() + limit;
        loop {
            if PidFile::read(directory).is_some_and(|file| file.is_ready()) {
                return Ok(());
            }
            if !self.pid_file.is_server() {
                return Err(ClusterError::Exited {
                    status: "while starting".to_owned(),
                    log_file: directory.log_file(),
                    log: directory.log_tail(),
                });
            }
            if Instant::now() > deadline {
                return Err(timeout("become ready", limit, directory));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Returns when the process has ended. Safe to cancel.
    pub(super) async fn wait(&mut self) -> String {
        if let Some(child) = &mut self.child {
            return match child.wait().await {
                Ok(status) => status.to_string(),
                Err(error) => error.to_string(),
            };
        }
        while self.pid_file.is_server() {
            tokio::time::sleep(LOOK_AGAIN_WHEN_QUIET).await;
        }
        "it is gone".to_owned()
    }

    /// Ends the server, and returns when it has ended.
    pub(super) async fn stop(mut self, how: Shutdown) -> Result<(), ClusterError> {
        signal(
            self.process_id(),
            match how {
                Shutdown::Smart => Signal::TERM,
                Shutdown::Fast => Signal::INT,
            },
        );
        let deadline = Instant::now() + STOP_TIMEOUT;
        let mut told_to_quit = false;
        while !self.has_ended() {
            if Instant::now() > deadline && how == Shutdown::Fast && !told_to_quit {
                told_to_quit = true;
                signal(self.process_id(), Signal::QUIT);
            }
            if Instant::now() > deadline + STOP_TIMEOUT && how == Shutdown::Fast {
                return Err(timeout("stop", 2 * STOP_TIMEOUT, &self.directory));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    fn has_ended(&mut self) -> bool {
        match &mut self.child {
            Some(child) => !matches!(child.try_wait(), Ok(None)),
            None => !self.pid_file.is_server(),
        }
    }
}

/// Removes the lock files of a server whose number belongs to a stranger or a zombie by now, as happens in a
/// container without an init, in a new container or after a crash of the machine: the server would refuse to
/// start. A number that nobody has is left to the server, which makes sure itself that no orphan of the old one
/// still works on the data; when the pid file is removed here, that is made sure of here.
async fn remove_stale_files(directory: &Directory, limit: Duration) -> Result<(), ClusterError> {
    let Some(file) = PidFile::read(directory) else { return Ok(()) };
    if !exists(file.process_id) || file.is_server() {
        return Ok(());
    }
    let deadline = Instant::now() + limit;
    loop {
        let orphans = orphans(directory);
        if orphans.is_empty() {
            break;
        }
        if Instant::now() > deadline {
            return Err(timeout("see the sessions of the killed server end", limit, directory));
        }
        for process_id in orphans {
            signal(process_id, Signal::TERM);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    if let Some(port) = file.port {
        // its absence is as good
        let _ = fs::remove_file(directory.socket_dir().join(format!(".s.PGSQL.{port}.lock")));
    }
    let path = directory.pid_file();
    fs::remove_file(&path).map_err(io_error("remove", path))
}

/// Backends that outlive their killed server until they notice: a server's processes work in its data directory.
/// Where there is no `/proc` there is an init, and no zombie brings us here.
fn orphans(directory: &Directory) -> Vec<u32> {
    let Ok(data) = directory.data().canonicalize() else { return Vec::new() };
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    processes
        .filter_map(|process| process.ok()?.file_name().to_str()?.parse().ok())
        .filter(|id| fs::read_link(format!("/proc/{id}/cwd")).is_ok_and(|folder| folder == data))
        .collect()
}

fn timeout(what: &'static str, waited: Duration, directory: &Directory) -> ClusterError {
    ClusterError::Timeout { what, waited, log_file: directory.log_file() }
}

/// The process may have ended meanwhile: nothing to do then.
fn signal(process_id: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(process_id).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

fn exists(process_id: u32) -> bool {
    i32::try_from(process_id)
        .ok()
        .and_then(Pid::from_raw)
        .is_some_and(|pid| test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

/// What the server writes about itself into its data directory.
#[derive(Debug, Clone)]
struct PidFile {
    process_id: u32,
    data: String,
    port: Option<u16>,
    listens_on_tcp: bool,
    status: String,
}

impl PidFile {
    fn read(directory: &Directory) -> Option<Self> {
        Self::parse(&fs::read_to_string(directory.pid_file()).ok()?)
    }

    /// Lines: process id, data directory, start time, port, socket directory, listen address, shared memory, status.
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let line = |index: usize| lines.get(index).copied().unwrap_or_default();
        // a server in single-user mode writes its number with a minus
        let process_id = line(0).parse().ok()?;
        Some(Self {
            process_id,
            data: line(1).to_owned(),
            port: line(3).parse().ok(),
            listens_on_tcp: !line(5).is_empty(),
            status: line(7).to_owned(),
        })
    }

    /// Whether the process is the server that wrote this: it works in the data directory that the file names, or
    /// was started on it. A zombie is not: it has no command line.
    fn is_server(&self) -> bool {
        let command = match fs::read(format!("/proc/{}/cmdline", self.process_id)) {
            Ok(command) => command,
            Err(_) if cfg!(target_os = "linux") => return false,
            Err(_) => Command::new("ps")
                .args(["-ww", "-o", "command=", "-p", &self.process_id.to_string()])
                .output()
                .map(|output| output.stdout)
                .unwrap_or_default(),
        };
        let mentions = |text: &[u8]| command.windows(text.len().max(1)).any(|window| window == text);
        let works_there = fs::read_link(format!("/proc/{}/cwd", self.process_id))
            .is_ok_and(|folder| folder.as_os_str() == self.data.as_str());
        mentions(b"postgres") && (works_there || mentions(self.data.as_bytes()))
    }

    fn is_ready(&self) -> bool {
        self.status == "ready"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_tells_port_and_state() {
        let text = "4711\n/srv/data\n1763689021\n54322\n/srv/run\n127.0.0.1\n  5432001   0\nready   \n";
        let file = PidFile::parse(text).unwrap();
        assert_eq!((file.process_id, file.port, file.listens_on_tcp), (4711, Some(54322), true));
        assert!(file.is_ready());
        let starting = PidFile::parse("4711\n/srv/data\n1763689021\n5432\n/srv/run\n\n").unwrap();
        assert!(!starting.is_ready() && !starting.listens_on_tcp);
    }

    #[test]
    fn a_damaged_pid_file_is_none() {
        for text in ["", "\n", "-12\n", "x\ny\n", "99999999999999999999\n"] {
            assert!(PidFile::parse(text).is_none(), "{text:?}");
        }
    }
}

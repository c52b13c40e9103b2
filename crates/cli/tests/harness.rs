//! A project in a temporary folder and the binary that serves it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const NOTES: &str = "
create table public.notes (id bigint generated always as identity primary key, body text not null);
alter table public.notes enable row level security;
create policy \"everybody\" on public.notes to anon using (true) with check (true);
create function public.nap() returns void language plpgsql set statement_timeout = '60s' as
$$ begin perform pg_advisory_xact_lock_shared(7); perform pg_sleep(60); end $$;
create function public.napping() returns bigint language sql stable as
$$ select count(*) from pg_locks where locktype = 'advisory' and objid = 7 $$;
";

/// A project with one table, `notes`, that everybody may use.
pub(crate) struct Project {
    pub dir: tempfile::TempDir,
    pub port: u16,
}

impl Project {
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("ferrobase-test-").tempdir().unwrap();
        // as root, the cluster's user must be able to pass
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let migrations = dir.path().join("supabase/migrations");
        std::fs::create_dir_all(&migrations).unwrap();
        std::fs::write(migrations.join("00001_notes.sql"), NOTES).unwrap();
        Self { dir, port: free_port() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.path().join(".ferrobase")
    }

    /// `ferrobase <arguments>` for this project.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ferrobase"));
        command
            .args(arguments)
            .arg("--project")
            .arg(self.path())
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts the server in the foreground and returns once it says that it is ready.
    pub(crate) fn start(&self) -> Server {
        #[expect(clippy::zombie_processes, reason = "Server waits for it; without one the test has failed")]
        let mut process = self
            .command(&["start", "--port", &self.port.to_string()])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut said = String::new();
        for line in lines.by_ref() {
            let line = line.unwrap();
            said.push_str(&line);
            said.push('\n');
            if line.contains("Ctrl-C") {
                // the rest must be read too, or the server would block on a full pipe
                let rest = std::thread::spawn(move || lines.map_while(Result::ok).collect());
                return Server { process, port: self.port, said_later: Some(rest) };
            }
        }
        panic!("the server ended instead of starting:\n{said}");
    }

    /// The pid of the cluster's postmaster.
    pub(crate) fn postmaster(&self) -> i32 {
        self.try_postmaster().expect("a postmaster runs")
    }

    /// The same, while it may be about to start.
    pub(crate) fn try_postmaster(&self) -> Option<i32> {
        let text = std::fs::read_to_string(self.state().join("postgres/data/postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _whatever_still_runs = self.command(&["stop"]).stderr(Stdio::null()).status();
    }
}

/// A running server, killed when dropped.
pub(crate) struct Server {
    pub process: Child,
    pub port: u16,
    said_later: Option<std::thread::JoinHandle<Vec<String>>>,
}

impl Server {
    pub(crate) fn get(&self, path: &str) -> (u16, Value) {
        request(self.port, "GET", path, "").unwrap()
    }

    pub(crate) fn get_as(&self, token: &str, path: &str) -> (u16, Value) {
        exchange(self.port, "GET", path, &format!("authorization: Bearer {token}\r\n"), "").unwrap()
    }

    /// Adds a note; returns whether the server acknowledged it.
    pub(crate) fn try_add_note(&self, body: &str) -> bool {
        let json = serde_json::json!({ "body": body }).to_string();
        request(self.port, "POST", "/rest/v1/notes", &json).is_ok_and(|(status, _)| status == 201)
    }

    /// Begins a statement of a minute; it is running when this returns.
    pub(crate) fn begin_nap(&self) -> TcpStream {
        let before = self.napping();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "POST /rest/v1/rpc/nap HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{{}}")
            .unwrap();
        while self.napping() == before {}
        stream
    }

    /// How many naps run in the database.
    pub(crate) fn napping(&self) -> i64 {
        let (status, count) = self.get("/rest/v1/rpc/napping");
        assert_eq!(status, 200, "{count}");
        count.as_i64().unwrap()
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        let (status, rows) = self.get("/rest/v1/notes?select=body&order=id");
        assert_eq!(status, 200, "{rows}");
        rows.as_array().unwrap().iter().map(|row| row["body"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        signal_process(i32::try_from(self.process.id()).unwrap(), signal);
    }

    /// Ends it as Ctrl-C does and returns its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.signal(rustix::process::Signal::INT);
        self.process.wait().unwrap().code()
    }

    /// The same; returns what it said after it was ready.
    pub(crate) fn stop_and_listen(mut self) -> Vec<String> {
        let said = self.said_later.take().unwrap();
        assert_eq!(self.stop(), Some(0));
        said.join().unwrap()
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(mut self) {
        self.signal(rustix::process::Signal::KILL);
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

pub(crate) fn signal_process(pid: i32, signal: rustix::process::Signal) {
    rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal).unwrap();
}

/// One HTTP exchange on a connection of its own.
pub(crate) fn request(port: u16, method: &str, path: &str, body: &str) -> std::io::Result<(u16, Value)> {
    exchange(port, method, path, "", body)
}

/// The same with further headers, each with its line's end.
fn exchange(port: u16, method: &str, path: &str, headers: &str, body: &str) -> std::io::Result<(u16, Value)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n{headers}\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or(std::io::ErrorKind::InvalidData)?;
    Ok((status, serde_json::from_str(body).unwrap_or(Value::Null)))
}

/// A port that is free together with the one after it, where the database goes.
pub(crate) fn free_port() -> u16 {
    loop {
        let first = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return port;
        }
    }
}

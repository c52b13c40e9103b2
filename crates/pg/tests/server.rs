//! A throw-away Postgres for these tests: TLS, SCRAM, its own directory and port, gone with the process.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use pg::{ConnectConfig, Host};

/// Starts Postgres, and stops it when the test process closes our standard input, however it ends.
const GUARD: &str = r#"
"$BIN/pg_ctl" -D "$DATA" -w -l "$DATA/log" start >/dev/null || { cat "$DATA/log"; exit 1; }
echo ready
read -r _
"$BIN/pg_ctl" -D "$DATA" -m immediate stop >/dev/null
rm -rf "$HOME_DIR"
"#;

const HBA: &str = "\
local all all trust
hostssl all tls_only all scram-sha-256
hostssl all plain_only all reject
hostnossl all plain_only all scram-sha-256
host all md5_user all md5
host all cleartext_user all password
hostnossl all tls_only all reject
host all all all scram-sha-256
";

const ROLES: &str = "\
create role anon nologin;
create role authenticated nologin;
create role scram_user login password 'right';
create role tls_only login password 'right';
create role plain_only login password 'right';
create role cleartext_user login password 'right';
set password_encryption = 'md5';
create role md5_user login password 'right';
";

/// A running server.
pub(crate) struct Server {
    directory: PathBuf,
    port: u16,
    _guard: Child,
}

static SHARED: LazyLock<Server> = LazyLock::new(Server::start);

impl Server {
    /// The server that all tests of this process share.
    pub(crate) fn shared() -> &'static Self {
        &SHARED
    }

    /// A server of one's own.
    pub(crate) fn start() -> Self {
        let template = template();
        let directory = tempfile::Builder::new().prefix("fbpg").tempdir_in("/tmp").unwrap().keep();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        run(Command::new("cp").arg("-rp").arg(template.join("data")).arg(directory.join("data")));
        run(Command::new("cp").arg(template.join("ca.crt")).arg(&directory));
        let settings = format!(
            "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\nssl = on\nfsync = off\n\
             max_connections = 60\n",
            directory.display()
        );
        fs::write(directory.join("data/postgresql.auto.conf"), settings).unwrap();
        fs::write(directory.join("data/pg_hba.conf"), HBA).unwrap();
        if is_root() {
            run(Command::new("chown").args(["-R", "postgres"]).arg(&directory));
        }
        run(Command::new("chmod").arg("0755").arg(&directory));
        let mut guard = as_owner("sh")
            .args(["-c", GUARD])
            .env("BIN", bin())
            .env("DATA", directory.join("data"))
            .env("HOME_DIR", &directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // inherited, it would keep the runner waiting for the server's end
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(guard.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "Postgres does not start");
        let server = Self { directory, port, _guard: guard };
        run(server.psql().stdin(Stdio::null()).args(["-c", ROLES]));
        server
    }

    /// The superuser by the Unix socket.
    pub(crate) fn config(&self) -> ConnectConfig {
        ConnectConfig::new(Host::Unix(self.directory.clone()), "postgres").with_port(self.port)
    }

    /// A role by TCP.
    pub(crate) fn tcp(&self, user: &str, password: &str, parameters: &str) -> ConnectConfig {
        let port = self.port;
        format!("postgres://{user}:{password}@localhost:{port}/postgres?{parameters}").parse().unwrap()
    }

    /// The certificate of the authority that signed the server's.
    pub(crate) fn authority(&self) -> PathBuf {
        self.directory.join("ca.crt")
    }

    /// `pg_ctl` with these arguments, on this server.
    pub(crate) fn control(&self, arguments: &[&str]) {
        run(as_owner(&bin().join("pg_ctl").display().to_string())
            .arg("-D")
            .arg(self.directory.join("data"))
            .arg("-l")
            .arg(self.directory.join("data/log"))
            .arg("-w")
            .args(arguments));
    }

    /// From now on it is a standby, of nobody.
    pub(crate) fn become_standby(&self) {
        self.control(&["stop", "-m", "fast"]);
        fs::write(self.directory.join("data/standby.signal"), "").unwrap();
        self.control(&["start"]);
    }

    fn psql(&self) -> Command {
        let mut command = Command::new(bin().join("psql"));
        command.args(["-qX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"]).arg(&self.directory);
        command.arg("-p").arg(self.port.to_string());
        command
    }
}

/// An initialised data directory to copy, made once per build directory and version of Postgres.
fn template() -> PathBuf {
    let version = Command::new(bin().join("postgres")).arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let name =
        format!("cluster-{}", version.trim().replace(|character: char| !character.is_alphanumeric(), "-"));
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&root).unwrap();
    let lock = File::create(root.join("lock")).unwrap();
    lock.lock().unwrap();
    if root.join("ready").exists() {
        return root;
    }
    // the owner of the server may not reach the build directory
    let scratch = tempfile::Builder::new().prefix("fbpg").tempdir_in("/tmp").unwrap();
    let data = scratch.path().join("data");
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(scratch.path()));
    }
    run(as_owner(&bin().join("initdb").display().to_string())
        .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--wal-segsize=1", "-N", "-D"])
        .arg(&data));
    certificates(scratch.path(), &data);
    let _ = fs::remove_dir_all(root.join("data"));
    run(Command::new("cp").arg("-rp").arg(&data).arg(scratch.path().join("ca.crt")).arg(&root));
    fs::write(root.join("ready"), "").unwrap();
    root
}

fn certificates(root: &Path, data: &Path) {
    let script = r#"set -e
cd "$1"
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=test-ca -keyout ca.key -out ca.crt
openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$2/server.key" -out server.csr
printf 'subjectAltName=DNS:localhost\n' > extensions
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -extfile extensions -out "$2/server.crt"
chmod 600 "$2/server.key"
"#;
    run(Command::new("sh").args(["-c", script, "sh"]).arg(root).arg(data));
}

/// The folder of the newest server binaries.
fn bin() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    newest.unwrap_or_else(|| {
        let output = Command::new("pg_config").arg("--bindir").output().expect("Postgres is installed");
        PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
    })
}

/// Postgres refuses to run as root.
fn as_owner(program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", program]);
    command
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&tempfile::tempfile().unwrap().metadata().unwrap()) == 0
}

fn run(command: &mut Command) {
    let output = command.current_dir("/tmp").output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

//! `ferrobase rest` in PostgREST's place: its file, its variables, the database's options, signals, a pooler.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::identity::SigningKey;
use rustix::process::Signal;
use testkit::TestDb;

use crate::harness::{free_port, signal_process};

const SECRET: &str = "a-secret-of-at-least-32-characters-for-tests";
const TABLES: &str = "
create table public.notes (id bigint generated always as identity primary key, author text default current_user);
grant select, insert on public.notes to anon, authenticated;
create function public.who() returns text language sql as 'select current_user::text';
create schema extra;
create table extra.things (id bigint);
grant usage on schema extra to anon;
grant select on extra.things to anon;
";

/// A running `ferrobase rest`; killed when dropped.
struct Server {
    process: Child,
    addresses: Vec<String>,
    /// What it says after that.
    said: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts it and returns once it listens at so many addresses.
    fn start(config: &Path, addresses: usize) -> Self {
        let mut process = command(config).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let said = Arc::<Mutex<Vec<String>>>::default();
        let saying = Arc::clone(&said);
        let mut server = Self { process, addresses: Vec::new(), said };
        while server.addresses.len() < addresses {
            let line = lines.next().expect("it listens before it ends");
            server.addresses.extend(line.strip_prefix("listening on ").map(str::to_owned));
        }
        // the rest must be read too, or the server would block on a full pipe
        std::thread::spawn(move || {
            for line in lines {
                saying.lock().unwrap().push(line);
            }
        });
        server
    }

    /// The port among the addresses.
    fn port(&self) -> u16 {
        self.addresses.iter().find_map(|address| address.rsplit_once(':')?.1.parse().ok()).unwrap()
    }

    fn get(&self, path: &str, token: Option<&str>) -> (u16, String) {
        get(TcpStream::connect(("127.0.0.1", self.port())).unwrap(), path, token)
    }

    fn signal(&self, signal: Signal) {
        signal_process(i32::try_from(self.process.id()).unwrap(), signal);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

fn command(config: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ferrobase"));
    command.arg("rest").arg(config).env("PGRST_SERVER_HOST", "127.0.0.1").stdin(Stdio::null());
    command
}

fn get(mut stream: impl std::io::Read + std::io::Write, path: &str, token: Option<&str>) -> (u16, String) {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{token}\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Asks until the answer has this status; the test's own time limit ends it otherwise.
fn until(expected: u16, mut ask: impl FnMut() -> (u16, String)) {
    while ask().0 != expected {
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn token(role: &str) -> String {
    SigningKey::from_secret(SECRET.as_bytes()).sign(&serde_json::json!({ "role": role })).unwrap()
}

async fn database() -> TestDb {
    let database = TestDb::platform().await;
    database.client("supabase_admin").await.script(TABLES).await.unwrap();
    database
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgrest_configuration_is_served_and_reloaded() {
    let database = database().await;
    let mut admin = database.client("supabase_admin").await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("postgrest.conf");
    let socket = folder.path().join("admin.sock");
    std::fs::write(folder.path().join("secret"), format!("{SECRET}\n")).unwrap();
    let text = format!(
        "db-uri = \"{}\"\ndb-schema = \"public\" # its older name\ndb-anon-role = \"anon\"\n\
         jwt-secret = \"@{}/secret\"\nserver-port = 0\nadmin-server-unix-socket = \"{}\"\n",
        database.url("authenticator"),
        folder.path().display(),
        socket.display()
    );
    std::fs::write(&config, &text).unwrap();
    let server = Server::start(&config, 2);
    let ask_admin = |path: &str| get(UnixStream::connect(&socket).unwrap(), path, None);
    until(200, || ask_admin("/ready"));
    assert_eq!(ask_admin("/live").0, 200);
    assert!(ask_admin("/schema_cache").1.contains("notes"));
    let metrics = ask_admin("/metrics").1;
    for figure in [
        "pgrst_db_pool_max 10\n",
        "pgrst_db_pool_timeouts_total 0\n",
        "pgrst_schema_cache_loads_total{status=\"SUCCESS\"} 1\n",
        "pgrst_jwt_cache_requests_total 0\n",
    ] {
        assert!(metrics.contains(figure), "{figure}: {metrics}");
    }
    let told = command(&config).arg("--ready").output().unwrap();
    assert!(told.status.success() && told.stdout.starts_with(b"OK: "), "{told:?}");
    assert!(ask_admin("/config").1.contains("jwt-secret = \"***\"\n"));
    assert_eq!(server.get("/notes", None), (200, "[]".to_owned()));
    assert_eq!(server.get("/rpc/who", Some(&token("authenticated"))), (200, "\"authenticated\"".to_owned()));
    assert_eq!(server.get("/rpc/who", Some("no.good.token")).0, 401);

    // the file changed: the signal makes it count
    std::fs::write(&config, text.replace("\"public\"", "\"extra\"")).unwrap();
    assert_eq!(server.get("/things", None).0, 404);
    server.signal(Signal::USR2);
    until(200, || server.get("/things", None));

    // the database is stronger than the file, also about tokens
    let set = |option: &str, value: &str| {
        format!("alter role authenticator in database {} set pgrst.{option} = '{value}';", database.name())
    };
    let other = "another-secret-of-at-least-32-characters";
    let options = [set("db_schemas", "public"), set("jwt_secret", other), set("jwt_aud", "us")].concat();
    admin.script(&format!("{options} notify pgrst, 'reload config'")).await.unwrap();
    until(200, || server.get("/notes", None));
    assert_eq!(server.get("/rpc/who", Some(&token("authenticated"))).0, 401);
    let dump = command(&config).arg("--dump-config").output().unwrap();
    let dump = String::from_utf8(dump.stdout).unwrap();
    assert!(
        dump.contains(&format!("jwt-secret = \"{other}\"\n")) && dump.contains("jwt-aud = \"us\"\n"),
        "{dump}"
    );

    let schema = command(&config).arg("--dump-schema").output().unwrap();
    assert!(
        schema.status.success() && String::from_utf8_lossy(&schema.stdout).contains("notes"),
        "{schema:?}"
    );
    server.signal(Signal::TERM);
    let mut server = server;
    assert_eq!(server.process.wait().unwrap().code(), Some(0));
    assert!(!socket.exists());
    let told = command(&config).arg("--ready").output().unwrap();
    assert_eq!(told.status.code(), Some(1), "nobody is there: {told:?}");
}

/// What a database says in the status line arrives there; a body beyond the limit is refused before it is sent.
#[tokio::test(flavor = "multi_thread")]
async fn status_lines_and_limits() {
    let database = database().await;
    database
        .client("supabase_admin")
        .await
        .script(
            "create function public.teapot() returns void language plpgsql as
             $$ begin raise sqlstate 'PT418' using message = 'Short And Stout'; end $$",
        )
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("postgrest.conf");
    let text =
        format!("db-uri = \"{}\"\ndb-anon-role = \"anon\"\nserver-port = 0\n", database.url("authenticator"));
    std::fs::write(&config, text).unwrap();
    let server = Server::start(&config, 1);
    until(200, || server.get("/notes", None));
    let say = |head: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        write!(stream, "{head} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n").unwrap();
        stream
    };
    let finish = |mut stream: TcpStream, headers: &str| {
        write!(stream, "{headers}\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let answer = finish(say("POST /rpc/teapot"), "content-length: 0\r\n");
    assert!(answer.starts_with("HTTP/1.1 418 Short And Stout\r\n"), "{answer}");
    let answer = finish(say("POST /notes"), "content-length: 99999999999\r\n");
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("PGRST102"), "{answer}");
    let told = command(&config).arg("--ready").output().unwrap();
    assert_eq!(told.status.code(), Some(1), "there is no admin server: {told:?}");
    let told = command(&config).arg("--version").output().unwrap();
    assert!(String::from_utf8_lossy(&told.stdout).contains("PostgREST"), "{told:?}");
}

#[test]
fn a_wrong_configuration_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("postgrest.conf");
    for (text, expected) in [
        ("db-uri", "line 1: a name must be followed by = and a value"),
        ("jwt-secret = \"short\"", "the JWT secret must be at least 32 characters long"),
        ("db-uri = \"nowhere\"", "db-uri"),
        ("log-level = \"loud\"", "log-level"),
    ] {
        std::fs::write(&config, text).unwrap();
        let output = command(&config).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(expected), "{text}: {said}");
    }
}

/// PgBouncer in transaction mode; killed when dropped.
struct Bouncer {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Bouncer {
    /// Before this database, with two connections to it however many clients there are.
    fn start(database: &TestDb) -> Self {
        let folder = tempfile::Builder::new().prefix("ferrobase-bouncer-").tempdir().unwrap();
        let port = free_port();
        let connect = database.connect("authenticator");
        let pg::Host::Unix(socket) = connect.host() else { panic!("the test cluster has a socket") };
        let text = format!(
            "[databases]\ntest = host={} port={} dbname={} user=authenticator\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = transaction\ndefault_pool_size = 2\n",
            socket.display(),
            connect.port(),
            database.name()
        );
        let config = folder.path().join("pgbouncer.ini");
        std::fs::write(&config, text).unwrap();
        let mut command = Command::new(find("pgbouncer"));
        if rustix::process::geteuid().is_root() {
            // it refuses to run as root, and only the cluster's own user may use its socket
            std::os::unix::fs::chown(folder.path(), Some(owner(socket)), None).unwrap();
            std::os::unix::fs::chown(&config, Some(owner(socket)), None).unwrap();
            command.args(["-u", "postgres"]);
        }
        let process = command.arg("-q").arg(&config).stdin(Stdio::null()).spawn().unwrap();
        let bouncer = Self { process, port, _folder: folder };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(5));
        }
        bouncer
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _already_ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

fn owner(path: &Path) -> u32 {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(path).unwrap())
}

fn find(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders
        .map(|folder| folder.join(program))
        .find(|file| file.exists())
        .unwrap_or_else(|| panic!("{program} is missing; scripts/test-tools.sh installs it"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_pooler_may_stand_in_between() {
    let database = database().await;
    let bouncer = Bouncer::start(&database);
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("postgrest.conf");
    let text = format!(
        "db-uri = \"host=127.0.0.1 port={} dbname=test user=any\"\ndb-anon-role = \"anon\"\nserver-port = 0\n\
         jwt-secret = \"{SECRET}\"\ndb-prepared-statements = false\ndb-channel-enabled = false\n",
        bouncer.port
    );
    std::fs::write(&config, text).unwrap();
    let server = Server::start(&config, 1);
    until(200, || server.get("/notes", None));
    // ten connections of ours share two of the pooler's: neither a role nor a statement may stay behind in them
    std::thread::scope(|scope| {
        for role in ["anon", "authenticated"].repeat(5) {
            let server = &server;
            scope.spawn(move || {
                let token = token(role);
                for number in 0..20 {
                    assert_eq!(server.get("/rpc/who", Some(&token)), (200, format!("\"{role}\"")));
                    let path = format!("/notes?id=gt.{number}&select=id");
                    assert_eq!(server.get(&path, Some(&token)), (200, "[]".to_owned()));
                }
            });
        }
    });
}

const SLOW: &str = "
create function public.add_and_wait() returns void language sql set statement_timeout = '10min' as
$$ insert into public.notes default values; select pg_sleep(600) $$;
create function public.large() returns text language sql as $$ select repeat('x', 30000000) $$;
";

/// A client that closes its socket in the middle of the request, the statement or the answer: what it began is undone,
/// and the only connection to Postgres serves the next one as whoever that is.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_leaves_nothing_behind() {
    let database = database().await;
    let mut observer = database.client("supabase_admin").await;
    observer.script(SLOW).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("postgrest.conf");
    let text = format!(
        "db-uri = \"{}\"\ndb-anon-role = \"anon\"\njwt-secret = \"{SECRET}\"\nserver-port = 0\n\
         db-pool = 1\ndb-channel-enabled = false\n",
        database.url("authenticator")
    );
    std::fs::write(&config, text).unwrap();
    let server = Server::start(&config, 1);
    until(200, || server.get("/notes", None));

    let say = |line: &str, rest: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        let token = token("authenticated");
        write!(stream, "{line} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n{rest}")
            .unwrap();
        stream
    };
    let sleeping =
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
    let busy = "select count(*) from pg_stat_activity
      where datname = current_database() and usename = 'authenticator' and state <> 'idle'";
    for moment in ["head", "body", "statement", "answer", "at once"] {
        let mut gone = match moment {
            "head" => say("POST /notes", "content-len"),
            "body" => say("POST /notes", "content-length: 100\r\n\r\n{"),
            "statement" => say("POST /rpc/add_and_wait", "content-length: 0\r\n\r\n"),
            "answer" => say("POST /rpc/large", "content-length: 0\r\n\r\n"),
            _ => say("POST /rpc/who", "content-length: 0\r\n\r\n"),
        };
        if moment == "statement" {
            until_it_is(1, sleeping, &mut observer).await;
        }
        if moment == "answer" {
            gone.read_exact(&mut [0; 4096]).unwrap();
        }
        drop(gone);
        assert_eq!(server.get("/rpc/who", None), (200, "\"anon\"".to_owned()), "{moment}");
        assert_eq!(server.get("/notes", None), (200, "[]".to_owned()), "{moment}");
        until_it_is(0, busy, &mut observer).await;
        let user = Some(token("authenticated"));
        assert_eq!(
            server.get("/rpc/who", user.as_deref()),
            (200, "\"authenticated\"".to_owned()),
            "{moment}"
        );
    }
}

/// Returns once the query answers this number; the test's own time limit ends it otherwise.
async fn until_it_is(expected: i64, query: &str, observer: &mut pg::Client) {
    while observer.query(query, &[]).await.unwrap()[0].get::<i64>(0).unwrap() != expected {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_level_may_change_while_it_serves() {
    let database = database().await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("postgrest.conf");
    let text =
        format!("db-uri = \"{}\"\ndb-anon-role = \"anon\"\nserver-port = 0\n", database.url("authenticator"));
    std::fs::write(&config, &text).unwrap();
    let server = Server::start(&config, 1);
    until(200, || server.get("/notes", None));
    assert_eq!(server.get("/unnoted", None).0, 404);
    std::fs::write(&config, format!("{text}log-level = \"info\"\n")).unwrap();
    server.signal(Signal::USR2);
    let says = |path: &str| server.said.lock().unwrap().iter().any(|line| line.contains(path));
    while !says("path=\"/notes\"") {
        assert_eq!(server.get("/notes", None).0, 200);
    }
    assert!(!says("/unnoted"), "it came before");
}

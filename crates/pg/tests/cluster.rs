//! The managed cluster against real server processes: first start, crashes, adoption, neighbours.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use pg::Client;
use pg::cluster::{self, Cluster, ClusterConfig, ClusterError, Shutdown, SqlExtension, Started, State};
use rustix::process::{Pid, Signal, kill_process};

/// A folder the server's user can reach, also when the tests run as root.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("ferrobase cluster ").tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn config(folder: &Path) -> ClusterConfig {
    ClusterConfig::new(folder.join("db")).with_setting("shared_buffers", "16MB")
}

/// Runs SQL and returns the first value of the last result.
async fn sql(cluster: &Cluster, text: &str) -> String {
    let mut client = Client::connect(&cluster.connect_config(cluster::SUPERUSER, "postgres")).await.unwrap();
    let results = client.script(text).await.unwrap();
    let row = results.last().and_then(|result| result.rows.first());
    row.and_then(|row| row.text(0)).unwrap_or_default().to_owned()
}

/// Leaves the server running, as when our process is killed.
async fn abandon(cluster: Cluster) -> u32 {
    let process = cluster.process_id().unwrap();
    drop(cluster);
    // the supervisor task ends when nobody can ask it any more
    tokio::task::yield_now().await;
    process
}

fn kill(process: u32) {
    let process = Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
    kill_process(process, Signal::KILL).unwrap();
}

#[tokio::test]
async fn a_cluster_is_created_once_and_keeps_its_data() {
    let folder = folder();
    let first = Cluster::start(config(folder.path())).await.unwrap();
    assert_eq!(first.started(), Started::Created);
    sql(&first, "create table kept (id int); insert into kept values (1)").await;
    first.stop(Shutdown::Fast).await.unwrap();

    let second = Cluster::start(config(folder.path())).await.unwrap();
    assert_eq!(second.started(), Started::Started);
    assert_eq!(sql(&second, "select count(*) from kept").await, "1");
    second.stop(Shutdown::Fast).await.unwrap();
}

#[tokio::test]
async fn the_private_layout_is_made_once_and_anew_when_the_installation_changes() {
    let folder = folder();
    let first = Cluster::start(config(folder.path())).await.unwrap();
    let create = "create role maker; grant create on database postgres to maker; grant create on schema public to maker;
        set role maker; create extension moddatetime;
        select extowner::regrole from pg_extension where extname = 'moddatetime'";
    assert_eq!(sql(&first, create).await, "maker");
    let server = first.directory().join("server");
    first.stop(Shutdown::Fast).await.unwrap();

    fs::write(server.join("mark"), "").unwrap();
    Cluster::start(config(folder.path())).await.unwrap().stop(Shutdown::Fast).await.unwrap();
    assert!(server.join("mark").exists(), "made anew without need");

    let stamp = fs::read_to_string(server.join("stamp")).unwrap();
    fs::write(server.join("stamp"), stamp + "made from something else\n").unwrap();
    Cluster::start(config(folder.path())).await.unwrap().stop(Shutdown::Fast).await.unwrap();
    assert!(!server.join("mark").exists(), "not made anew");
}

#[tokio::test]
async fn it_is_set_up_for_durability_and_replication() {
    let folder = folder();
    let port = cluster::free_port().unwrap();
    let running = Cluster::start(config(folder.path()).with_port(port)).await.unwrap();
    for (setting, expected) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("wal_level", "logical"),
        ("listen_addresses", "127.0.0.1"),
        ("server_encoding", "UTF8"),
        ("password_encryption", "scram-sha-256"),
        ("timezone", "UTC"),
    ] {
        assert_eq!(sql(&running, &format!("show {setting}")).await, expected, "{setting}");
    }
    assert_eq!(sql(&running, "show port").await, port.to_string());
    assert_eq!(
        sql(&running, "select distinct auth_method from pg_hba_file_rules where type = 'host'").await,
        "scram-sha-256"
    );
    let socket_dir = running.directory().join("run");
    assert_eq!(fs::metadata(socket_dir).unwrap().permissions().mode() & 0o777, 0o700);
    running.stop(Shutdown::Fast).await.unwrap();
}

#[tokio::test]
async fn a_half_finished_first_start_is_begun_again() {
    let folder = folder();
    let partial = folder.path().join("db/data.partial");
    fs::create_dir_all(&partial).unwrap();
    fs::write(partial.join("PG_VERSION"), "15\n").unwrap();
    let running = Cluster::start(config(folder.path())).await.unwrap();
    assert_eq!(running.started(), Started::Created);
    assert!(!partial.exists());
    assert_eq!(sql(&running, "select 1").await, "1");
    running.stop(Shutdown::Fast).await.unwrap();
}

#[tokio::test]
async fn a_stale_pid_file_does_not_prevent_the_start() {
    let folder = folder();
    let running = Cluster::start(config(folder.path())).await.unwrap();
    running.stop(Shutdown::Fast).await.unwrap();
    let pid_file = folder.path().join("db/data/postmaster.pid");
    // a number nobody has, and one that a stranger has: this test
    for process in [2_000_000_000, std::process::id()] {
        fs::write(
            &pid_file,
            format!("{process}\n{}\n1\n5432\n/tmp\n\n0 0\nready\n", folder.path().display()),
        )
        .unwrap();
        let running = Cluster::start(config(folder.path())).await.unwrap();
        assert_eq!(running.started(), Started::Started);
        assert_ne!(running.process_id(), Some(process));
        running.stop(Shutdown::Fast).await.unwrap();
    }
}

#[tokio::test]
async fn a_killed_server_comes_back_with_every_committed_row() {
    let folder = folder();
    let running = Cluster::start(config(folder.path())).await.unwrap();
    sql(&running, "create table kept (id int)").await;
    sql(&running, "insert into kept values (1)").await;
    let mut state = running.state();
    let killed = running.process_id().unwrap();
    kill(killed);
    state.wait_for(|state| matches!(state, State::Restarting { .. })).await.unwrap();
    state.wait_for(|state| *state == State::Ready).await.unwrap();
    assert_ne!(running.process_id(), Some(killed));
    assert_eq!(sql(&running, "select count(*) from kept").await, "1");
    running.stop(Shutdown::Fast).await.unwrap();
    assert_eq!(*state.borrow(), State::Stopped);
}

#[tokio::test]
async fn a_server_left_behind_is_adopted() {
    let folder = folder();
    let left = abandon(Cluster::start(config(folder.path())).await.unwrap()).await;
    let adopted = Cluster::start(config(folder.path())).await.unwrap();
    assert_eq!(adopted.started(), Started::Adopted);
    assert_eq!(adopted.process_id(), Some(left));
    // also an adopted server is watched
    let mut state = adopted.state();
    kill(left);
    state.wait_for(|state| matches!(state, State::Restarting { .. })).await.unwrap();
    state.wait_for(|state| *state == State::Ready).await.unwrap();
    assert_eq!(sql(&adopted, "select 1").await, "1");
    adopted.stop(Shutdown::Fast).await.unwrap();
}

#[tokio::test]
async fn a_server_left_behind_on_another_port_is_started_anew() {
    let folder = folder();
    let left = abandon(Cluster::start(config(folder.path())).await.unwrap()).await;
    let port = cluster::free_port().unwrap();
    let running = Cluster::start(config(folder.path()).with_port(port)).await.unwrap();
    assert_eq!(running.started(), Started::Started);
    assert_ne!(running.process_id(), Some(left));
    assert_eq!(sql(&running, "show port").await, port.to_string());
    running.stop(Shutdown::Fast).await.unwrap();
}

#[tokio::test]
async fn a_server_left_behind_can_be_stopped() {
    let folder = folder();
    assert!(!cluster::stop_left_behind(&folder.path().join("db"), Shutdown::Fast).await.unwrap());
    abandon(Cluster::start(config(folder.path())).await.unwrap()).await;
    assert!(cluster::stop_left_behind(&folder.path().join("db"), Shutdown::Fast).await.unwrap());
    assert!(!folder.path().join("db/data/postmaster.pid").exists());
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let folder = folder();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = Cluster::start(config(folder.path()).with_port(port)).await.unwrap_err();
    assert!(matches!(error, ClusterError::PortTaken { port: named } if named == port), "{error}");
    assert!(error.to_string().contains(&port.to_string()));
}

#[tokio::test]
async fn two_clusters_run_side_by_side_and_one_directory_has_one_manager() {
    let (one, two) = (folder(), folder());
    let (first, second) =
        tokio::join!(Cluster::start(config(one.path())), Cluster::start(config(two.path())));
    let (first, second) = (first.unwrap(), second.unwrap());
    sql(&first, "create table only_here ()").await;
    assert_eq!(sql(&second, "select to_regclass('only_here') is null").await, "t");
    let error = Cluster::start(config(one.path())).await.unwrap_err();
    assert!(matches!(error, ClusterError::Locked { .. }), "{error}");
    first.stop(Shutdown::Fast).await.unwrap();
    second.stop(Shutdown::Smart).await.unwrap();
}

#[tokio::test]
async fn a_long_path_works() {
    let folder = folder();
    let deep: PathBuf = folder.path().join("x".repeat(60)).join("y".repeat(60));
    let running = Cluster::start(config(&deep)).await.unwrap();
    assert_eq!(sql(&running, "select 1").await, "1");
    running.stop(Shutdown::Fast).await.unwrap();
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let folder = folder();
    let error = Cluster::start(config(folder.path()).with_setting("no_such_setting", "1")).await.unwrap_err();
    assert!(matches!(error, ClusterError::Exited { .. }), "{error}");
    assert!(error.to_string().contains("no_such_setting"), "{error}");
}

/// As root the server runs as somebody else, and its data lies where that user can get.
#[tokio::test]
async fn as_root_an_unreachable_directory_is_replaced() {
    let private = tempfile::tempdir().unwrap();
    fs::set_permissions(private.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let running = Cluster::start(config(private.path())).await.unwrap();
    let own_uid =
        fs::metadata(private.path()).map(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata)).unwrap();
    let directory = running.directory().to_owned();
    if own_uid == 0 {
        assert!(directory.starts_with("/var/lib/ferrobase"), "{}", directory.display());
        assert_ne!(std::os::unix::fs::MetadataExt::uid(&fs::metadata(directory.join("data")).unwrap()), 0);
    } else {
        assert!(directory.starts_with(private.path().canonicalize().unwrap()));
    }
    assert_eq!(sql(&running, "select 1").await, "1");
    running.stop(Shutdown::Fast).await.unwrap();
    fs::remove_dir_all(directory).unwrap();
}

const OWN: SqlExtension = SqlExtension {
    name: "our_own",
    comment: "for a test",
    versions: &["1.1", "1.0"],
    schema: None,
    requires: &[],
    data: &[],
    needs_preload: false,
    script: "create function @extschema@.answer() returns int language sql as 'select 42';",
    upgrades: &[],
};

/// Two that the installation has: its own is used, unless that works only preloaded, which it is not here.
const EXTENSIONS: &[SqlExtension] = &[
    OWN,
    SqlExtension { name: "citext", ..OWN },
    SqlExtension { name: "pg_trgm", needs_preload: true, ..OWN },
];

#[tokio::test]
async fn extensions_in_plain_sql_are_for_everybody_and_stand_back_for_installed_ones() {
    let folder = folder();
    let cluster = Cluster::start(config(folder.path()).with_extensions(EXTENSIONS)).await.unwrap();
    sql(&cluster, "create role owner login").await;
    sql(&cluster, "create database app owner owner").await;
    let mut owner = Client::connect(&cluster.connect_config("owner", "app")).await.unwrap();
    owner
        .script(
            "create schema one; create extension our_own version '1.0' schema one;
             create schema two; create extension pg_trgm schema two; create extension citext",
        )
        .await
        .unwrap();
    let answers = "select one.answer(), two.answer(), 'A'::citext = 'a',
        (select string_agg(extversion, ' ' order by extname) from pg_extension where extname in ('our_own', 'pg_trgm'))";
    let rows = owner.query(answers, &[]).await.unwrap();
    let texts: Vec<&str> = (0..4).filter_map(|column| rows[0].text(column)).collect();
    assert_eq!(texts, ["42", "42", "t", "1.0 1.1"]);
    owner.script("drop extension our_own; drop extension pg_trgm").await.unwrap();
    cluster.stop(Shutdown::Fast).await.unwrap();
}

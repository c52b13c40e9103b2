//! Postgres restarts while requests come: each is answered or told to come back, and nothing that was acknowledged is lost.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use base::identity::Verifier;
use http::{Request, header};
use http_body_util::BodyExt as _;
use pg::cluster::{self, Cluster, ClusterConfig, Shutdown};
use pg::{Client, ConnectConfig, Pool, PoolConfig};
use rest::{Config, Rest};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

const TABLES: &str = "create role anon;
  create table public.kept (n bigint primary key, author text not null default current_user);
  grant select, insert on public.kept to anon";
/// What a request may be told meanwhile: that there is no connection, that it was lost, and Postgres' own words for both.
const EXPECTED: [&str; 5] = ["PGRST000", "PGRST001", "57P01", "57P02", "57P03"];
const CLIENTS: usize = 4;

/// A folder for a cluster, which the server's user can pass, also when the tests run as root.
pub(crate) fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("ferrobase-rest-").tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

pub(crate) async fn start(folder: &Path) -> Cluster {
    Cluster::start(ClusterConfig::new(folder.join("db")).with_setting("shared_buffers", "16MB"))
        .await
        .unwrap()
}

/// One client that writes a row and reads it, again and again.
struct Writer {
    rest: Arc<Rest>,
    answered: Arc<AtomicU64>,
    acknowledged: Vec<u64>,
    refused: u64,
}

impl Writer {
    async fn work(mut self, first: u64, stop: watch::Receiver<bool>) -> Self {
        for n in (first..).step_by(CLIENTS) {
            if *stop.borrow() {
                break;
            }
            if let Some(written) = self.ask("POST", "/kept", json!({ "n": n }).to_string()).await {
                assert_eq!(written, (201, Value::Null));
                self.acknowledged.push(n);
                if let Some(read) = self.ask("GET", &format!("/kept?n=eq.{n}"), String::new()).await {
                    assert_eq!(read, (200, json!([{ "n": n, "author": "anon" }])));
                    self.answered.fetch_add(1, Ordering::SeqCst);
                }
            }
            tokio::task::yield_now().await;
        }
        self
    }

    /// The answer, unless it is that the database is away.
    async fn ask(&mut self, method: &str, path: &str, body: String) -> Option<(u16, Value)> {
        let request =
            Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        let (head, body) = self.rest.handle(request.body(Body::from(body)).unwrap()).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        if head.status != 503 {
            return Some((head.status.as_u16(), body));
        }
        assert!(EXPECTED.contains(&body["code"].as_str().unwrap()), "{body}");
        assert!(head.headers.contains_key(header::RETRY_AFTER), "{body}");
        self.refused += 1;
        None
    }
}

struct Load {
    writers: Vec<JoinHandle<Writer>>,
    answered: Vec<Arc<AtomicU64>>,
    stop: watch::Sender<bool>,
}

impl Load {
    fn start(rest: &Arc<Rest>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let answered: Vec<Arc<AtomicU64>> = (0..CLIENTS).map(|_| Arc::default()).collect();
        let writers = answered
            .iter()
            .zip(0..)
            .map(|(answered, first)| {
                let (rest, answered) = (Arc::clone(rest), Arc::clone(answered));
                let writer = Writer { rest, answered, acknowledged: Vec::new(), refused: 0 };
                tokio::spawn(writer.work(first, stopped.clone()))
            })
            .collect();
        Self { writers, answered, stop }
    }

    /// Returns once every client was answered so many times more; the test's own time limit ends it otherwise.
    async fn until_all_are_answered(&self, times: u64) {
        for answered in &self.answered {
            let goal = answered.load(Ordering::SeqCst) + times;
            while answered.load(Ordering::SeqCst) < goal {
                assert!(self.writers.iter().all(|writer| !writer.is_finished()), "a client has failed");
                tokio::task::yield_now().await;
            }
        }
    }

    /// What was acknowledged, and how many requests were told to come back.
    async fn end(self) -> (Vec<u64>, u64) {
        self.stop.send(true).unwrap();
        let (mut acknowledged, mut refused) = (Vec::new(), 0);
        for writer in self.writers {
            let writer = writer.await.unwrap();
            acknowledged.extend(writer.acknowledged);
            refused += writer.refused;
        }
        (acknowledged, refused)
    }
}

/// Kills the process of one of the room's connections; Postgres then ends all others and recovers.
async fn crash(connect: &ConnectConfig, name: &str) {
    let mut observer = Client::connect(connect).await.unwrap();
    let find =
        "select pid from pg_stat_activity where application_name = $1 and query not like 'listen%' limit 1";
    let victim: i32 = observer.query(find, &[name.to_owned().into()]).await.unwrap()[0].get(0).unwrap();
    kill_process(Pid::from_raw(victim).unwrap(), Signal::KILL).unwrap();
    observer.query("select pg_sleep(600)", &[]).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_under_load_is_503_for_some_and_nothing_worse_for_anybody() {
    let folder = folder();
    let mut cluster = start(folder.path()).await;
    let connect = cluster.connect_config(cluster::SUPERUSER, "postgres");
    Client::connect(&connect).await.unwrap().script(TABLES).await.unwrap();
    let served = connect.clone().with_application_name("room");
    let pool = Pool::new(served.clone(), PoolConfig { max_connections: 3, ..PoolConfig::default() });
    let verifier = Arc::new(Verifier::new(Vec::new()));
    let rest = Rest::open(Config::default(), pool, served, verifier).await.unwrap();

    let load = Load::start(&rest);
    load.until_all_are_answered(20).await;
    cluster.stop(Shutdown::Fast).await.unwrap();
    cluster = start(folder.path()).await;
    load.until_all_are_answered(20).await;
    crash(&connect, "room").await;
    load.until_all_are_answered(20).await;

    let (acknowledged, refused) = load.end().await;
    assert!(refused > 0, "the load noticed nothing");
    let mut observer = Client::connect(&connect).await.unwrap();
    let kept = observer.query("select n from public.kept", &[]).await.unwrap();
    let kept: std::collections::HashSet<u64> =
        kept.iter().map(|row| row.text(0).unwrap().parse().unwrap()).collect();
    let lost: Vec<&u64> = acknowledged.iter().filter(|n| !kept.contains(n)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    drop(observer);
    rest.close();
    cluster.stop(Shutdown::Fast).await.unwrap();
}

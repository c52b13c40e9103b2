//! A room on a read replica: requests go there, and the listener to the primary, as a replica takes no LISTEN.

use std::collections::BTreeMap;

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt as _;
use pg::Client;
use pg::cluster::{self, Cluster, Shutdown};
use rest::config::Options;
use rest::standalone::Standalone;

use crate::restarting::{folder, start};

const FUNCTION: &str = "create role anon;
  create function public.is_replica() returns boolean language sql stable as 'select pg_is_in_recovery()'";
const LISTENING: &str = "select count(*)::int from pg_stat_activity where query like 'listen%'";

/// The directory of its socket.
fn socket(cluster: &Cluster) -> String {
    let pg::Host::Unix(directory) = cluster.connect_config(cluster::SUPERUSER, "postgres").host().clone()
    else {
        panic!("a cluster has a socket")
    };
    directory.display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_go_to_the_replica_and_the_listener_to_the_primary() {
    let (primary_folder, replica_folder) = (folder(), folder());
    let (primary, first) = tokio::join!(start(primary_folder.path()), start(replica_folder.path()));
    let connect = first.connect_config(cluster::SUPERUSER, "postgres");
    Client::connect(&connect).await.unwrap().script(FUNCTION).await.unwrap();
    let data = first.directory().join("data");
    first.stop(Shutdown::Fast).await.unwrap();
    std::fs::write(data.join("standby.signal"), "").unwrap();
    let replica = start(replica_folder.path()).await;

    let options = format!(
        "db-uri = \"host={},{} user={} dbname=postgres target_session_attrs=read-only\"\ndb-anon-role = \"anon\"",
        socket(&primary),
        socket(&replica),
        cluster::SUPERUSER
    );
    let room = Standalone::start(Options::read(&options, &BTreeMap::new()).unwrap(), None).unwrap();
    let ask = async || {
        let request = Request::get("/rpc/is_replica").body(Body::empty()).unwrap();
        let (head, body) = room.handle(request).await.into_parts();
        (head.status.as_u16(), body.collect().await.unwrap().to_bytes())
    };
    // until the schema cache is there
    let mut answer = ask().await;
    while answer.0 == 503 {
        answer = ask().await;
    }
    assert_eq!((answer.0, &*answer.1), (200, &b"true"[..]));
    let mut observer =
        Client::connect(&primary.connect_config(cluster::SUPERUSER, "postgres")).await.unwrap();
    while observer.query(LISTENING, &[]).await.unwrap()[0].get::<i32>(0).unwrap() != 1 {
        tokio::task::yield_now().await;
    }
    drop(observer);
    room.close().await;
    replica.stop(Shutdown::Fast).await.unwrap();
    primary.stop(Shutdown::Fast).await.unwrap();
}

//! Requests that something comes in the way of: an ended backend, a client that goes away, a pool without a free connection.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use base::identity::Verifier;
use http::HeaderValue;
use http_body_util::BodyExt as _;
use pg::{Pool, PoolConfig};
use rest::{Config, Rest};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::harness::Room;

const WAIT: &str = "create function public.wait() returns void language sql set statement_timeout = '10min'
  as 'select pg_sleep(600)'";
const SLEEPING: &str =
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";

/// A room with a function that does not end by itself.
async fn waiting_room() -> Arc<Room> {
    let room = Room::new().await;
    room.database.client("supabase_admin").await.script(WAIT).await.unwrap();
    room.rest.reload().await.unwrap();
    Arc::new(room)
}

/// Returns once so many requests wait in Postgres; the test's own time limit ends it otherwise.
async fn until_sleeping(room: &Room, requests: &str) {
    while room.value(SLEEPING).await != requests {}
}

fn ask(room: &Arc<Room>) -> JoinHandle<(u16, serde_json::Value)> {
    let room = Arc::clone(room);
    tokio::spawn(async move { room.json("POST /rpc/wait").await })
}

#[tokio::test]
async fn an_ended_backend_is_503_and_the_next_request_is_answered() {
    let room = waiting_room().await;
    let request = ask(&room);
    until_sleeping(&room, "1").await;
    let end = "select pg_terminate_backend(pid)::text from pg_stat_activity
      where datname = current_database() and wait_event = 'PgSleep'";
    assert_eq!(room.value(end).await, "true");
    let (status, body) = request.await.unwrap();
    assert_eq!((status, body["code"].as_str()), (503, Some("57P01")), "{body}");
    assert_eq!(room.json("GET /clients").await.0, 200);
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_cancelled() {
    let room = waiting_room().await;
    let request = ask(&room);
    until_sleeping(&room, "1").await;
    request.abort();
    until_sleeping(&room, "0").await;
    assert_eq!(room.json("GET /clients").await.0, 200);
}

#[tokio::test]
async fn without_a_free_connection_it_is_504_and_says_when_to_come_back() {
    let room = waiting_room().await;
    let acquire_timeout = Duration::from_millis(20);
    let config = PoolConfig { max_connections: 1, acquire_timeout, ..PoolConfig::default() };
    let pool = Pool::new(room.database.connect("authenticator"), config);
    let rest = Rest::new(Config::default(), pool, Arc::new(Verifier::new(Vec::new())));
    rest.reload().await.unwrap();
    let request =
        |method, path| http::Request::builder().method(method).uri(path).body(axum::body::Body::empty());
    let waiting = tokio::spawn({
        let (rest, request) = (Arc::clone(&rest), request("POST", "/rpc/wait").unwrap());
        async move { rest.handle(request).await }
    });
    until_sleeping(&room, "1").await;
    let refused = rest.handle(request("GET", "/clients").unwrap()).await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["retry-after"]),
        (504, &HeaderValue::from_static("1"))
    );
    let body: Value =
        serde_json::from_slice(&refused.into_body().collect().await.unwrap().to_bytes()).unwrap();
    let message = "Timed out acquiring connection from connection pool.";
    assert_eq!(body, json!({ "code": "PGRST003", "message": message, "details": null, "hint": null }));
    // what needs no connection is answered
    assert_eq!(rest.handle(request("GET", "/nope").unwrap()).await.status().as_u16(), 404);
    waiting.abort();
    while rest.handle(request("GET", "/clients").unwrap()).await.status().as_u16() != 200 {}
}

/// Dropped at its first wait, at its second, and so on, until it is answered.
#[tokio::test]
async fn a_request_dropped_at_any_moment_leaves_a_clean_connection() {
    let room = Room::new().await;
    let pool = Pool::new(
        room.database.connect("authenticator"),
        PoolConfig { max_connections: 1, ..PoolConfig::default() },
    );
    let rest = Rest::new(Config::default(), pool.clone(), Arc::new(Verifier::new(Vec::new())));
    rest.reload().await.unwrap();
    let state = "select concat_ws(',', current_user, current_setting('role'),
          nullif(current_setting('request.jwt.claims', true), ''), pg_current_xact_id_if_assigned(),
          (select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'relation'
             and relation = 'public.clients'::regclass))";
    for steps in 1.. {
        let body = format!("{{\"id\": {}, \"name\": \"x\"}}", 100 + steps);
        let request = http::Request::post("/clients").header("prefer", "return=representation");
        let mut answer = Box::pin(rest.handle(request.body(axum::body::Body::from(body)).unwrap()));
        let mut answered = None;
        for _step in 0..steps {
            match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(response) => answered = Some(response.status().as_u16()),
                Poll::Pending => tokio::task::yield_now().await,
            }
            if answered.is_some() {
                break;
            }
        }
        drop(answer);
        let found = pool.get().await.unwrap().query(state, &[]).await.unwrap();
        assert_eq!(found[0].text(0), Some("authenticator,none,0"), "dropped after {steps}");
        assert!(pool.status().open <= 1);
        if answered.is_some() {
            assert_eq!(answered, Some(201));
            break;
        }
    }
}

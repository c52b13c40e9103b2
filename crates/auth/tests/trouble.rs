//! A database that is full, locked or away.

use std::sync::Arc;

use auth::{Config, Ctx};
use axum::body::Body;
use base::clock::SystemClock;
use base::identity::ProjectKeys;
use chrono::Utc;
use http::Request;
use http_body_util::BodyExt;
use pg::{Pool, PoolConfig};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::harness::Room;

#[tokio::test]
async fn a_database_that_is_away_is_503_and_may_be_retried() {
    let keys = ProjectKeys::generate(Utc::now()).unwrap();
    let connect = "postgres://nobody@127.0.0.1:1/none".parse().unwrap();
    let ctx = Ctx::new(
        Pool::new(connect, PoolConfig::default()),
        Config::default(),
        Arc::new(keys.signer().unwrap()),
        Arc::new(keys.verifier().unwrap()),
        Arc::new(SystemClock),
    );
    let router = auth::routes(ctx);
    let body = json!({ "email": "ada@example.com", "password": "secret" }).to_string();
    let request = Request::post("/token?grant_type=password").body(Body::from(body)).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");
    assert!(response.extensions().get::<base::Cause>().is_some(), "the gateway logs why");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let expected = json!({
        "code": 503, "error_code": "unknown", "msg": "The database is not available at the moment, please retry",
    });
    assert_eq!(body, expected);
    // what needs no database still answers
    let health = router.oneshot(Request::get("/health").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(health.status(), 200);
}

#[tokio::test]
async fn a_request_that_waits_too_long_is_504_and_leaves_the_pool_whole() {
    let room = Room::sized(|config| config.max_request_seconds = 1, 1).await;
    let session = room.sign_up("ada@example.com").await;
    let mut locker = room.client("supabase_admin").await;
    // the lock is held by a statement that lasts, in a transaction of its own
    let lock = tokio::spawn(async move { locker.script("lock table auth.users; select pg_sleep(30)").await });
    let is_locked = "select exists (select from pg_locks where relation = 'auth.users'::regclass and mode = 'AccessExclusiveLock' and granted)";
    while room.value(is_locked).await != "t" {
        tokio::task::yield_now().await;
    }
    let answer = room.call("GET", "/user").bearer(session.access_token()).send().await;
    answer.expect(504, "request_timeout");
    room.script("select pg_terminate_backend(pid) from pg_locks where relation = 'auth.users'::regclass and mode = 'AccessExclusiveLock'").await;
    assert!(lock.await.unwrap().is_err());
    assert_eq!(room.refresh(session.refresh_token()).await.status, 200);
}

#[tokio::test]
async fn a_full_pool_is_503_in_bounded_time() {
    let keys = ProjectKeys::generate(Utc::now()).unwrap();
    let database = testkit::TestDb::platform().await;
    let acquire_timeout = std::time::Duration::from_millis(50);
    let pool = Pool::new(
        database.connect("supabase_auth_admin"),
        PoolConfig { max_connections: 1, acquire_timeout, ..PoolConfig::default() },
    );
    let ctx = Ctx::new(
        pool.clone(),
        Config::default(),
        Arc::new(keys.signer().unwrap()),
        Arc::new(keys.verifier().unwrap()),
        Arc::new(SystemClock),
    );
    let router = auth::routes(ctx);
    let request = || {
        let body = json!({ "email": "ada@example.com", "password": "secret" }).to_string();
        Request::post("/token?grant_type=password").body(Body::from(body)).unwrap()
    };
    let taken = pool.get().await.unwrap();
    let response = router.clone().oneshot(request()).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    drop(taken);
    assert_eq!(router.oneshot(request()).await.unwrap().status(), 400);
}

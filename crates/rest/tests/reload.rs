//! The schema cache behind running requests.

use std::sync::Arc;
use std::time::Duration;

use base::identity::{Verifier, VerifyingKey};
use http::Request;
use rest::{Config, Rest};

use crate::harness::{Room, SECRET};

async fn status(rest: &Rest, path: &str) -> u16 {
    rest.handle(Request::get(path).body(axum::body::Body::empty()).unwrap()).await.status().as_u16()
}

/// Asks until the answer is the expected one; the test's own time limit ends it otherwise.
async fn until(rest: &Rest, path: &str, expected: u16) {
    while status(rest, path).await != expected {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn notifications_reload_schema_and_options_behind_the_requests() {
    let room = Room::new().await;
    let verifier = Arc::new(Verifier::new(vec![VerifyingKey::from_secret(SECRET)]));
    let rest =
        Rest::start(Config::default(), room.pool.clone(), room.database.connect("authenticator"), verifier);
    until(&rest, "/clients", 200).await;
    assert_eq!(status(&rest, "/later",).await, 404);
    let mut admin = room.database.client("supabase_admin").await;
    admin
        .script("create table public.later (id integer); grant select on public.later to anon; notify pgrst, 'reload schema'")
        .await
        .unwrap();
    until(&rest, "/later", 200).await;
    let option = format!(
        "alter role authenticator in database {} set pgrst.db_schemas = 'private'; notify pgrst, 'reload config'",
        room.database.name()
    );
    admin.script(&option).await.unwrap();
    until(&rest, "/clients", 404).await;
}

#[tokio::test]
async fn without_a_cache_the_room_says_so() {
    let room = Room::new().await;
    let rest = Rest::new(Config::default(), room.pool.clone(), Arc::new(Verifier::new(Vec::new())));
    assert_eq!(status(&rest, "/clients").await, 503);
    assert!(!rest.is_ready());
    rest.reload().await.unwrap();
    assert_eq!(status(&rest, "/clients").await, 200);
}

#[tokio::test]
async fn a_function_may_set_options() {
    let room = Room::new().await;
    room.database
        .client("supabase_admin")
        .await
        .script(
            "create function public.options() returns void language sql as
               $$ select set_config('pgrst.db_max_rows', '1', true), set_config('pgrst.db_schemas', 'public', true) $$",
        )
        .await
        .unwrap();
    let config = Config { pre_config: Some("public.options".to_owned()), ..Config::default() };
    let rest = Rest::new(config, room.pool.clone(), Arc::new(Verifier::new(Vec::new())));
    rest.reload().await.unwrap();
    let response = rest.handle(Request::get("/clients").body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["content-range"], "0-0/*");
    assert!(!response.headers().contains_key("content-profile"), "there is but one schema");
}

#[tokio::test]
async fn the_cache_is_loaded_although_nobody_listens() {
    let room = Room::new().await;
    let verifier = Arc::new(Verifier::new(Vec::new()));
    let unreachable = room.database.connect("authenticator").with_database("there_is_no_such_database");
    let rest = Rest::start(Config::default(), room.pool.clone(), unreachable, verifier);
    until(&rest, "/clients", 200).await;
}

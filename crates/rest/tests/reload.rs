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
async fn what_was_prepared_ends_with_the_cache_it_was_made_of() {
    let room = Room::new().await;
    let path = "/projects?select=id,clients(name)&id=eq.1";
    for _prepared_then_remembered in 0..2 {
        assert_eq!(status(&room.rest, path).await, 200);
    }
    let mut admin = room.database.client("supabase_admin").await;
    admin.script("alter table public.projects drop constraint projects_client_id_fkey").await.unwrap();
    room.rest.reload().await.unwrap();
    assert_eq!(status(&room.rest, path).await, 400, "there is no relationship any more");
}

#[tokio::test]
async fn values_are_of_the_type_that_their_column_has_after_a_reload() {
    let room = Room::new().await;
    let mut admin = room.database.client("supabase_admin").await;
    for (kind, value) in [("uuid", "dea27321-f988-4a57-93e4-8eeb38f3cf1e"), ("bigint", "1")] {
        let change = format!(
            "drop table if exists public.cats; create table public.cats (id {kind} primary key); grant select on public.cats to anon"
        );
        admin.script(&change).await.unwrap();
        room.rest.reload().await.unwrap();
        assert_eq!(status(&room.rest, &format!("/cats?id=eq.{value}")).await, 200, "{kind}");
    }
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

/// Five hundred tables are read while a lock holds the reading up; meanwhile the old cache answers.
#[tokio::test]
async fn the_old_cache_serves_while_the_new_one_loads() {
    let room = Room::new().await;
    let mut admin = room.database.client("supabase_admin").await;
    admin
        .script(
            "do $$ begin for i in 1..500 loop execute format(
               'create table public.many_%s (id integer primary key, client integer references public.clients)', i);
             end loop; end $$;
             grant select on public.many_500 to anon",
        )
        .await
        .unwrap();
    // every load reads comments; requests do not
    let mut session = admin.session().await.unwrap();
    session.say("begin; lock table pg_catalog.pg_description in access exclusive mode").await.unwrap();
    let load = tokio::spawn({
        let rest = Arc::clone(&room.rest);
        async move { rest.reload().await }
    });
    let mut watcher = room.database.client("supabase_admin").await;
    let waits = "select count(*)::text from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while watcher.query(waits, &[]).await.unwrap()[0].text(0) != Some("1") {
        assert!(!load.is_finished(), "nothing held it up");
    }
    for _ in 0..50 {
        assert_eq!(status(&room.rest, "/clients?select=id,projects(name)").await, 200);
        assert_eq!(status(&room.rest, "/many_500").await, 404);
    }
    assert!(!load.is_finished());
    session.say("commit").await.unwrap();
    load.await.unwrap().unwrap();
    assert_eq!(status(&room.rest, "/many_500").await, 200);
}

#[tokio::test]
async fn wrong_options_in_the_database_leave_those_in_force() {
    let room = Room::new().await;
    let mut admin = room.database.client("supabase_admin").await;
    let range = async || {
        let request = Request::get("/clients").body(axum::body::Body::empty()).unwrap();
        room.rest.handle(request).await.headers()["content-range"].clone()
    };
    let set = |option: &str, value: &str| {
        format!(
            "alter role authenticator in database {} set pgrst.{option} = '{value}'",
            room.database.name()
        )
    };
    for (options, expected) in [
        (vec![("db_max_rows", "1")], "0-0/*"),
        (vec![("db_max_rows", "none"), ("db_schemas", "private")], "0-0/*"),
        (vec![("db_max_rows", "1"), ("db_schemas", "pg_catalog")], "0-0/*"),
        // nothing is the default
        (vec![("db_max_rows", ""), ("db_schemas", "")], "0-1/*"),
    ] {
        for (option, value) in &options {
            admin.script(&set(option, value)).await.unwrap();
        }
        room.rest.reload().await.unwrap();
        assert_eq!(range().await, expected, "{options:?}");
    }
}

#[tokio::test]
async fn the_database_may_turn_prepared_statements_off() {
    let room = Room::new().await;
    let mut admin = room.database.client("supabase_admin").await;
    admin
        .script("create function public.prepared() returns bigint language sql stable as 'select count(*) from pg_prepared_statements'")
        .await
        .unwrap();
    room.rest.reload().await.unwrap();
    for (value, expected) in [("true", true), ("false", false), ("true", true)] {
        let option = format!(
            "alter role authenticator in database {} set pgrst.db_prepared_statements = '{value}'",
            room.database.name()
        );
        admin.script(&option).await.unwrap();
        room.rest.reload().await.unwrap();
        room.json("GET /rpc/prepared").await;
        let (_, count) = room.json("GET /rpc/prepared").await;
        assert_eq!(count.as_u64().unwrap() > 0, expected, "{value}");
    }
}

/// A database that goes away is told of as such, and when it is back, so are the answers.
#[tokio::test]
async fn a_lost_database_is_503_until_it_is_back() {
    let room = Room::new().await;
    let elsewhere = room.database.admin().with_database("postgres");
    let mut other = pg::Client::connect(&elsewhere).await.unwrap();
    let name = room.database.name();
    assert_eq!(status(&room.rest, "/clients").await, 200);
    let end = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}' and pid <> pg_backend_pid()"
    );
    // connections that ended meanwhile are noticed, and new ones made
    other.script(&end).await.unwrap();
    for _ in 0..5 {
        assert_eq!(status(&room.rest, "/clients").await, 200);
    }
    other.script(&format!("alter database {name} allow_connections false")).await.unwrap();
    other.script(&end).await.unwrap();
    let response = room.send("GET /clients").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    assert_eq!(room.json("GET /clients").await.1["code"], "PGRST000");
    other.script(&format!("alter database {name} allow_connections true")).await.unwrap();
    until(&room.rest, "/clients", 200).await;
}

/// The connection that listens is lost, and with it a notification: the next one to listen reads everything again.
#[tokio::test]
async fn a_lost_listener_comes_back_and_catches_up() {
    let room = Room::new().await;
    let verifier = Arc::new(Verifier::new(Vec::new()));
    let connect = room.database.connect("authenticator");
    let rest = Rest::open(Config::default(), room.pool.clone(), connect, verifier).await.unwrap();
    assert_eq!(status(&rest, "/clients").await, 200, "open returns when the cache is loaded");
    let mut admin = room.database.client("supabase_admin").await;
    admin
        .script(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and query like 'listen%';
             create table public.meanwhile (id integer);
             grant select on public.meanwhile to anon",
        )
        .await
        .unwrap();
    until(&rest, "/meanwhile", 200).await;
}

/// A hundred changes of the table that is read, each with a notification: no request notices.
#[tokio::test]
async fn a_storm_of_changes_fails_no_request() {
    let room = Room::new().await;
    let verifier = Arc::new(Verifier::new(Vec::new()));
    let connect = room.database.connect("authenticator");
    let rest = Rest::open(Config::default(), room.pool.clone(), connect, verifier).await.unwrap();
    let mut admin = room.database.client("supabase_admin").await;
    let changes = tokio::spawn(async move {
        for number in 0..100 {
            let change = format!(
                "alter table public.clients add column extra_{number} integer; notify pgrst, 'reload schema'; notify pgrst, '{number}'"
            );
            admin.script(&change).await.unwrap();
        }
    });
    while !changes.is_finished() {
        for path in ["/clients", "/clients?id=eq.1&select=*", "/projects?select=id,clients(*)"] {
            assert_eq!(status(&rest, path).await, 200, "{path}");
        }
    }
    changes.await.unwrap();
    until(&rest, "/clients?extra_99=is.null", 200).await;
}

//! The test tools themselves, and the foundations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bad_input;
mod foundation_coloring_book;
mod foundation_coloring_book_model;
mod foundation_events;
mod foundation_fenta;
mod foundation_lifecycle;
mod foundation_metered;
mod foundation_saas;
mod foundation_streamer_studio;
mod foundations;
mod load;

use testkit::TestDb;

async fn exists(database: &TestDb, name: &str) -> bool {
    let mut admin = database.client("supabase_admin").await;
    let rows = admin
        .query("select from pg_database where datname = $1", &[pg::Param::from(name)])
        .await
        .expect("the catalog can be read");
    !rows.is_empty()
}

#[tokio::test]
async fn databases_are_separate_and_go_when_dropped() {
    let (one, two) = (TestDb::platform().await, TestDb::platform().await);
    one.client("postgres").await.script("create table here ()").await.expect("postgres may create tables");
    let here = two.client("postgres").await.query("select to_regclass('here') is null", &[]).await;
    assert!(here.is_ok_and(|rows| rows[0].get::<bool>(0).is_ok_and(|none| none)));
    let name = one.name().to_owned();
    assert!(exists(&two, &name).await);
    drop(one);
    assert!(!exists(&two, &name).await);
}

#[tokio::test]
async fn every_role_gets_in_by_its_address() {
    let database = TestDb::platform().await;
    for role in ["supabase_admin", "postgres", "authenticator", "supabase_auth_admin"] {
        let connect: pg::ConnectConfig = database.url(role).parse().expect("a connection string");
        let mut client = pg::Client::connect(&connect).await.expect("every role gets in");
        let row =
            client.query("select current_user::text, current_database()::text", &[]).await.expect("one row");
        assert_eq!((row[0].text(0), row[0].text(1)), (Some(role), Some(database.name())));
    }
}

/// One task makes the template, the other waits for it on the same thread.
#[tokio::test]
async fn two_tasks_of_one_thread_do_not_block_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("migrations")).expect("a folder");
    let sql = format!("create table \"{}\" ()", folder.path().display());
    std::fs::write(folder.path().join("migrations/1_new.sql"), sql).expect("a file");
    let (one, two) = tokio::join!(TestDb::project(folder.path()), TestDb::project(folder.path()));
    assert_ne!(one.name(), two.name());
}

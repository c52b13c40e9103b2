//! Applying the platform: once, again, from two sides, and against a database of another binary.

use base::platform::{self, Error, PlatformInput, RoomMigrations};
use pg::{Client, ConnectConfig};
use testkit::TestDb;

const ROOMS: &[RoomMigrations] =
    &[RoomMigrations { room: "auth", run_as: "supabase_auth_admin", files: &auth::MIGRATIONS }];

async fn apply(connect: &ConnectConfig) -> Result<platform::Applied, Error> {
    let mut admin = Client::connect(connect).await.unwrap();
    platform::apply(&mut admin, &PlatformInput { passwords: &[], rooms: ROOMS }).await
}

#[tokio::test]
async fn a_second_time_nothing_is_done() {
    let database = TestDb::platform().await;
    let mut admin = database.client("supabase_admin").await;
    let count = "select count(*) from ferrobase.migrations";
    let before: i64 = admin.query(count, &[]).await.unwrap()[0].get(0).unwrap();
    let applied = apply(&database.admin()).await.unwrap();
    assert!(applied.files.is_empty() && applied.skipped.is_empty(), "{applied:?}");
    let after: i64 = admin.query(count, &[]).await.unwrap()[0].get(0).unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn two_at_once_set_up_an_empty_database_once() {
    let shared = TestDb::platform().await;
    let name = format!("{}_empty", shared.name());
    let mut admin = shared.client("supabase_admin").await;
    admin.script(&format!("create database {name}")).await.unwrap();
    let connect = shared.admin().with_database(&name);
    let (one, two) = tokio::join!(apply(&connect), apply(&connect));
    let files = one.unwrap().files.len() + two.unwrap().files.len();
    let mut client = Client::connect(&connect).await.unwrap();
    let recorded: i64 =
        client.query("select count(*) from ferrobase.migrations", &[]).await.unwrap()[0].get(0).unwrap();
    assert_eq!(i64::try_from(files).unwrap(), recorded);
    drop(client);
    admin.script(&format!("drop database {name} with (force)")).await.unwrap();
}

#[tokio::test]
async fn a_database_of_a_newer_binary_is_refused() {
    let database = TestDb::platform().await;
    let mut admin = database.client("supabase_admin").await;
    admin
        .script("insert into ferrobase.migrations (room, version, name, checksum) values ('auth', 9999, '9999_later.sql', '')")
        .await
        .unwrap();
    let error = apply(&database.admin()).await.unwrap_err();
    assert!(matches!(&error, Error::Downgrade { version: 9999, .. }), "{error}");
    assert!(error.to_string().contains("newer version of Ferrobase"), "{error}");
}

#[tokio::test]
async fn a_database_made_from_other_files_is_refused() {
    let database = TestDb::platform().await;
    let mut admin = database.client("supabase_admin").await;
    admin
        .script("update ferrobase.migrations set checksum = 'other' where room = 'platform' and version = 1")
        .await
        .unwrap();
    let error = apply(&database.admin()).await.unwrap_err();
    assert!(matches!(&error, Error::Changed { room, .. } if room == "platform"), "{error}");
}

#[tokio::test]
async fn a_room_that_this_binary_does_not_have_is_left_alone() {
    let database = TestDb::platform().await;
    let mut admin = database.client("supabase_admin").await;
    admin
        .script("insert into ferrobase.migrations (room, version, name, checksum) values ('later', 1, '0001_x.sql', '')")
        .await
        .unwrap();
    apply(&database.admin()).await.unwrap();
}

#[tokio::test]
async fn tables_that_changed_hands_are_taken_back() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script("reassign owned by ferrobase_policy_owner to postgres").await.unwrap();
    apply(&database.admin()).await.unwrap();
    let owner = "select relowner::regrole::text from pg_class where oid = 'auth.users'::regclass";
    assert_eq!(postgres.query(owner, &[]).await.unwrap()[0].text(0), Some("ferrobase_policy_owner"));
}

//! A surface that a database has in an earlier form comes to that of the binary, as an extension and as objects.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base::platform::{self, PlatformInput, RoomMigrations};
use base::surfaces::{self, Error};
use pg::Client;
use pg::cluster::{self, Cluster, ClusterConfig, Shutdown, SqlExtension};

use super::text;

const ROOMS: &[RoomMigrations] =
    &[RoomMigrations { room: "auth", run_as: "supabase_auth_admin", files: &auth::MIGRATIONS }];

/// Two forms of the surfaces, of which one differs: it got a function in its second form and another in its third.
fn forms() -> [&'static [SqlExtension]; 2] {
    const SECOND: &str =
        "create function @extschema@.second() returns text language sql as 'select ''second''';";
    const THIRD: &str = "create function @extschema@.third() returns text language sql as 'select @extschema@.second() || ''third''';";
    const UPGRADES: &[&str] = &[SECOND, THIRD];
    let changed = |surface: &SqlExtension| {
        if surface.name != "pgjwt" {
            return *surface;
        }
        let keep = "select ferrobase.keep_surface_revision('pgjwt', 3);";
        let script: &'static str =
            Box::leak(format!("{}\n{SECOND}\n{THIRD}\n{keep}\n", surface.script).into_boxed_str());
        SqlExtension { script, upgrades: UPGRADES, ..*surface }
    };
    let later: Vec<SqlExtension> = surfaces::EXTENSIONS.iter().map(changed).collect();
    [surfaces::EXTENSIONS, Box::leak(later.into_boxed_slice())]
}

async fn start(folder: &Path, extensions: &'static [SqlExtension]) -> (Cluster, Client) {
    let config = ClusterConfig::new(folder.join("db")).not_durable().with_extensions(extensions);
    let cluster = Cluster::start(config).await.unwrap();
    let admin = Client::connect(&cluster.connect_config(cluster::SUPERUSER, "postgres")).await.unwrap();
    (cluster, admin)
}

async fn set_up(admin: &mut Client) {
    platform::apply(admin, &PlatformInput { passwords: &[], rooms: ROOMS }).await.unwrap();
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    // the server's user has to get there when the tests run as root
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[tokio::test]
async fn an_extension_is_upgraded_in_place_and_keeps_its_version() {
    let [earlier, later] = forms();
    let folder = folder();
    let (cluster, mut admin) = start(folder.path(), earlier).await;
    set_up(&mut admin).await;
    assert!(surfaces::upgrade(&mut admin, earlier).await.unwrap().is_empty());
    admin.script("create view public.token as select extensions.sign('{}', 'secret')").await.unwrap();
    let version = "select extversion from pg_extension where extname = 'pgjwt'";
    let before = text(&mut admin, version).await;
    // what the server does not offer as ours is left alone
    assert!(surfaces::upgrade(&mut admin, later).await.unwrap().is_empty());
    drop(admin);
    cluster.stop(Shutdown::Fast).await.unwrap();

    let (cluster, mut admin) = start(folder.path(), later).await;
    assert_eq!(surfaces::upgrade(&mut admin, later).await.unwrap(), ["pgjwt 2", "pgjwt 3"]);
    assert!(surfaces::upgrade(&mut admin, later).await.unwrap().is_empty());
    assert_eq!(text(&mut admin, "select extensions.third()").await, "secondthird");
    assert_eq!(text(&mut admin, version).await, before);
    assert!(!text(&mut admin, "table public.token").await.is_empty());
    // the new functions are the extension's, and one that is made from the newest script is not upgraded
    admin.script("drop extension pgjwt cascade; create extension pgjwt schema extensions").await.unwrap();
    assert!(surfaces::upgrade(&mut admin, later).await.unwrap().is_empty());
    assert_eq!(text(&mut admin, "select extensions.third()").await, "secondthird");

    let error = surfaces::check(&mut admin, earlier).await.unwrap_err();
    assert!(
        matches!(&error, Error::Downgrade { name, revision: 3, newest: 1 } if name == "pgjwt"),
        "{error}"
    );
    surfaces::check(&mut admin, later).await.unwrap();
    drop(admin);
    cluster.stop(Shutdown::Fast).await.unwrap();
}

#[tokio::test]
async fn objects_that_stand_for_an_extension_are_upgraded_too() {
    let [_, later] = forms();
    let folder = folder();
    let (cluster, mut admin) = start(folder.path(), &[]).await;
    set_up(&mut admin).await;
    assert_eq!(surfaces::upgrade(&mut admin, later).await.unwrap(), ["pgjwt 2", "pgjwt 3"]);
    assert_eq!(text(&mut admin, "select extensions.third()").await, "secondthird");
    assert!(surfaces::upgrade(&mut admin, later).await.unwrap().is_empty());
    // they go with the surface
    admin.script("select ferrobase.drop_surface('pgjwt')").await.unwrap();
    assert_eq!(text(&mut admin, "select to_regprocedure('extensions.third()') is null").await, "t");
    drop(admin);
    cluster.stop(Shutdown::Fast).await.unwrap();
}

#[tokio::test]
async fn a_step_that_fails_changes_nothing_and_is_named() {
    let folder = folder();
    let (cluster, mut admin) = start(folder.path(), &[]).await;
    set_up(&mut admin).await;
    let wrong: Vec<SqlExtension> = surfaces::EXTENSIONS
        .iter()
        .map(|surface| SqlExtension {
            upgrades: &["create table @extschema@.half (); select nothing();"],
            ..*surface
        })
        .filter(|surface| surface.name == "pgjwt")
        .collect();
    let error = surfaces::upgrade(&mut admin, &wrong).await.unwrap_err();
    assert!(matches!(&error, Error::Script { name, revision: 2, .. } if name == "pgjwt"), "{error}");
    assert_eq!(text(&mut admin, "select to_regclass('extensions.half') is null").await, "t");
    drop(admin);
    cluster.stop(Shutdown::Fast).await.unwrap();
}

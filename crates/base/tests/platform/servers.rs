//! Servers of their own: passwords, and administrators that are not `supabase_admin`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use base::platform::{self, Applied, PlatformInput, RoomMigrations};
use pg::cluster::{self, Cluster, ClusterConfig, Shutdown};
use pg::{Client, ConnectConfig, Host};

const ROOMS: &[RoomMigrations] =
    &[RoomMigrations { room: "auth", run_as: "supabase_auth_admin", files: &auth::MIGRATIONS }];

/// A server whose roles no other test shares.
struct Server {
    cluster: Cluster,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn start(with_port: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // the server's user has to get there when the tests run as root
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut config = ClusterConfig::new(folder.path().join("db")).not_durable();
        if with_port {
            config = config.with_port(cluster::free_port().unwrap());
        }
        Self { cluster: Cluster::start(config).await.unwrap(), _folder: folder }
    }

    async fn client(&self, role: &str, database: &str) -> Client {
        Client::connect(&self.cluster.connect_config(role, database)).await.unwrap()
    }

    async fn stop(self) {
        self.cluster.stop(Shutdown::Fast).await.unwrap();
    }
}

async fn apply(admin: &mut Client, passwords: &[(&str, &str)]) -> Applied {
    platform::apply(admin, &PlatformInput { passwords, rooms: ROOMS }).await.unwrap()
}

#[tokio::test]
async fn passwords_are_set_when_they_differ_and_only_then() {
    let server = Server::start(true).await;
    let mut admin = server.client(cluster::SUPERUSER, "postgres").await;
    let applied = apply(&mut admin, &[("postgres", "first"), ("authenticator", "other one")]).await;
    assert_eq!(applied.passwords, ["postgres", "authenticator"]);
    assert!(apply(&mut admin, &[("postgres", "first")]).await.passwords.is_empty());
    assert_eq!(apply(&mut admin, &[("postgres", "second")]).await.passwords, ["postgres"]);

    let tcp = ConnectConfig::new(Host::Tcp("127.0.0.1".to_owned()), "postgres")
        .with_port(server.cluster.port().unwrap())
        .with_database("postgres");
    for (password, accepted) in [("second", true), ("first", false)] {
        let result = Client::connect(&tcp.clone().with_password(Some(password.to_owned()))).await;
        assert_eq!(result.is_ok(), accepted, "{password}: {result:?}");
    }
    let error =
        platform::apply(&mut admin, &PlatformInput { passwords: &[("postgres", "pässwort")], rooms: ROOMS })
            .await
            .unwrap_err();
    assert!(matches!(error, platform::Error::Password { .. }), "{error}");
    server.stop().await;
}

#[tokio::test]
async fn an_administrator_named_postgres_stays_a_superuser() {
    let server = Server::start(false).await;
    let mut bootstrap = server.client(cluster::SUPERUSER, "postgres").await;
    bootstrap.script("create role postgres superuser login").await.unwrap();
    bootstrap.script("create database app owner postgres").await.unwrap();
    let mut admin = server.client("postgres", "app").await;
    let applied = apply(&mut admin, &[]).await;
    assert!(applied.skipped.is_empty(), "{:?}", applied.skipped);
    let superuser =
        admin.query("select rolsuper from pg_roles where rolname = 'postgres'", &[]).await.unwrap();
    assert!(superuser[0].get::<bool>(0).unwrap());
    assert!(apply(&mut admin, &[]).await.files.is_empty());
    server.stop().await;
}

/// As on hosted databases: the administrator may make roles and databases, and is no superuser.
#[tokio::test]
async fn an_administrator_without_superuser_gets_a_working_platform() {
    let server = Server::start(false).await;
    let mut bootstrap = server.client(cluster::SUPERUSER, "postgres").await;
    bootstrap.script("create role landlord login createrole createdb").await.unwrap();
    bootstrap.script("create database app owner landlord").await.unwrap();
    let mut admin = server.client("landlord", "app").await;
    let applied = apply(&mut admin, &[("postgres", "secret")]).await;
    assert!(!applied.skipped.is_empty());
    assert_eq!(applied.passwords, ["postgres"]);
    assert!(apply(&mut admin, &[]).await.files.is_empty());

    let mut auth = server.client("supabase_auth_admin", "app").await;
    auth.script("insert into users (id, email) values (gen_random_uuid(), 'a@example.com')").await.unwrap();
    let mut postgres = server.client("postgres", "app").await;
    postgres
        .script("create table public.t (id int); create policy p on storage.objects using (true)")
        .await
        .unwrap();
    let mut authenticator = server.client("authenticator", "app").await;
    authenticator.script("begin; set local role anon; select * from public.t; commit").await.unwrap();
    server.stop().await;
}

//! Templates in a cluster of their own: they are dropped by number, which must not hit those of other tests.

use std::path::Path;

use base::migrate::{self, Event, Migration, Project, Seed};
use base::platform::RoomMigrations;
use base::template::{self, Templates};
use pg::cluster::{Cluster, ClusterConfig, Shutdown};
use pg::{Client, ConnectConfig, Param};

const ROOMS: &[RoomMigrations] =
    &[RoomMigrations { room: "auth", run_as: "supabase_auth_admin", files: &auth::MIGRATIONS }];

const ROOT_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

struct Files(Project);

impl Files {
    fn new(migrations: &[&str], seed: &str) -> Self {
        let migrations = migrations
            .iter()
            .enumerate()
            .map(|(number, sql)| Migration {
                version: format!("{:03}", number + 1),
                name: "step".into(),
                file: format!("supabase/migrations/{:03}_step.sql", number + 1),
                sql: (*sql).into(),
            })
            .collect();
        let seeds = vec![Seed {
            file: "supabase/seed.sql".into(),
            sql: seed.into(),
            hash: format!("hash of {seed}"),
        }];
        Self(Project { migrations, seeds, ..Project::default() })
    }

    /// The template, and the files that were run to make it.
    async fn ensure(&self, admin: &ConnectConfig) -> Result<(String, Vec<String>), template::Error> {
        let mut run = Vec::new();
        let templates = Templates { admin: admin.clone(), rooms: ROOMS, root_key: ROOT_KEY };
        let name = templates
            .ensure(&self.0, &mut |event| {
                if let Event::Applying { file, .. } | Event::Seeding { file } = event {
                    run.push(Path::new(file).file_name().unwrap().to_string_lossy().into_owned());
                }
            })
            .await?;
        Ok((name, run))
    }
}

async fn cluster(folder: &Path) -> Cluster {
    use std::os::unix::fs::PermissionsExt as _;
    // as root, the cluster's user must be able to pass
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let config =
        ClusterConfig::new(folder.join("cluster")).not_durable().with_extensions(base::surfaces::EXTENSIONS);
    Cluster::start(config).await.unwrap()
}

async fn value(connect: &ConnectConfig, sql: &str) -> Option<String> {
    let mut client = Client::connect(connect).await.unwrap();
    client.query(sql, &[]).await.unwrap()[0].get(0).unwrap()
}

#[tokio::test]
async fn a_template_is_made_once_and_again_from_where_it_changed() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = cluster(folder.path()).await;
    let admin = cluster.connect_config(pg::cluster::SUPERUSER, "template1");
    let (a, b) = ("create role reader; create table a (id int)", "create table b (id int)");
    let first = Files::new(&[a, b, "create table c (id int)"], "insert into c values (1)");

    let (name, run) = first.ensure(&admin).await.unwrap();
    assert_eq!(run, ["001_step.sql", "002_step.sql", "003_step.sql", "seed.sql"]);
    assert_eq!(first.ensure(&admin).await.unwrap(), (name.clone(), vec![]));

    let edited = Files::new(&[a, b, "create table c (id int, more text)"], "insert into c values (1)");
    let (other, run) = edited.ensure(&admin).await.unwrap();
    assert_ne!(other, name);
    assert_eq!(run.len(), 4, "what comes before the change was not kept yet: {run:?}");
    let again = Files::new(&[a, b, "create table c (id int, most text)"], "insert into c values (1)");
    assert_eq!(again.ensure(&admin).await.unwrap().1, ["003_step.sql", "seed.sql"], "now it was");

    let broken = Files::new(&[a, b, "create table d (id int);\ncreate table d (id int)"], "");
    let error = broken.ensure(&admin).await.unwrap_err();
    assert!(
        matches!(&error, template::Error::Migrate(migrate::Error::Statement(failed)) if (failed.line, failed.number) == (2, Some(2))),
        "{error:?}"
    );
    let mut client = Client::connect(&admin).await.unwrap();
    assert_eq!(template::count_left_over(&mut client).await.unwrap(), 0, "a failure leaves nothing");

    template::clone(&mut client, &name, "one", None).await.unwrap();
    let one = cluster.connect_config("postgres", "one");
    assert_eq!(value(&one, "select count(*)::text from c").await.as_deref(), Some("1"));
    assert_eq!(value(&one, "select count(*)::text from auth.users").await.as_deref(), Some("0"));
    assert_eq!(
        value(&one, "select has_database_privilege('supabase_storage_admin', 'one', 'create')::text")
            .await
            .as_deref(),
        Some("true"),
        "rights on the database are those of the template"
    );
    cluster.stop(Shutdown::Fast).await.unwrap();
}

#[tokio::test]
async fn a_project_without_migrations_has_a_template_too() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = cluster(folder.path()).await;
    let admin = cluster.connect_config(pg::cluster::SUPERUSER, "template1");
    let nothing = Files(Project::default());
    let (name, _) = nothing.ensure(&admin).await.unwrap();
    assert_eq!(nothing.ensure(&admin).await.unwrap().0, name);

    let sql = "create role auditor; grant auditor to postgres; create schema audit authorization auditor";
    let roles = Seed { file: "supabase/roles.sql".into(), sql: sql.into(), hash: "hash".into() };
    let roles = Files(Project { roles: Some(roles), ..Project::default() });
    let (name, run) = roles.ensure(&admin).await.unwrap();
    assert_eq!(run, ["roles.sql"]);
    let made = cluster.connect_config("postgres", &name);
    let mut client = Client::connect(&admin).await.unwrap();
    client.script(&format!("alter database {name} allow_connections true")).await.unwrap();
    assert_eq!(value(&made, "select to_regnamespace('audit')::text").await.as_deref(), Some("audit"));
    cluster.stop(Shutdown::Fast).await.unwrap();
}

#[tokio::test]
async fn a_database_in_use_is_replaced_and_keeps_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = cluster(folder.path()).await;
    let admin = cluster.connect_config(pg::cluster::SUPERUSER, "template1");
    let files = Files::new(&["create table notes (body text)"], "insert into notes values ('seeded')");
    let (name, _) = files.ensure(&admin).await.unwrap();
    let mut client = Client::connect(&admin).await.unwrap();
    template::clone(&mut client, &name, "app", None).await.unwrap();

    let app = cluster.connect_config("postgres", "app");
    let mut session = Client::connect(&app).await.unwrap();
    session
        .script("alter database app set timezone = 'Europe/Berlin'; alter database app set search_path = \"$user\", public, extensions; insert into notes values ('more')")
        .await
        .unwrap();
    template::clone(&mut client, &name, "next", Some("app")).await.unwrap();
    template::replace(&mut client, "app", "next").await.unwrap();

    assert!(session.query("select 1", &[]).await.is_err(), "its sessions are ended");
    assert_eq!(value(&app, "select string_agg(body, ' ') from notes").await.as_deref(), Some("seeded"));
    for (name, expected) in [("timezone", "Europe/Berlin"), ("search_path", "\"$user\", public, extensions")]
    {
        assert_eq!(
            value(&app, &format!("select current_setting('{name}')")).await.as_deref(),
            Some(expected)
        );
    }
    assert!(!template::exists(&mut client, "next").await.unwrap());
    assert_eq!(template::drop_left_over(&admin).await.unwrap(), 1);

    let copied = template::copy(&mut client, "app", "branch_x").await;
    copied.unwrap();
    assert_eq!(
        value(&app, "select count(*)::text from notes").await.as_deref(),
        Some("1"),
        "it lets in again"
    );
    let sizes = template::sizes(&mut client, &["branch_x", "nowhere"]).await.unwrap();
    assert_eq!(sizes.keys().collect::<Vec<_>>(), ["branch_x"]);

    // a process that died in the middle left it shut
    client.query("alter database app allow_connections false", &[]).await.unwrap();
    template::heal(&mut client, "app").await.unwrap();
    let open =
        client.query("select datallowconn from pg_database where datname = $1", &[Param::from("app")]).await;
    assert!(open.unwrap()[0].get::<bool>(0).unwrap());
    cluster.stop(Shutdown::Fast).await.unwrap();
}

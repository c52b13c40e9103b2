//! A server that does not offer the surfaces as extensions: the migration runner makes them all the same.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use base::migrate::{self, Project};
use base::platform::{self, PlatformInput, RoomMigrations};
use pg::Client;
use pg::cluster::{self, Cluster, ClusterConfig, Shutdown};

use super::{refusal, text};

const ROOMS: &[RoomMigrations] =
    &[RoomMigrations { room: "auth", run_as: "supabase_auth_admin", files: &auth::MIGRATIONS }];

const MIGRATION: &str = "
create extension if not exists pg_cron with schema extensions;
create extension if not exists pg_net;
create extension if not exists \"http\" with schema \"extensions\";
create extension if not exists pgmq cascade;
create extension if not exists citext with schema extensions;
comment on extension pgmq is 'queues';
select cron.schedule('nightly', '0 3 * * *', 'select 1');
select pgmq.create('jobs');
select pgmq.send('jobs', '{}');
select net.http_get('http://example.com');
select vault.create_secret('s3cret', 'key');
create table public.t (id int);
create trigger hook after insert on public.t for each row
  execute function supabase_functions.http_request('http://example.com', 'POST');
insert into public.t values (1);
create extension if not exists pgjwt with schema extensions;
select extensions.sign('{}', 'secret');
drop extension pg_cron cascade;
create extension pg_cron;
drop extension if exists http;
";

#[tokio::test]
async fn the_migration_runner_makes_surfaces_where_the_server_does_not_offer_them() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let cluster = Cluster::start(ClusterConfig::new(folder.path().join("db")).not_durable()).await.unwrap();
    let mut admin = Client::connect(&cluster.connect_config(cluster::SUPERUSER, "postgres")).await.unwrap();
    platform::apply(&mut admin, &PlatformInput { passwords: &[], rooms: ROOMS }).await.unwrap();
    for (key, kept) in [("5a", true), ("5a", true), ("b0", false)] {
        assert_eq!(platform::keep_root_key(&mut admin, &key.repeat(32)).await.unwrap(), kept);
    }
    let project_folder = folder.path().join("supabase");
    fs::create_dir_all(project_folder.join("migrations")).unwrap();
    fs::write(project_folder.join("migrations/20260101000000_all.sql"), MIGRATION).unwrap();
    let project = Project::read(&project_folder).unwrap();
    let mut postgres = Client::connect(&cluster.connect_config("postgres", "postgres")).await.unwrap();
    migrate::up(&mut postgres, &project, false, &mut |_| ()).await.unwrap();
    assert_eq!(text(&mut postgres, "select decrypted_secret from vault.decrypted_secrets").await, "s3cret");
    assert_eq!(text(&mut postgres, "select count(*)::text from net.http_request_queue").await, "2");
    assert_eq!(text(&mut postgres, "select count(*)::text from cron.job").await, "0");
    assert_eq!(
        text(&mut postgres, "select string_agg(name, ' ' order by name) from ferrobase.created_surface")
            .await,
        "pg_cron pg_graphql pg_net pgjwt pgmq pgsodium supabase_vault"
    );
    assert_eq!(refusal(&mut postgres, "select ferrobase.create_surface('pg_cron')").await.0, "42710");
    assert_eq!(refusal(&mut postgres, "select ferrobase.create_surface('nothing')").await.0, "0A000");
    assert_eq!(refusal(&mut postgres, "select extensions.http_get('http://a')").await.0, "42883");
    let history = "select array_length(statements, 1)::text from supabase_migrations.schema_migrations";
    assert_eq!(text(&mut postgres, history).await, MIGRATION.matches(";\n").count().to_string());
    cluster.stop(Shutdown::Fast).await.unwrap();
}

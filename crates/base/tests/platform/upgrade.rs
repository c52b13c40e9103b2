//! A database of the oldest binary, with a project in it, brought to this one's state.

use std::fmt::Write as _;

use base::platform::{self, PlatformInput, RoomMigrations};
use include_dir::{Dir, include_dir};
use pg::{Client, ConnectConfig};
use sha2::{Digest as _, Sha256};
use testkit::TestDb;

static PLATFORM: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/platform");
const ROOMS: &[RoomMigrations] =
    &[RoomMigrations { room: "auth", run_as: "supabase_auth_admin", files: &auth::MIGRATIONS }];

/// What the first binary had: roles, schemas, storage, realtime, publications.
const OLDEST: usize = 5;

/// A project that uses what there was, and makes it hard for what came later.
const PROJECT: &str = r"
    create table public.profiles (id uuid primary key references auth.users on delete cascade, name text);
    alter table public.profiles enable row level security;
    create function public.on_new_user() returns trigger language plpgsql security definer set search_path = '' as
      $$ begin insert into public.profiles (id, name) values (new.id, new.email); return new; end $$;
    create trigger on_new_user after insert on auth.users for each row execute function public.on_new_user();
    insert into auth.users (id, email) values ('00000000-0000-0000-0000-000000000001', 'ada@example.com');
    insert into storage.buckets (id, name) values ('files', 'files');
    insert into storage.objects (bucket_id, name) values ('files', 'a/b.txt');
    create policy own_files on storage.objects for select to authenticated using (bucket_id = 'files');
    create policy hears on realtime.messages for select to authenticated using (realtime.topic() = 'room');
    alter publication supabase_realtime add table public.profiles;
    -- nothing that the platform makes later may depend on these
    alter default privileges revoke execute on functions from public;
    alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
    alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
    create function public.format(text, text) returns text language sql as $$ select 'mine' $$;
    create function public.now() returns timestamptz language sql as $$ select 'epoch'::timestamptz $$;
";

/// What a server has of the platform: each object with its owner, its rights and its text.
const OBJECTS: &str = "
    with schemas as (
      select oid from pg_namespace
      where nspname in ('auth', 'extensions', 'ferrobase', 'graphql_public', 'realtime', 'storage', 'supabase_functions', 'vault')
    )
    select 'function ' || oid::regprocedure || ' ' || md5(prosrc) || ' ' || prosecdef || coalesce(proconfig::text, '')
      || ' ' || proowner::regrole || ' ' || rights
    from pg_proc, lateral (
      select string_agg(item::text, ' ' order by item::text) as rights
      from unnest(coalesce(proacl, acldefault('f', proowner))) as item) as acl
    where pronamespace in (table schemas)
    union all
    select 'relation ' || oid::regclass || ' ' || relkind::text || relrowsecurity::text || ' ' || relowner::regrole || ' ' || rights
    from pg_class, lateral (
      select coalesce(string_agg(item::text, ' ' order by item::text), '') as rights from unnest(relacl) as item) as acl
    where relnamespace in (table schemas) and relkind in ('r', 'v', 'p', 'S') and not relispartition
    union all
    select 'column ' || attrelid::regclass || '.' || attname || ' ' || atttypid::regtype || attnotnull
    from pg_attribute join pg_class on pg_class.oid = attrelid
    where relnamespace in (table schemas) and relkind in ('r', 'v', 'p') and not relispartition and attnum > 0
      and not attisdropped
    union all
    select 'event trigger ' || evtname || ' ' || evtenabled::text || ' ' || evtfoid::regproc from pg_event_trigger
    union all
    select 'trigger ' || tgname || ' ' || tgrelid::regclass || ' ' || tgfoid::regproc
    from pg_trigger join pg_class on pg_class.oid = tgrelid
    where relnamespace in (table schemas) and not tgisinternal and tgname <> 'on_new_user'
    union all
    select 'extension ' || extname || ' ' || extnamespace::regnamespace from pg_extension
    order by 1";

async fn objects(client: &mut Client) -> Vec<String> {
    // so that all names are printed whole
    client.script("set search_path = pg_catalog").await.unwrap();
    client.query(OBJECTS, &[]).await.unwrap().iter().map(|row| row.get(0).unwrap()).collect()
}

/// What a binary did that had only these files of a room.
async fn set_up(admin: &mut Client, room: &str, begin: &str, files: &Dir<'static>, count: usize) {
    let mut files: Vec<_> = files.files().collect();
    files.sort_by_key(|file| file.path());
    for (number, file) in files.iter().take(count).enumerate() {
        let (name, sql) = (file.path().to_string_lossy(), file.contents_utf8().unwrap());
        let checksum = Sha256::digest(sql).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let script = format!(
            "{begin}; {sql}; reset role;
             insert into ferrobase.migrations (room, version, name, checksum) values ('{room}', {}, '{name}', '{checksum}')",
            number + 1
        );
        admin.script(&script).await.unwrap();
    }
}

async fn set_up_oldest(connect: &ConnectConfig) {
    let mut admin = Client::connect(connect).await.unwrap();
    admin.script(include_str!("../../sql/platform_search_path.sql")).await.unwrap();
    admin.script(include_str!("../../sql/platform_begin.sql")).await.unwrap();
    let quietly =
        [include_str!("../../sql/platform_quietly.sql"), include_str!("../../sql/platform_lock_roles.sql")]
            .join(";");
    set_up(&mut admin, "platform", &quietly, &PLATFORM, OLDEST).await;
    let as_room = "set local role supabase_auth_admin; set local search_path = auth, extensions";
    set_up(&mut admin, "auth", as_room, &auth::MIGRATIONS, usize::MAX).await;
    admin.script(include_str!("../../sql/platform_finish.sql")).await.unwrap();
}

#[tokio::test]
async fn a_database_of_the_oldest_binary_becomes_what_a_new_one_is_and_keeps_its_project() {
    let fresh = TestDb::platform().await;
    let name = format!("{}_old", fresh.name());
    let mut maintenance = fresh.client("supabase_admin").await;
    maintenance.script(&format!("create database {name} template template0")).await.unwrap();
    let connect = fresh.admin().with_database(&name);
    set_up_oldest(&connect).await;
    let mut postgres = Client::connect(&connect.clone().with_user("postgres")).await.unwrap();
    postgres.script(PROJECT).await.unwrap();

    let mut admin = Client::connect(&connect).await.unwrap();
    let applied = platform::apply(&mut admin, &PlatformInput { passwords: &[], rooms: ROOMS }).await.unwrap();
    assert_eq!(applied.files.len(), PLATFORM.files().count() - OLDEST, "{applied:?}");
    assert!(applied.skipped.is_empty(), "{applied:?}");

    let (upgraded, new) = (objects(&mut admin).await, objects(&mut maintenance).await);
    let missing: Vec<_> = new.iter().filter(|object| !upgraded.contains(object)).collect();
    let surplus: Vec<_> = upgraded.iter().filter(|object| !new.contains(object)).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:#?}\nsurplus {surplus:#?}");

    // the project is as it was, and goes on
    postgres
        .script("insert into auth.users (id, email) values (gen_random_uuid(), 'bo@example.com')")
        .await
        .unwrap();
    let state = "select (select string_agg(name, ' ' order by name) from public.profiles) || ' '
      || (select string_agg(bucket_id || '/' || name, ' ') from storage.objects) || ' '
      || (select string_agg(policyname, ' ' order by policyname) from pg_policies where policyname in ('own_files', 'hears')) || ' '
      || (select string_agg(tablename, ' ') from pg_publication_tables where pubname = 'supabase_realtime')";
    assert_eq!(
        postgres.query(state, &[]).await.unwrap()[0].text(0),
        Some("ada@example.com bo@example.com files/a/b.txt hears own_files profiles")
    );
    postgres.script("select net.http_get('http://127.0.0.1/'), vault.create_secret('x')").await.unwrap();
    drop((admin, postgres));
    maintenance.script(&format!("drop database {name} with (force)")).await.unwrap();
}

//! What `postgres` and the API roles may do, as on a hosted project, and what is refused.

use testkit::TestDb;

/// Statements that run one after the other as `postgres`, each in a transaction of its own.
const ALLOWED: &[&str] = &[
    // policies on what the platform owns
    "create policy mine on storage.objects for select to authenticated using (bucket_id = 'a')",
    "alter policy mine on storage.objects rename to yours",
    "drop policy yours on storage.objects",
    "create policy mine on storage.buckets using (true)",
    "create policy mine on realtime.messages for select using (realtime.topic() = 'room')",
    "drop policy mine on realtime.messages",
    "create policy mine on auth.users for select using (auth.uid() = id)",
    "drop policy mine on auth.users",
    // triggers, and references
    "create function public.on_new() returns trigger language plpgsql as $$ begin return new; end $$",
    "drop trigger if exists on_new on auth.users",
    "create trigger on_new after insert on auth.users for each row execute function public.on_new()",
    "drop trigger on_new on auth.users",
    "create trigger on_new after insert on storage.objects for each row execute function public.on_new()",
    "create trigger again after insert on auth.users for each row execute function public.on_new()",
    "drop function public.on_new() cascade",
    "create table public.profile (id uuid primary key references auth.users on delete cascade)",
    // data
    "insert into auth.users (id, email) values ('00000000-0000-0000-0000-000000000001', 'one@example.com')",
    "delete from auth.users",
    "insert into storage.buckets (id, name) values ('a', 'a')",
    "truncate auth.users cascade",
    "select realtime.send('{}', 'event', 'topic')",
    // publications
    "alter publication supabase_realtime add table public.profile",
    "drop publication supabase_realtime",
    "create publication supabase_realtime",
    // extensions
    r#"create extension if not exists "uuid-ossp""#,
    "create extension if not exists pgcrypto with schema extensions",
    "create extension citext with schema extensions",
    "create extension pg_trgm",
    "drop extension pg_trgm",
    // not trusted by PostgreSQL itself
    "create extension moddatetime with schema extensions",
    "create extension dblink with schema extensions",
    "create extension postgres_fdw with schema extensions",
    "create server other foreign data wrapper postgres_fdw options (dbname 'postgres')",
    "create user mapping for postgres server other options (user 'supabase_admin', password 'guess')",
    "create foreign table public.far (one int) server other",
    "grant usage on foreign server other to authenticated",
    "create extension pgtap with schema extensions",
    "drop extension pgtap",
    // roles and settings
    "alter role authenticator set pgrst.db_plan_enabled = 'true'",
    "alter role authenticator reset pgrst.db_plan_enabled",
    "create schema private",
    "drop schema private",
    "create materialized view public.copy as select 1 as one",
    "comment on table storage.objects is 'files'",
    // what is so already
    "alter table storage.objects enable row level security",
    "-- as exported\nALTER TABLE IF EXISTS ONLY \"storage\".\"buckets\" ENABLE ROW LEVEL SECURITY;",
    "alter table realtime.messages enable row level security",
    "create trigger seen after insert on realtime.messages for each row execute function extensions.moddatetime(inserted_at)",
    "drop trigger seen on realtime.messages",
    "delete from storage.objects where bucket_id = 'none'",
    // as exported projects say it
    "create or replace trigger protect_buckets_delete before delete on storage.buckets \
     for each statement execute function storage.protect_delete()",
    "create or replace trigger enforce_bucket_name_length before insert or update of name on \"storage\".\"buckets\" \
     for each row execute procedure storage.enforce_bucket_name_length()",
    "set track_io_timing = on; reset track_io_timing; set log_min_duration_statement = 100; reset all",
    "alter role postgres set pgaudit.log = 'none'; alter role authenticator set pgaudit.role = 'auditor'",
    "comment on policy mine on storage.buckets is 'mine'",
    "alter publication supabase_realtime set table public.profile",
    "alter publication supabase_realtime drop table public.profile",
    "drop publication if exists supabase_realtime; create publication supabase_realtime with (publish = 'insert, update, delete, truncate')",
    "alter publication supabase_realtime owner to postgres",
    "alter role authenticator set pgrst.db_schemas = 'public, private'; notify pgrst, 'reload config'",
    "alter role authenticator reset all",
    "alter role postgres set search_path = public, extensions",
    "alter role anon set statement_timeout = '5s'; alter role anon set statement_timeout = '3s'",
    "grant usage on schema public to anon, authenticated, service_role",
    "grant all on all tables in schema public to anon, authenticated, service_role",
    "alter default privileges for role postgres in schema public grant all on tables to anon",
    "alter default privileges in schema public revoke execute on functions from public",
    "alter table public.profile owner to postgres",
    "grant select on auth.users to authenticated; revoke select on auth.users from authenticated",
    "grant select on storage.objects to anon",
    "create function public.email_of(who uuid) returns text language sql security definer set search_path = ''
       as $$ select email from auth.users where id = who $$",
    "select public.email_of(gen_random_uuid()), auth.uid(), auth.jwt() ->> 'sub'",
    "create view public.emails as select id, email from auth.users",
    "create table public.note (id uuid primary key default extensions.uuid_generate_v4(), secret text default crypt('x', gen_salt('bf')))",
    "create schema mine authorization postgres; drop schema mine",
    "set role service_role; reset role",
    "create trigger again after insert on auth.users for each row execute function extensions.moddatetime(updated_at)",
    "drop trigger if exists again on auth.users",
    "insert into storage.objects (bucket_id, name) values ('a', 'file')",
    "update storage.buckets set public = true where id = 'a'",
    "select * from storage.search('', 'a'), realtime.topic()",
    "drop schema public cascade",
    "create schema public",
];

/// Statements that `postgres` is refused, with the SQLSTATE.
const REFUSED: &[(&str, &str)] = &[
    ("drop table auth.users cascade", "42501"),
    ("alter table auth.users add column mine text", "42501"),
    ("alter table auth.users disable row level security", "42501"),
    ("create table auth.mine ()", "42501"),
    ("drop function auth.uid() cascade", "42501"),
    ("create or replace function auth.uid() returns uuid language sql as 'select null::uuid'", "42501"),
    ("drop schema auth cascade", "42501"),
    ("drop table storage.objects cascade", "42501"),
    ("alter table storage.objects disable row level security", "42501"),
    ("alter table storage.objects add column mine text", "42501"),
    ("alter table storage.objects enable row level security, add column mine text", "42501"),
    ("alter table storage.objects force row level security", "42501"),
    (
        "alter table storage.objects enable row level security; alter table storage.objects add mine text",
        "42501",
    ),
    ("alter table auth.users enable row level security", "42501"),
    ("do $$ begin execute 'alter table storage.objects add mine text'; end $$", "42501"),
    ("alter table storage.buckets alter column name drop not null", "42501"),
    ("alter function storage.search(text, text, int, int, int, text, text, text) owner to postgres", "42501"),
    ("drop function storage.foldername(text)", "42501"),
    ("drop function realtime.send(jsonb, text, text, boolean)", "42501"),
    ("create function realtime.mine() returns int language sql as 'select 1'", "42501"),
    ("drop extension pg_net; drop schema net cascade; drop table net.http_request_queue", "3F000"),
    ("alter role supabase_admin set search_path = public", "42501"),
    ("alter table vault.secrets add column mine text", "42501"),
    (
        "select ferrobase.create_event_trigger('t', 'ddl_command_end', null, 'extensions.pgrst_ddl_watch()')",
        "42501",
    ),
    ("select ferrobase.drop_event_trigger('ferrobase_guard_ddl', true)", "42501"),
    ("select ferrobase.alter_event_trigger('ferrobase_guard_drop', 'disable')", "42501"),
    ("drop event trigger ferrobase_guard_ddl", "42501"),
    ("alter table storage.objects owner to postgres", "42501"),
    ("alter table storage.objects rename to mine", "42501"),
    ("create index on storage.objects (owner)", "42501"),
    ("create rule mine as on delete to storage.objects do instead nothing", "42501"),
    ("create table public.child () inherits (storage.objects)", "42501"),
    (
        "create table public.part partition of realtime.messages for values from ('1999-01-01') to ('1999-01-02')",
        "42501",
    ),
    ("drop trigger protect_objects_delete on storage.objects", "42501"),
    ("alter trigger protect_objects_delete on storage.objects rename to mine", "42501"),
    (
        "create or replace trigger protect_objects_delete before delete on storage.objects \
         for each row execute function storage.protect_delete()",
        "42501",
    ),
    (
        "create or replace trigger protect_buckets_delete before delete on storage.buckets \
         for each statement when (false) execute function storage.protect_delete()",
        "42501",
    ),
    (
        "create or replace trigger protect_buckets_delete before truncate on storage.buckets \
         for each statement execute function storage.protect_delete()",
        "42501",
    ),
    (
        "insert into storage.buckets (id, name) values ('a', 'a'); insert into storage.objects (bucket_id, name) \
         values ('a', 'file'); delete from storage.objects",
        "42501",
    ),
    ("create publication everything for all tables", "42501"),
    ("drop table realtime.messages cascade", "42501"),
    ("drop owned by ferrobase_policy_owner cascade", "42501"),
    ("set role supabase_admin", "42501"),
    ("grant supabase_admin to postgres", "42501"),
    ("alter role supabase_admin password 'mine'", "42501"),
    ("create role mine superuser", "42501"),
    ("alter role postgres superuser", "42501"),
    ("alter system set fsync = off", "42501"),
    ("copy (select 1) to program 'id'", "42501"),
    ("grant pg_execute_server_program to postgres; copy (select 1) to program 'id'", "42501"),
    ("grant pg_read_server_files to postgres; select pg_read_file('postgresql.conf')", "42501"),
    ("grant pg_write_server_files to postgres; copy (select 1) to '/tmp/ferrobase'", "42501"),
    ("create event trigger mine on ddl_command_end execute function extensions.pgrst_ddl_watch()", "42501"),
    ("delete from ferrobase.migrations", "42501"),
    ("create role mine bypassrls superuser", "42501"),
    ("select ferrobase.set_role_password('supabase_admin', 'mine')", "42501"),
    ("create extension pg_buffercache", "42501"),
    ("create extension file_fdw", "42501"),
    ("create extension pageinspect", "42501"),
    ("alter extension plpgsql set schema public", "42501"),
];

#[tokio::test]
async fn postgres_may_do_what_it_may_on_a_hosted_project() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    for statement in ALLOWED {
        // settings of a role are the whole cluster's, which other tests share
        let script = if statement.starts_with("alter role") {
            format!("begin; {statement}; rollback")
        } else {
            (*statement).to_owned()
        };
        if let Err(error) = postgres.script(&script).await {
            panic!("{statement}: {error}");
        }
    }
}

/// The trusted socket asks for no password, and who is no superuser enters by a password or not at all.
#[tokio::test]
async fn a_foreign_server_is_no_way_to_be_somebody_else() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let socket = "select format('host %L, port %L, dbname %L', split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database())";
    let socket = database.client("supabase_admin").await.query(socket, &[]).await.unwrap();
    let socket = socket[0].text(0).unwrap().to_owned();
    postgres
        .script(&format!(
            "create extension postgres_fdw;
             create server own foreign data wrapper postgres_fdw options ({socket});
             create user mapping for postgres server own options (user 'supabase_admin', password 'guess');
             create foreign table public.far (one int) server own options (schema_name 'ferrobase', table_name 'migrations')"
        ))
        .await
        .unwrap();
    for (statement, code) in [
        ("table public.far", "2F003"),
        ("alter user mapping for postgres server own options (add password_required 'false')", "42501"),
        ("alter user mapping for postgres server own options (drop password); table public.far", "2F003"),
    ] {
        let error = postgres.script(statement).await.expect_err(statement);
        assert_eq!(error.code(), Some(code), "{statement}: {error}");
    }
}

#[tokio::test]
async fn postgres_is_refused_what_belongs_to_the_platform() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    for (statement, code) in REFUSED {
        match postgres.script(statement).await {
            Ok(_) => panic!("{statement}: was allowed"),
            Err(error) => assert_eq!(error.code(), Some(*code), "{statement}: {error}"),
        }
    }
}

/// Before version 16 of PostgreSQL a role with CREATEROLE can make itself a member of any role that is not a
/// superuser; the guard looks at who is connected and refuses all the same.
#[tokio::test]
async fn membership_does_not_help_against_the_guard() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    for role in ["supabase_auth_admin", "supabase_storage_admin", "ferrobase_policy_owner"] {
        for statement in
            ["drop table auth.sessions cascade", "alter table storage.buckets add column mine text"]
        {
            let script =
                format!("begin; grant {role} to postgres; set local role {role}; {statement}; rollback");
            let error = postgres.script(&script).await.expect_err(&script);
            assert_eq!(error.code(), Some("42501"), "{script}: {error}");
        }
    }
}

/// That is how the data of a dump goes back.
#[tokio::test]
async fn rows_go_in_without_triggers_and_foreign_keys_and_the_guard_stays_awake() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script(
            "create table public.child (id uuid references auth.users);
             create table public.fired (what text);
             create function public.fire() returns trigger language plpgsql as
               $$ begin insert into public.fired values (tg_op); return new; end $$;
             create trigger fire after insert on public.child for each row execute function public.fire();
             set session_replication_role = replica;
             insert into public.child values (gen_random_uuid());
             reset session_replication_role",
        )
        .await
        .unwrap();
    assert!(postgres.query("select from public.fired", &[]).await.unwrap().is_empty());
    for statement in ["drop table auth.sessions cascade", "alter table storage.buckets add column mine text"]
    {
        let script = format!("set session_replication_role = replica; {statement}");
        let error = postgres.script(&script).await.expect_err(&script);
        assert_eq!(error.code(), Some("42501"), "{script}: {error}");
    }
    for role in ["anon", "authenticated", "service_role"] {
        let script =
            format!("begin; set local role {role}; set local session_replication_role = replica; rollback");
        let error = database.client("authenticator").await.script(&script).await.expect_err(&script);
        assert_eq!(error.code(), Some("42501"), "{script}: {error}");
    }
}

/// (role, statement, allowed): the API roles, by way of `authenticator`.
const API: &[(&str, &str, bool)] = &[
    ("anon", "select * from public.open", true),
    ("anon", "insert into public.open values (1)", true),
    ("authenticated", "select public.twice(2)", true),
    ("service_role", "select * from public.open", true),
    ("anon", "select auth.uid(), auth.role(), auth.email(), auth.jwt()", true),
    ("anon", "select id from auth.users", false),
    ("authenticated", "select id from auth.users", false),
    ("service_role", "select id from auth.users", false),
    ("authenticated", "select * from storage.objects", true),
    ("anon", "select * from storage.buckets", true),
    ("anon", "insert into storage.objects (bucket_id, name) values ('b', 'n')", false),
    ("service_role", "insert into storage.buckets (id, name) values ('c', 'c')", true),
    ("authenticated", "select * from storage.migrations", false),
    ("authenticated", "select * from realtime.messages", true),
    ("authenticated", "select realtime.maintain_message_partitions()", false),
    ("anon", "select extensions.uuid_generate_v4()", true),
    ("anon", "create table public.mine ()", false),
    ("anon", "create schema mine", false),
    ("authenticated", "set role service_role", true),
    ("authenticated", "set local role postgres", false),
    ("anon", "select * from ferrobase.migrations", false),
];

#[tokio::test]
async fn the_api_roles_may_use_what_postgres_makes_and_no_more() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script(
            "create table public.open (id int);
             create function public.twice(x int) returns int language sql as 'select 2 * x';
             insert into storage.buckets (id, name) values ('b', 'b')",
        )
        .await
        .unwrap();
    let mut authenticator = database.client("authenticator").await;
    for (role, statement, allowed) in API {
        let script = format!("begin; set local role {role}; {statement}; rollback");
        let result = authenticator.script(&script).await;
        assert_eq!(result.is_ok(), *allowed, "{role}: {statement}: {result:?}");
        if let Err(error) = result {
            assert_eq!(error.code(), Some("42501"), "{role}: {statement}: {error}");
        }
    }
}

#[tokio::test]
async fn the_auth_role_works_on_its_tables_and_on_nothing_else() {
    let database = TestDb::platform().await;
    let mut auth = database.client("supabase_auth_admin").await;
    auth.script(
        "insert into users (id, email) values (gen_random_uuid(), 'a@example.com'); delete from users",
    )
    .await
    .unwrap();
    auth.script("insert into refresh_tokens (token) values ('t')").await.unwrap();
    for statement in
        ["select * from pg_authid", "create table storage.mine ()", "drop table storage.migrations"]
    {
        assert_eq!(auth.script(statement).await.expect_err(statement).code(), Some("42501"), "{statement}");
    }
}

/// The administrator's sessions find nothing of the project's before what they mean: a function or an operator that
/// matches better than one of pg_catalog would run with the administrator's rights.
#[tokio::test]
async fn nothing_of_the_projects_runs_with_the_administrators_rights() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script(
            "create table public.caught (who text);
             create function public.trap() returns boolean language plpgsql as $$
               begin
                 if (select rolsuper from pg_roles where rolname = current_user) then
                   raise exception 'caught %', current_user;
                 end if;
                 return true;
               end $$;
             create schema pgmq;",
        )
        .await
        .unwrap();
    for schema in ["public", "extensions", "pgmq"] {
        postgres
            .script(&format!(
                "create function {schema}.unnest(text[]) returns setof text language sql as 'select pg_catalog.unnest($1) where public.trap()';
                 create function {schema}.is_other(oid, regrole) returns boolean language sql as 'select public.trap() and $1 <> $2::oid';
                 create operator {schema}.<> (leftarg = oid, rightarg = regrole, function = {schema}.is_other);
                 create function {schema}.is_same(oid, regrole) returns boolean language sql as 'select public.trap() and $1 operator(pg_catalog.=) $2::oid';
                 create operator {schema}.= (leftarg = oid, rightarg = regrole, function = {schema}.is_same);
                 create function {schema}.is_text(text, name) returns boolean language sql as 'select public.trap()';"
            ))
            .await
            .unwrap();
    }
    postgres.script("create extension pgmq; create extension pg_cron schema public; create extension http schema public").await.unwrap();
    let mut admin = database.client("supabase_admin").await;
    base::platform::apply(&mut admin, &base::platform::PlatformInput::default()).await.unwrap();
}

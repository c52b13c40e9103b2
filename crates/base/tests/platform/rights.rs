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
    "create extension pgtap with schema extensions",
    "drop extension pgtap",
    // roles and settings
    "alter role authenticator set pgrst.db_plan_enabled = 'true'",
    "alter role authenticator reset pgrst.db_plan_enabled",
    "create schema private",
    "drop schema private",
    "create materialized view public.copy as select 1 as one",
    "comment on table storage.objects is 'files'",
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
    ("delete from storage.objects", "42501"),
    ("drop table realtime.messages cascade", "42501"),
    ("drop owned by ferrobase_policy_owner cascade", "42501"),
    ("set role supabase_admin", "42501"),
    ("grant supabase_admin to postgres", "42501"),
    ("alter role supabase_admin password 'mine'", "42501"),
    ("create role mine superuser", "42501"),
    ("alter role postgres superuser", "42501"),
    ("alter system set fsync = off", "42501"),
    ("copy (select 1) to program 'id'", "42501"),
    ("create event trigger mine on ddl_command_end execute function extensions.pgrst_ddl_watch()", "42501"),
    ("delete from ferrobase.migrations", "42501"),
    ("select ferrobase.set_role_password('supabase_admin', 'mine')", "42501"),
    ("create extension pg_buffercache", "42501"),
    ("create extension file_fdw", "42501"),
    // a way to come in as anybody through the socket, which is trusted
    ("create extension dblink with schema extensions", "42501"),
    ("create extension pageinspect", "42501"),
    ("alter extension plpgsql set schema public", "42501"),
];

#[tokio::test]
async fn postgres_may_do_what_it_may_on_a_hosted_project() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    for statement in ALLOWED {
        if let Err(error) = postgres.script(statement).await {
            panic!("{statement}: {error}");
        }
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

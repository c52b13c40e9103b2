//! `create extension`, as migrations write it.

use testkit::TestDb;

use super::{refusal, text};

/// One after the other, as `postgres`.
const CREATE_AND_DROP: &[&str] = &[
    "create extension if not exists pg_cron",
    "create extension if not exists pg_cron with schema extensions",
    "comment on extension pg_cron is 'jobs'",
    "drop extension pg_cron",
    "create extension pg_cron with schema pg_catalog version '1.6'",
    "grant usage on schema cron to postgres",
    "grant all privileges on all tables in schema cron to postgres",
    "drop extension if exists pg_cron cascade",
    r#"create extension if not exists "pg_net" with schema "extensions""#,
    "drop extension if exists pg_net",
    "create schema if not exists net",
    "drop schema net",
    r#"create extension "pg_net" with schema "public" version '0.7.1' cascade"#,
    r#"create schema if not exists "pgmq""#,
    r#"create extension if not exists "pgmq" with schema "pgmq" version '1.4.4'"#,
    "drop extension pgmq cascade",
    "create extension if not exists pgmq cascade",
    "create schema if not exists pgmq_public",
    "create or replace function pgmq_public.pop(queue_name text) returns setof pgmq.message_record
       language plpgsql set search_path = '' as $$ begin return query select * from pgmq.pop(queue_name := queue_name); end $$",
    "drop extension pgmq cascade",
    r#"create extension if not exists "supabase_vault" with schema "vault""#,
    "drop extension supabase_vault cascade",
    r#"create extension if not exists "supabase_vault" with schema "vault" version '0.2.8'"#,
    r#"create extension if not exists "pgsodium" with schema "pgsodium""#,
    r#"create extension if not exists "pgjwt" with schema "extensions""#,
    "drop extension pgjwt",
    "create extension pgjwt schema public",
    "drop extension if exists pgjwt; create extension if not exists pgjwt with schema extensions",
    r#"create extension if not exists "pg_graphql" with schema "graphql""#,
    "drop extension if exists pg_graphql",
    r#"create extension if not exists "http" with schema "extensions""#,
    "drop extension http",
    "create extension http version '1.5'",
    // what comes with PostgreSQL
    r#"create extension if not exists "uuid-ossp" with schema extensions"#,
    "create extension if not exists pgcrypto",
    "create extension if not exists pg_trgm with schema extensions",
    "create extension if not exists citext with schema public",
    "create extension if not exists hstore with schema extensions",
    "create extension if not exists moddatetime schema extensions",
    "create extension if not exists btree_gist with schema extensions",
    "create extension if not exists btree_gin",
    "create extension if not exists unaccent with schema extensions",
    "create extension if not exists fuzzystrmatch with schema extensions",
    "create extension if not exists ltree with schema extensions",
    "create extension if not exists intarray",
    "create extension if not exists cube; create extension if not exists earthdistance",
    "create extension if not exists tablefunc",
    "create extension if not exists pg_stat_statements",
    "create extension if not exists pgrowlocks",
];

#[tokio::test]
async fn extensions_are_created_dropped_and_created_again_by_postgres() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    for statement in CREATE_AND_DROP {
        if let Err(error) = postgres.script(statement).await {
            panic!("{statement}: {error}");
        }
    }
}

/// What a hosted project has before its first migration.
#[tokio::test]
async fn what_is_there_from_the_start() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    assert_eq!(
        text(&mut postgres, "select string_agg(extname, ' ' order by extname) from pg_extension").await,
        "pg_graphql pg_net pg_stat_statements pgcrypto pgjwt pgsodium plpgsql supabase_vault uuid-ossp"
    );
    assert_eq!(
        text(&mut postgres, "select string_agg(coalesce(to_regnamespace(name)::text, '-'), ' ') from unnest(array['cron', 'pgmq', 'pgmq_public', 'net', 'vault', 'supabase_functions']) as name").await,
        "- - - net vault supabase_functions"
    );
}

/// With a project's own default privileges extensions come out the same.
#[tokio::test]
async fn default_privileges_of_the_project_do_not_break_extensions() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script(
            "alter default privileges revoke execute on functions from public;
             alter default privileges in schema public revoke all on functions from anon, authenticated;
             create extension pg_cron; create extension pgmq; create extension citext with schema extensions;
             select pgmq.create('q'), cron.schedule('j', '* * * * *', 'select 1');
             create table public.t (a citext unique)",
        )
        .await
        .unwrap();
    let mut authenticator = database.client("authenticator").await;
    authenticator
        .script(
            "begin; set local role service_role;
             select pgmq.send('q', '{}'); select * from pgmq.read('q', 1, 1);
             select extensions.uuid_generate_v4(), 'a'::extensions.citext = 'A'; commit",
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn what_the_server_does_not_have_says_so() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let (code, message) = refusal(&mut postgres, "create extension no_such_thing").await;
    assert_eq!((code.as_str(), message.as_str()), ("0A000", "extension \"no_such_thing\" is not available"));
    for statement in ["select graphql_public.graphql(query := '{ a }')", "select graphql.resolve('{ a }')"] {
        assert!(text(&mut postgres, statement).await.contains("pg_graphql"), "{statement}");
    }
}

//! What real projects write, in our own words: each a migration of its own, run as `postgres` the way the runner does.

use base::migrate::{self, Project};
use testkit::TestDb;

use super::text;

/// (name, migration)
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "profiles_for_new_users",
        r#"
create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  username text unique,
  avatar_url text,
  updated_at timestamptz default now(),
  constraint username_length check (char_length(username) >= 3)
);
alter table public.profiles enable row level security;
create policy "Everybody sees profiles" on public.profiles for select using (true);
create policy "People change their own" on public.profiles for update to authenticated
  using ((select auth.uid()) = id) with check ((select auth.uid()) = id);
create or replace function public.handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.profiles (id, username) values (new.id, new.raw_user_meta_data ->> 'username');
  return new;
end;
$$;
drop trigger if exists on_auth_user_created on auth.users;
create trigger on_auth_user_created after insert on auth.users for each row execute procedure public.handle_new_user();
"#,
    ),
    (
        "files_of_a_user",
        r#"
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('avatars', 'avatars', true, 1048576, array['image/png', 'image/jpeg'])
on conflict (id) do update set public = excluded.public;
alter table storage.objects enable row level security;
drop policy if exists "Own folder" on storage.objects;
create policy "Own folder" on storage.objects for all to authenticated
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text)
  with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text and storage.extension(name) in ('png', 'jpg'));
create policy "Everybody sees avatars" on storage.objects for select using (bucket_id = 'avatars');
"#,
    ),
    (
        "times_and_text",
        r#"
create extension if not exists moddatetime schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pg_trgm with schema extensions;
create extension if not exists citext with schema extensions;
create extension if not exists unaccent with schema extensions;
create table public.articles (
  id uuid primary key default uuid_generate_v4(),
  slug citext unique not null,
  body text not null,
  search tsvector generated always as (to_tsvector('english', body)) stored,
  updated_at timestamptz not null default now()
);
create index on public.articles using gin (body gin_trgm_ops);
create index on public.articles using gin (search);
create trigger handle_updated_at before update on public.articles for each row execute procedure moddatetime(updated_at);
insert into public.articles (slug, body) values ('Hello', 'running and jumping');
"#,
    ),
    (
        "nightly_work",
        r"
create extension if not exists pg_cron with schema extensions;
grant usage on schema cron to postgres;
grant all privileges on all tables in schema cron to postgres;
select cron.schedule('purge', '0 3 * * *', $$delete from public.articles where updated_at < now() - interval '1 year'$$);
select cron.unschedule(jobid) from cron.job where jobname = 'purge';
do $$
begin
  perform cron.unschedule('not there');
exception when others then
  null;
end $$;
select cron.schedule('call-function', '*/5 * * * *', $$
  select net.http_post(
    url := (select decrypted_secret from vault.decrypted_secrets where name = 'project_url') || '/functions/v1/work',
    headers := jsonb_build_object('Content-Type', 'application/json', 'Authorization', 'Bearer ' || (select decrypted_secret from vault.decrypted_secrets where name = 'key')),
    body := jsonb_build_object('time', now())
  ) as request_id;
$$);
select vault.create_secret('http://127.0.0.1:54321', 'project_url');
select vault.create_secret('anon key', 'key', 'for jobs');
",
    ),
    (
        "a_webhook_of_ones_own",
        r#"
create extension if not exists pg_net;
create or replace function public.tell_slack() returns trigger language plpgsql security definer as $$
declare
  request_id bigint;
begin
  select net.http_post(url := 'http://127.0.0.1/hook', body := to_jsonb(new)) into request_id;
  return new;
end;
$$;
create trigger tell_slack after insert on public.articles for each row execute function public.tell_slack();
create trigger "dashboard hook" after insert or update on public.articles for each row
  execute function "supabase_functions"."http_request"('http://127.0.0.1/hook', 'POST', '{"Content-type":"application/json"}', '{}', '1000');
"#,
    ),
    (
        "a_queue_with_a_worker",
        r"
create extension if not exists pgmq;
select pgmq.create('emails');
alter table pgmq.q_emails enable row level security;
create or replace function public.enqueue_email(recipient text, delay_seconds int default 0) returns bigint
  language sql security definer set search_path = '' as $$
  select * from pgmq.send('emails', jsonb_build_object('to', recipient), delay_seconds);
$$;
revoke execute on function public.enqueue_email from anon;
grant execute on function public.enqueue_email to authenticated, service_role;
select public.enqueue_email('a@example.com');
",
    ),
    (
        "changes_told_to_clients",
        r#"
alter publication supabase_realtime add table public.articles;
alter table public.articles replica identity full;
create or replace function public.tell_room() returns trigger language plpgsql security definer as $$
begin
  perform realtime.broadcast_changes('articles:' || coalesce(new.id, old.id)::text, tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
  return null;
end;
$$;
create trigger tell_room after insert or update or delete on public.articles for each row execute function public.tell_room();
create policy "Members hear their room" on realtime.messages for select to authenticated
  using (realtime.topic() like 'articles:%' and realtime.messages.extension in ('broadcast', 'presence'));
update public.articles set body = 'walking';
"#,
    ),
    (
        "claims_and_hooks",
        r#"
create type public.app_role as enum ('admin', 'member');
create table public.user_roles (user_id uuid references auth.users on delete cascade, role app_role not null, primary key (user_id, role));
create or replace function public.custom_access_token_hook(event jsonb) returns jsonb language plpgsql stable as $$
declare
  claims jsonb := event -> 'claims';
begin
  return jsonb_set(event, '{claims}', jsonb_set(claims, '{user_role}', coalesce(
    (select to_jsonb(role) from public.user_roles where user_id = (event ->> 'user_id')::uuid limit 1), 'null')));
end;
$$;
grant usage on schema public to supabase_auth_admin;
grant execute on function public.custom_access_token_hook to supabase_auth_admin;
revoke execute on function public.custom_access_token_hook from authenticated, anon, public;
grant all on table public.user_roles to supabase_auth_admin;
revoke all on table public.user_roles from authenticated, anon, public;
create policy "Auth reads roles" on public.user_roles as permissive for select to supabase_auth_admin using (true);
create or replace function public.is_admin() returns boolean language sql security definer set search_path = '' stable as $$
  select exists (select 1 from public.user_roles where user_id = auth.uid() and role = 'admin') or (auth.jwt() ->> 'role') = 'service_role';
$$;
"#,
    ),
    (
        "passwords_and_tokens",
        r"
create extension if not exists pgcrypto with schema extensions;
create extension if not exists pgjwt with schema extensions;
create table public.invites (id uuid primary key default gen_random_uuid(), code text default encode(gen_random_bytes(9), 'base64'), hash text default crypt('pw', gen_salt('bf', 4)));
insert into public.invites default values;
create function public.link_token() returns text language sql as $$ select extensions.sign(json_build_object('role', 'anon'), 'secret') $$;
select public.link_token();
",
    ),
    (
        "exported_by_the_dashboard",
        r#"
SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE EXTENSION IF NOT EXISTS "pg_net" WITH SCHEMA "extensions";
COMMENT ON SCHEMA "public" IS 'standard public schema';
CREATE EXTENSION IF NOT EXISTS "pg_graphql" WITH SCHEMA "graphql";
CREATE EXTENSION IF NOT EXISTS "pg_stat_statements" WITH SCHEMA "extensions";
CREATE EXTENSION IF NOT EXISTS "pgcrypto" WITH SCHEMA "extensions";
CREATE EXTENSION IF NOT EXISTS "pgjwt" WITH SCHEMA "extensions";
CREATE EXTENSION IF NOT EXISTS "pgsodium" WITH SCHEMA "pgsodium";
CREATE EXTENSION IF NOT EXISTS "supabase_vault" WITH SCHEMA "vault";
CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA "extensions";
SET default_tablespace = '';
SET default_table_access_method = "heap";
CREATE TABLE IF NOT EXISTS "public"."exported" ("id" bigint NOT NULL, "created_at" timestamp with time zone DEFAULT "now"() NOT NULL);
ALTER TABLE "public"."exported" OWNER TO "postgres";
ALTER TABLE "public"."exported" ALTER COLUMN "id" ADD GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME "public"."exported_id_seq" START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1);
ALTER TABLE ONLY "public"."exported" ADD CONSTRAINT "exported_pkey" PRIMARY KEY ("id");
ALTER TABLE "public"."exported" ENABLE ROW LEVEL SECURITY;
ALTER PUBLICATION "supabase_realtime" OWNER TO "postgres";
ALTER PUBLICATION "supabase_realtime" ADD TABLE ONLY "public"."exported";
GRANT USAGE ON SCHEMA "public" TO "postgres";
GRANT USAGE ON SCHEMA "public" TO "anon";
GRANT ALL ON TABLE "public"."exported" TO "anon";
GRANT ALL ON TABLE "public"."exported" TO "service_role";
ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" IN SCHEMA "public" GRANT ALL ON SEQUENCES TO "anon";
ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" IN SCHEMA "public" GRANT ALL ON TABLES TO "service_role";
RESET ALL;
"#,
    ),
    (
        "settings",
        r#"
alter database postgres set "app.settings.jwt_exp" = '3600';
alter role authenticator set pgrst.db_aggregates_enabled = 'true';
alter role anon set pgrst.db_plan_enabled to 'true';
alter role anon reset pgrst.db_plan_enabled;
notify pgrst, 'reload schema';
notify pgrst;
"#,
    ),
];

#[tokio::test]
async fn what_real_projects_write_runs() {
    let database = TestDb::platform().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("migrations")).unwrap();
    for (number, (name, sql)) in MIGRATIONS.iter().enumerate() {
        // the database of a test has another name than a project's, and roles are shared with other tests
        let mut sql = sql.replace("database postgres", &format!("database {}", database.name()));
        for role in ["authenticator", "anon"] {
            let here = format!("alter role {role} in database {}", database.name());
            sql = sql.replace(&format!("alter role {role}"), &here);
        }
        let file = format!("migrations/202601010000{number:02}_{name}.sql");
        std::fs::write(folder.path().join(file), sql).unwrap();
    }
    let mut postgres = database.client("postgres").await;
    let project = Project::read(folder.path()).unwrap();
    if let Err(error) = migrate::up(&mut postgres, &project, false, &mut |_| ()).await {
        panic!("{error}");
    }

    let user = "insert into auth.users (id, email, raw_user_meta_data) values (gen_random_uuid(), 'ada@example.com', '{\"username\": \"ada\"}')";
    postgres.script(user).await.unwrap();
    assert_eq!(text(&mut postgres, "select username from public.profiles").await, "ada");
    assert_eq!(text(&mut postgres, "select string_agg(jobname, ',') from cron.job").await, "call-function");
    assert_eq!(text(&mut postgres, "select count(*)::text from pgmq.q_emails").await, "1");
    assert_eq!(
        text(&mut postgres, "select count(*)::text from realtime.messages where topic like 'articles:%'")
            .await,
        "1"
    );
    // the command of the job, as the scheduler would run it
    let command = text(&mut postgres, "select command from cron.job").await;
    postgres.script(&command).await.unwrap();
    let asked = "select url || ' ' || (headers ->> 'Authorization') from net.http_request_queue order by id desc limit 1";
    assert_eq!(text(&mut postgres, asked).await, "http://127.0.0.1:54321/functions/v1/work Bearer anon key");
}

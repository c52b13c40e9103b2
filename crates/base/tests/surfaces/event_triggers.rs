//! Event triggers in a project's migrations.

use base::migrate::{self, Project};
use testkit::TestDb;

use super::{refusal, text};

const MIGRATION: &str = "
create function public.auto_rls() returns event_trigger language plpgsql as $$
declare
  made record;
begin
  for made in select * from pg_event_trigger_ddl_commands() where command_tag = 'CREATE TABLE' and schema_name = 'public' loop
    execute format('alter table %s enable row level security', made.object_identity);
  end loop;
  create table if not exists public.who as select current_user::text as name;
end
$$;
create event trigger ensure_rls on ddl_command_end when tag in ('CREATE TABLE') execute function public.auto_rls();
comment on event trigger ensure_rls is 'every table';
create table public.guarded (id int);
";

#[tokio::test]
async fn a_migration_makes_an_event_trigger_that_runs_with_the_projects_rights() {
    let database = TestDb::platform().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("migrations")).unwrap();
    std::fs::write(folder.path().join("migrations/20260101000000_rls.sql"), MIGRATION).unwrap();
    let mut postgres = database.client("postgres").await;
    let project = Project::read(folder.path()).unwrap();
    migrate::up(&mut postgres, &project, false, &mut |_| ()).await.unwrap();
    let guarded = "select relrowsecurity::text from pg_class where oid = 'public.guarded'::regclass";
    assert_eq!(text(&mut postgres, guarded).await, "true");

    // also when the administrator makes a table
    let mut admin = database.client("supabase_admin").await;
    admin.script("drop table public.who; create schema apart; create table apart.theirs ()").await.unwrap();
    assert_eq!(text(&mut postgres, "select name from public.who").await, "postgres");

    let (code, message) = refusal(&mut postgres, "alter function public.auto_rls() security invoker").await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("42501", "function public.auto_rls() runs for an event trigger and has to be security definer")
    );
    postgres.script("create or replace function public.auto_rls() returns event_trigger language plpgsql security definer as $$ begin end $$").await.unwrap();
    postgres
        .script("select ferrobase.alter_event_trigger('ensure_rls', 'disable'), ferrobase.drop_event_trigger('ensure_rls', false)")
        .await
        .unwrap();
    postgres
        .script("alter function public.auto_rls() security invoker; drop function public.auto_rls()")
        .await
        .unwrap();

    // undone with everything else of the project; what was there before the project stays
    postgres
        .script("create function public.second() returns event_trigger language plpgsql as $$ begin end $$")
        .await
        .unwrap();
    postgres
        .script("select ferrobase.create_event_trigger('second', 'sql_drop', '{}', 'public.second()')")
        .await
        .unwrap();
    postgres.script("select ferrobase.create_publication('everything', '{}')").await.unwrap();
    migrate::wipe(&mut postgres).await.unwrap();
    assert_eq!(
        text(&mut postgres, "select count(*)::text from pg_publication where puballtables").await,
        "0"
    );
    assert_eq!(
        text(&mut postgres, "select count(*)::text from pg_event_trigger where evtname = 'second'").await,
        "0"
    );
    assert_eq!(
        text(
            &mut postgres,
            "select count(*)::text from pg_extension where extname in ('pg_net', 'supabase_vault', 'pgjwt')"
        )
        .await,
        "3"
    );
}

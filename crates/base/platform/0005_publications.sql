-- What is published to realtime, and the events that tell the REST room to read the catalog again.

do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
  if not exists (select from pg_publication where pubname = 'supabase_realtime_messages_publication') then
    create publication supabase_realtime_messages_publication for table realtime.messages;
  end if;
  perform pg_temp.attempt('alter publication supabase_realtime owner to postgres');
end
$$;

-- Temporary objects are nobody else's business; grants and policies do not change what the API looks like.
create or replace function extensions.pgrst_ddl_watch() returns event_trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if exists (
    select
    from pg_event_trigger_ddl_commands()
    where schema_name is distinct from 'pg_temp'
      and command_tag in (
        'CREATE SCHEMA', 'ALTER SCHEMA',
        'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE',
        'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE',
        'CREATE VIEW', 'ALTER VIEW', 'CREATE MATERIALIZED VIEW', 'ALTER MATERIALIZED VIEW',
        'CREATE FUNCTION', 'ALTER FUNCTION', 'CREATE TRIGGER',
        'CREATE TYPE', 'ALTER TYPE', 'CREATE RULE', 'COMMENT')
  ) then
    notify pgrst, 'reload schema';
  end if;
end
$$;

create or replace function extensions.pgrst_drop_watch() returns event_trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if exists (
    select
    from pg_event_trigger_dropped_objects()
    where not is_temporary
      and object_type in (
        'schema', 'table', 'foreign table', 'view', 'materialized view', 'function', 'trigger', 'type', 'rule')
  ) then
    notify pgrst, 'reload schema';
  end if;
end
$$;

do $$
begin
  if not exists (select from pg_event_trigger where evtname = 'pgrst_ddl_watch') then
    perform pg_temp.attempt(
      'create event trigger pgrst_ddl_watch on ddl_command_end execute function extensions.pgrst_ddl_watch()');
  end if;
  if not exists (select from pg_event_trigger where evtname = 'pgrst_drop_watch') then
    perform pg_temp.attempt(
      'create event trigger pgrst_drop_watch on sql_drop execute function extensions.pgrst_drop_watch()');
  end if;
end
$$;

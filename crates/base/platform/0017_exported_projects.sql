-- What exported projects say, and a hosted project allows.

-- Settings that are a superuser's otherwise: what pgaudit and the log write, and how sessions are timed.
do $$
declare
  setting text;
begin
  if current_user = 'postgres' then
    return;
  end if;
  foreach setting in array array[
    'auto_explain.log_min_duration', 'log_lock_waits', 'log_min_duration_statement', 'log_min_messages',
    'log_statement', 'log_temp_files', 'pg_stat_statements.track', 'pgaudit.log', 'pgaudit.log_catalog',
    'pgaudit.log_client', 'pgaudit.log_level', 'pgaudit.log_parameter', 'pgaudit.log_relation', 'pgaudit.log_rows',
    'pgaudit.log_statement', 'pgaudit.log_statement_once', 'pgaudit.role', 'track_functions', 'track_io_timing'
  ]
  loop
    perform pg_temp.attempt(format('grant set on parameter %I to postgres', setting));
  end loop;
end
$$;

-- Rows of an empty table stand for no files: older projects delete from storage.objects in their migrations, which
-- find nothing there. Security definer, because whoever deletes may be somebody who sees no rows.
create or replace function storage.protect_delete() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  has_rows boolean;
begin
  if coalesce(current_setting('storage.allow_delete_query', true), 'false') <> 'true' then
    execute format('select exists (select from %s)', tg_relid::regclass) into has_rows;
    if has_rows then
      raise exception 'Direct deletion from storage tables is not allowed. Use the Storage API instead.'
        using errcode = '42501',
              hint = 'This prevents accidental data loss from orphaned objects.';
    end if;
  end if;
  return null;
end
$$;

-- Publications of all tables, which PostgreSQL leaves to superusers: they belong to the administrator, and the migration
-- runner turns `create publication` and `drop publication` into calls of these functions. Options are a list of names
-- and values.
create function ferrobase.create_publication(publication_name text, options text[]) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  execute format('create publication %I for all tables', publication_name);
  for place in 1 .. cardinality(options) by 2 loop
    execute format('alter publication %I set (%I = %L)', publication_name, options[place], options[place + 1]);
  end loop;
end
$$;

create function ferrobase.drop_own_publication(publication_name text) returns boolean
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if not exists (
    select from pg_publication
    where pubname = publication_name and puballtables and pubowner = current_user::regrole)
  then
    return false;
  end if;
  execute format('drop publication %I', publication_name);
  return true;
end
$$;

-- One that is not of all tables is dropped with the caller's own rights.
create function ferrobase.drop_publication(publication_name text, if_exists boolean) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if not ferrobase.drop_own_publication(publication_name) then
    execute format('drop publication %s %I', case when if_exists then 'if exists' end, publication_name);
  end if;
end
$$;
revoke execute on function
  ferrobase.create_publication(text, text[]), ferrobase.drop_own_publication(text),
  ferrobase.drop_publication(text, boolean)
from public;
grant execute on function
  ferrobase.create_publication(text, text[]), ferrobase.drop_own_publication(text),
  ferrobase.drop_publication(text, boolean)
to postgres;

-- The guard, which lets a trigger of the platform be replaced by what it is already.
create or replace function ferrobase.guard() returns event_trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  protected constant oid[] := array(
    select oid from pg_namespace where nspname in ('auth', 'storage', 'realtime', 'ferrobase'));
  platform_triggers constant text[] := array[
    'update_objects_updated_at', 'protect_objects_delete', 'enforce_bucket_name_length', 'protect_buckets_delete'];
  -- as the server prints them, when nothing but pg_catalog is in the search path
  as_they_are constant text[] := array[
    'CREATE TRIGGER update_objects_updated_at BEFORE UPDATE ON storage.objects '
      || 'FOR EACH ROW EXECUTE FUNCTION storage.update_updated_at_column()',
    'CREATE TRIGGER protect_objects_delete BEFORE DELETE ON storage.objects '
      || 'FOR EACH STATEMENT EXECUTE FUNCTION storage.protect_delete()',
    'CREATE TRIGGER enforce_bucket_name_length BEFORE INSERT OR UPDATE OF name ON storage.buckets '
      || 'FOR EACH ROW EXECUTE FUNCTION storage.enforce_bucket_name_length()',
    'CREATE TRIGGER protect_buckets_delete BEFORE DELETE ON storage.buckets '
      || 'FOR EACH STATEMENT EXECUTE FUNCTION storage.protect_delete()'];
  refused text;
begin
  if (select rolsuper from pg_roles where rolname = current_user)
    or session_user in ('supabase_auth_admin', 'supabase_storage_admin', 'supabase_realtime_admin')
    or (session_user <> 'postgres' and pg_has_role(session_user, 'supabase_admin', 'member'))
  then
    return;
  end if;

  if tg_event = 'ddl_command_end' then
    select pg_proc.oid::regprocedure::text into refused
    from pg_event_trigger
    join pg_proc on pg_proc.oid = evtfoid
    join pg_roles on pg_roles.oid = proowner
    where not rolsuper and not prosecdef and evtname not in ('ferrobase_guard_ddl', 'ferrobase_guard_drop')
      and pronamespace <> all (protected) and pg_has_role('postgres', proowner, 'member')
    limit 1;
    if refused is not null then
      raise exception 'function % runs for an event trigger and has to be security definer', refused
        using errcode = '42501';
    end if;
    -- what is so already: migrations of older projects say it
    if current_query() ~* (
      '^(\s|--[^\n]*\n|/\*([^*]|\*[^/])*\*/)*'
      'alter\s+table\s+(if\s+exists\s+)?(only\s+)?'
      '("?storage"?\s*\.\s*"?(objects|buckets|s3_multipart_uploads|s3_multipart_uploads_parts)"?'
      '|"?realtime"?\s*\.\s*"?messages"?)'
      '\s+enable\s+row\s+level\s+security\s*;?\s*$')
    then
      return;
    end if;
  end if;

  if tg_event = 'sql_drop' then
    select object_type || ' ' || object_identity into refused
    from pg_event_trigger_dropped_objects()
    where (schema_name in (select nspname from pg_namespace where oid = any (protected))
           and object_type not in ('policy', 'trigger'))
      or (object_type = 'schema' and object_name in ('auth', 'storage', 'realtime', 'ferrobase'))
      or (object_type = 'trigger' and split_part(object_identity, ' ', 1) = any (platform_triggers)
          and split_part(object_identity, ' on ', 2) in ('storage.objects', 'storage.buckets'))
    limit 1;
  else
    select object_type || ' ' || object_identity into refused
    from pg_event_trigger_ddl_commands()
    where
      -- something of ours was altered
      (command_tag like 'ALTER %'
       and case classid
         when 'pg_class'::regclass then (select relnamespace from pg_class where oid = objid) = any (protected)
         when 'pg_proc'::regclass then (select pronamespace from pg_proc where oid = objid) = any (protected)
         when 'pg_type'::regclass then (select typnamespace from pg_type where oid = objid) = any (protected)
         when 'pg_namespace'::regclass then objid = any (protected)
         else false
       end)
      -- one of our triggers was altered or replaced
      or (classid = 'pg_trigger'::regclass and exists (
        select
        from pg_trigger join pg_class on pg_class.oid = tgrelid
        where pg_trigger.oid = objid and relnamespace = any (protected)
          and (command_tag = 'ALTER TRIGGER'
               or tgname = any (platform_triggers) and pg_get_triggerdef(pg_trigger.oid) <> all (as_they_are))))
      -- a rule was put on one of our tables
      or (classid = 'pg_rewrite'::regclass and exists (
        select
        from pg_rewrite join pg_class on pg_class.oid = ev_class
        where pg_rewrite.oid = objid and relnamespace = any (protected)))
      -- a table was made a child or a partition of one of ours
      or (classid = 'pg_class'::regclass and exists (
        select
        from pg_inherits join pg_class on pg_class.oid = inhparent
        where inhrelid = objid and relnamespace = any (protected)))
    limit 1;
  end if;

  if refused is not null then
    raise exception 'must be owner of %', refused
      using errcode = '42501',
            hint = 'Schemas auth, storage and realtime belong to the platform; policies and triggers may be created on their tables.';
  end if;
end
$$;

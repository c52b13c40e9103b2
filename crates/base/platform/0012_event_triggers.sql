-- Event triggers of `postgres`. PostgreSQL gives them to superusers only, because their functions run for everybody's
-- commands, the administrator's too. Here such a function has to be SECURITY DEFINER and belong to no superuser: it
-- runs with its owner's rights, whoever gives the command. The migration runner turns the statements
-- `create event trigger` and `drop event trigger` into calls of these functions.

create function ferrobase.create_event_trigger(trigger_name text, event text, tags text[], function regprocedure)
  returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  owner_id oid := (select proowner from pg_proc where oid = function);
begin
  if not pg_has_role(session_user, owner_id, 'member') or (select rolsuper from pg_roles where oid = owner_id) then
    raise exception 'must be owner of function %', function using errcode = '42501';
  end if;
  execute format('alter function %s security definer', function);
  execute format(
    'create event trigger %I on %I %s execute function %s',
    trigger_name, event,
    case
      when cardinality(tags) > 0
        then format('when tag in (%s)', (select string_agg(quote_literal(tag), ', ') from unnest(tags) as tag))
    end,
    function);
end
$$;

create function ferrobase.check_own_event_trigger(trigger_name text) returns boolean
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
  as $$
declare
  owner_id oid;
begin
  select proowner into owner_id
  from pg_event_trigger join pg_proc on pg_proc.oid = evtfoid
  where evtname = trigger_name;
  if owner_id is null then
    return false;
  end if;
  if not pg_has_role(session_user, owner_id, 'member') or (select rolsuper from pg_roles where oid = owner_id) then
    raise exception 'must be owner of event trigger %', trigger_name using errcode = '42501';
  end if;
  return true;
end
$$;

create function ferrobase.drop_event_trigger(trigger_name text, if_exists boolean) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if ferrobase.check_own_event_trigger(trigger_name) then
    execute format('drop event trigger %I', trigger_name);
  elsif if_exists then
    raise notice 'event trigger "%" does not exist, skipping', trigger_name;
  else
    raise exception 'event trigger "%" does not exist', trigger_name using errcode = '42704';
  end if;
end
$$;

create function ferrobase.alter_event_trigger(trigger_name text, setting text) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if lower(setting) not in ('enable', 'disable', 'enable always', 'enable replica') then
    raise exception 'event triggers can be enabled and disabled only' using errcode = '0A000';
  end if;
  if not ferrobase.check_own_event_trigger(trigger_name) then
    raise exception 'event trigger "%" does not exist', trigger_name using errcode = '42704';
  end if;
  execute format('alter event trigger %I %s', trigger_name, setting);
end
$$;

revoke execute on function
  ferrobase.create_event_trigger(text, text, text[], regprocedure), ferrobase.check_own_event_trigger(text),
  ferrobase.drop_event_trigger(text, boolean), ferrobase.alter_event_trigger(text, text)
from public;
grant execute on function
  ferrobase.create_event_trigger(text, text, text[], regprocedure), ferrobase.drop_event_trigger(text, boolean),
  ferrobase.alter_event_trigger(text, text)
to postgres;
grant select on ferrobase.surface to postgres;

-- The guard, with two things more: functions of event triggers stay security definer, and what changes nothing is
-- allowed.
create or replace function ferrobase.guard() returns event_trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  protected constant oid[] := array(
    select oid from pg_namespace where nspname in ('auth', 'storage', 'realtime', 'ferrobase'));
  platform_triggers constant text[] := array[
    'update_objects_updated_at', 'protect_objects_delete', 'enforce_bucket_name_length', 'protect_buckets_delete'];
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
          and (command_tag = 'ALTER TRIGGER' or tgname = any (platform_triggers))))
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

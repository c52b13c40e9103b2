-- The guard: what lies in auth, storage and realtime is changed by the platform only.
--
-- `postgres` is a member of the role that owns the tables there, because policies can only be written by an
-- owner (see 0003_storage.sql); and before PostgreSQL 16 a role with CREATEROLE can make itself a member of
-- any other. So this does not ask who owns what, it asks who is connected: the sessions of the platform's
-- own roles may do anything, all others may write policies, triggers, comments and grants.

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

-- An administrator who is himself called `postgres` (a server we did not make) is not guarded against.
do $$
begin
  if current_user = 'postgres' then
    return;
  end if;
  if not exists (select from pg_event_trigger where evtname = 'ferrobase_guard_ddl') then
    perform pg_temp.attempt(
      'create event trigger ferrobase_guard_ddl on ddl_command_end execute function ferrobase.guard()');
  end if;
  if not exists (select from pg_event_trigger where evtname = 'ferrobase_guard_drop') then
    perform pg_temp.attempt(
      'create event trigger ferrobase_guard_drop on sql_drop execute function ferrobase.guard()');
  end if;
end
$$;

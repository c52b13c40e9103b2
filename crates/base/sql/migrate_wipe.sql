-- Undoes everything a project made in its database, as far as its own role may: what the platform owns stays, the
-- data in it goes. Roles belong to the server and stay.
do $$
declare
  item record;
begin
  -- event triggers first: they would fire for all that follows
  for item in select evtname from pg_event_trigger where evtowner = current_user::regrole loop
    execute format('drop event trigger if exists %I', item.evtname);
  end loop;
  -- those that the platform made for the project
  for item in
    select evtname
    from pg_event_trigger join pg_proc on pg_proc.oid = evtfoid
    where proowner = current_user::regrole and evtowner <> current_user::regrole
  loop
    execute format('select ferrobase.drop_event_trigger(%L, true)', item.evtname);
  end loop;

  for item in
    select pubname from pg_publication
    where pubname not like 'supabase\_realtime%' and pubowner = current_user::regrole
  loop
    execute format('drop publication if exists %I', item.pubname);
  end loop;
  -- of all tables: those belong to the administrator
  for item in
    select pubname from pg_publication
    where puballtables and to_regproc('ferrobase.drop_own_publication') is not null
  loop
    execute format('select ferrobase.drop_own_publication(%L)', item.pubname);
  end loop;

  for item in
    select extname from pg_extension
    where extowner = current_user::regrole
      and extname not in ('plpgsql', 'uuid-ossp', 'pgcrypto', 'pg_stat_statements', 'pgjwt', 'pg_graphql', 'supabase_vault',
        'pgsodium', 'pg_net')
  loop
    execute format('drop extension if exists %I cascade', item.extname);
  end loop;

  for item in
    select nspname from pg_namespace
    where nspowner = current_user::regrole
      and nspname <> all (array['public', 'extensions', 'auth', 'storage', 'realtime', 'graphql', 'graphql_public', 'vault',
        'pgbouncer', 'net', 'cron', 'pgmq', 'pgmq_public', 'pgsodium', 'supabase_functions', 'ferrobase'])
      and nspname not like 'pg\_%'
  loop
    execute format('drop schema if exists %I cascade', item.nspname);
  end loop;

  -- what is in schema public; members of extensions go with their extension
  for item in
    select format('drop %s if exists %s cascade',
      case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
        when 'f' then 'foreign table' else 'table' end,
      pg_class.oid::regclass) as statement
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
      and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
    order by relkind = 'r', relkind = 'p'
  loop
    -- an earlier cascade may have taken it
    begin
      execute item.statement;
    exception when undefined_table or wrong_object_type then null;
    end;
  end loop;
  for item in
    select pg_class.oid::regclass as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'S'
      and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
  loop
    execute format('drop sequence if exists %s cascade', item.name);
  end loop;
  for item in
    select format('drop routine %s cascade', oid::regprocedure) as statement, oid from pg_proc
    where pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
  loop
    if exists (select from pg_proc where oid = item.oid) then
      execute item.statement;
    end if;
  end loop;
  for item in
    select format('drop type if exists %s cascade', oid::regtype) as statement, oid from pg_type
    where typnamespace = 'public'::regnamespace and typrelid = 0 and typelem = 0
      and not exists (select from pg_depend where objid = pg_type.oid and deptype = 'e')
  loop
    if exists (select from pg_type where oid = item.oid) then
      execute item.statement;
    end if;
  end loop;
  for item in
    select collname from pg_collation where collnamespace = 'public'::regnamespace
      and not exists (select from pg_depend where objid = pg_collation.oid and deptype = 'e')
  loop
    execute format('drop collation if exists public.%I cascade', item.collname);
  end loop;

  -- what the project put onto the platform's tables
  for item in
    select polname, polrelid::regclass as name from pg_policy
    join pg_class on pg_class.oid = polrelid
    where relnamespace::regnamespace::text in ('auth', 'storage', 'realtime')
  loop
    execute format('drop policy if exists %I on %s', item.polname, item.name);
  end loop;
  for item in
    select tgname, tgrelid::regclass as name
    from pg_trigger
    join pg_class on pg_class.oid = tgrelid
    join pg_proc on pg_proc.oid = tgfoid
    where not tgisinternal and relnamespace::regnamespace::text in ('auth', 'storage', 'realtime')
      and proowner = current_user::regrole
  loop
    execute format('drop trigger if exists %I on %s', item.tgname, item.name);
  end loop;

  -- the platform's data; a table that may not be emptied is not the project's to empty
  for item in
    select pg_class.oid::regclass as name from pg_class
    where relkind in ('r', 'p') and not relispartition
      and relnamespace::regnamespace::text in ('auth', 'storage')
      and relname not in ('schema_migrations', 'migrations')
      and has_table_privilege(pg_class.oid, 'delete')
    order by relname <> 'users', relname <> 'objects', relname
  loop
    begin
      execute format('delete from %s', item.name);
    exception when insufficient_privilege then null;
    end;
  end loop;
end
$$

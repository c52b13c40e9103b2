-- The surfaces of extensions that a hosted project has: those that are there from the start, the webhook trigger, and
-- how they are made on a server that is not ours (see src/surfaces.rs).

-- The root key. It lies in a file of the server, beside its data, that only superusers can read through SQL; where the
-- administrator is none, in a table. `postgres` reads neither: on hosted databases it reads all tables only if the
-- administrator could grant that, and then the administrator can write the file.
create table ferrobase.kept_root_key (key text not null);

create function ferrobase.root_key_text() returns text
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
  as $$
declare
  kept text;
begin
  begin
    kept := pg_read_file('ferrobase_root_key', 0, 1000, true);
  exception when insufficient_privilege then
    null;
  end;
  return coalesce(kept, (select key from ferrobase.kept_root_key limit 1));
end
$$;

-- For functions of the same owner; nobody else may call it.
create function ferrobase.root_key() returns bytea
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
  as $$
declare
  kept text := ferrobase.root_key_text();
begin
  if kept is null then
    raise exception 'this project has no root key yet'
      using errcode = '55000',
            hint = 'The server brings it: start the project with Ferrobase once.';
  end if;
  return decode(kept, 'hex');
end
$$;

-- Keeps a root key unless there is one. Whether the one that is kept is this one.
create function ferrobase.keep_root_key(key text) returns boolean
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if ferrobase.root_key_text() is null then
    begin
      execute format(
        'copy (select %L) to %L', key, current_setting('data_directory') || '/ferrobase_root_key');
    exception when insufficient_privilege then
      if pg_has_role('postgres', 'pg_read_all_data', 'usage') then
        raise exception 'there is no place for the root key that postgres could not read' using errcode = '55000';
      end if;
      insert into ferrobase.kept_root_key values (key);
    end;
  end if;
  -- the file ends with a line break
  return decode(ferrobase.root_key_text(), 'hex') = decode(key, 'hex');
end
$$;
revoke execute on function ferrobase.root_key_text(), ferrobase.root_key(), ferrobase.keep_root_key(text) from public;

-- Surfaces on a server that does not offer them as extensions: their scripts are in ferrobase.surface, which the
-- runner fills there. `create extension` in a migration becomes a call of create_surface.
create table ferrobase.created_surface (
  name    text primary key,
  schema  name not null,
  objects text[] not null
);

-- All schemas, and what is in this one, as `drop` names them: what was made is the difference of two of these.
create function ferrobase.objects_in(in_schema text) returns text[]
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
    select coalesce(array_agg(object order by kind, object), '{}')
    from (
      select 1 as kind, 'schema ' || quote_ident(nspname) as object
      from pg_namespace
      union all
      select 2, 'routine ' || oid::regprocedure
      from pg_proc
      where pronamespace = to_regnamespace(quote_ident(in_schema))
      union all
      select 3, 'type ' || oid::regtype
      from pg_type
      where typnamespace = to_regnamespace(quote_ident(in_schema)) and typtype in ('c', 'd', 'e')
        and (typrelid = 0 or exists (select from pg_class where pg_class.oid = typrelid and relkind = 'c'))
      union all
      select 4, case relkind when 'v' then 'view ' when 'S' then 'sequence ' else 'table ' end || oid::regclass
      from pg_class
      where relnamespace = to_regnamespace(quote_ident(in_schema)) and relkind in ('r', 'v', 'S')
    ) as objects
  $$;
revoke execute on function ferrobase.objects_in(text) from public;

create function ferrobase.create_surface(surface_name text, in_schema text default null, if_not_exists boolean default false)
  returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  found_surface ferrobase.surface;
  required text;
  before text[];
begin
  if exists (select from pg_extension where extname = surface_name)
    or exists (select from ferrobase.created_surface where name = surface_name)
  then
    if not if_not_exists then
      raise exception 'extension "%" already exists', surface_name using errcode = '42710';
    end if;
    raise notice 'extension "%" already exists, skipping', surface_name;
    return;
  end if;
  select * into found_surface from ferrobase.surface where name = surface_name;
  if found_surface is null then
    raise exception 'extension "%" is not available', surface_name using errcode = '0A000';
  end if;
  foreach required in array found_surface.requires loop
    if not exists (select from pg_extension where extname = required) then
      perform ferrobase.create_surface(required, in_schema, true);
    end if;
  end loop;
  in_schema := coalesce(found_surface.schema, in_schema, 'extensions');
  before := ferrobase.objects_in(in_schema);
  if to_regnamespace(quote_ident(in_schema)) is null then
    execute format('create schema %I', in_schema);
  end if;
  execute replace(found_surface.script, '@extschema@', quote_ident(in_schema));
  insert into ferrobase.created_surface (name, schema, objects)
  select surface_name, in_schema, coalesce(array_agg(object order by place), '{}')
  from unnest(ferrobase.objects_in(in_schema)) with ordinality as objects (object, place)
  where object <> all (before);
end
$$;

create function ferrobase.drop_surface(surface_name text, if_exists boolean default false) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  created ferrobase.created_surface;
  object text;
begin
  select * into created from ferrobase.created_surface where name = surface_name;
  if created is null then
    if not if_exists then
      raise exception 'extension "%" does not exist', surface_name using errcode = '42704';
    end if;
    raise notice 'extension "%" does not exist, skipping', surface_name;
    return;
  end if;
  foreach object in array created.objects loop
    execute format('drop %s if exists %s cascade', split_part(object, ' ', 1), substr(object, strpos(object, ' ') + 1));
  end loop;
  delete from ferrobase.created_surface where name = surface_name;
end
$$;
revoke execute on function
  ferrobase.create_surface(text, text, boolean), ferrobase.drop_surface(text, boolean)
from public;
grant usage on schema ferrobase to postgres;
grant execute on function
  ferrobase.create_surface(text, text, boolean), ferrobase.drop_surface(text, boolean)
to postgres;

-- What a hosted project has from the start. `postgres` creates them where that is allowed: then it may drop them.
create schema if not exists graphql;
create schema if not exists pgsodium;
select pg_temp.attempt(format('alter schema %I owner to supabase_admin', name))
from (values ('graphql'), ('pgsodium')) as platform_schemas (name);

do $$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('pg_net', 'extensions'), ('pgjwt', 'extensions'), ('supabase_vault', 'vault'), ('pgsodium', 'pgsodium'),
      ('pg_graphql', 'graphql')
    ) as at_once (extension, schema)
  loop
    if exists (select from pg_available_extension_versions where name = wanted.extension and trusted) then
      set local role postgres;
      execute format('create extension if not exists %I with schema %I', wanted.extension, wanted.schema);
      reset role;
    elsif exists (select from pg_available_extensions where name = wanted.extension) then
      perform pg_temp.attempt(
        format('create extension if not exists %I with schema %I', wanted.extension, wanted.schema));
    else
      perform ferrobase.create_surface(wanted.extension, wanted.schema, true);
    end if;
  end loop;
end
$$;

-- GraphQL through REST: what the extension answers.
create function graphql_public.graphql(
  "operationName" text default null, query text default null, variables jsonb default null, extensions jsonb default null
) returns jsonb
  language plpgsql
  as $$
begin
  if to_regproc('graphql.resolve') is null then
    return '{"errors": [{"message": "pg_graphql extension is not enabled."}]}'::jsonb;
  end if;
  return graphql.resolve(
    query := query,
    variables := coalesce(variables, '{}'),
    "operationName" := "operationName",
    extensions := extensions);
end
$$;
grant execute on function graphql_public.graphql(text, text, jsonb, jsonb)
  to postgres, anon, authenticated, service_role;

-- The real pg_cron and pg_net, where a server has them, are granted as a hosted project does.
create function extensions.grant_extension_access() returns event_trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  created name;
begin
  select extname into created
  from pg_event_trigger_ddl_commands()
  join pg_extension on pg_extension.oid = objid and classid = 'pg_extension'::regclass
  join pg_depend on refobjid = pg_extension.oid and refclassid = 'pg_extension'::regclass
  join pg_proc on pg_proc.oid = pg_depend.objid and pg_depend.classid = 'pg_proc'::regclass
  join pg_language on pg_language.oid = prolang and lanname = 'c'
  where extname in ('pg_cron', 'pg_net')
  limit 1;
  if created = 'pg_cron' then
    grant usage on schema cron to postgres with grant option;
    grant execute on all functions in schema cron to postgres with grant option;
    grant all on all tables in schema cron to postgres with grant option;
    revoke all on cron.job from postgres;
    grant select on cron.job to postgres with grant option;
  elsif created = 'pg_net' then
    grant usage on schema net to supabase_functions_admin, postgres, anon, authenticated, service_role;
    grant all on all tables in schema net to postgres, service_role;
    grant execute on all functions in schema net
      to supabase_functions_admin, postgres, anon, authenticated, service_role;
  end if;
end
$$;
do $$
begin
  if not exists (select from pg_event_trigger where evtname = 'ferrobase_grant_extension_access') then
    perform pg_temp.attempt(
      'create event trigger ferrobase_grant_extension_access on ddl_command_end
         when tag in (''CREATE EXTENSION'') execute function extensions.grant_extension_access()');
  end if;
end
$$;

-- Database webhooks.
create schema if not exists supabase_functions;
select pg_temp.attempt('alter schema supabase_functions owner to supabase_admin');

create table supabase_functions.migrations (
  version     text primary key,
  inserted_at timestamptz not null default now()
);
insert into supabase_functions.migrations (version) values ('initial'), ('20210809183423_update_grants');

create table supabase_functions.hooks (
  id            bigserial primary key,
  hook_table_id integer not null,
  hook_name     text not null,
  created_at    timestamptz not null default now(),
  request_id    bigint
);
create index supabase_functions_hooks_request_id_idx on supabase_functions.hooks (request_id);
create index supabase_functions_hooks_h_table_id_h_name_idx on supabase_functions.hooks (hook_table_id, hook_name);
comment on table supabase_functions.hooks is 'Supabase Functions Hooks: Audit trail for triggered hooks.';

-- Arguments: url, method, headers, params, timeout in milliseconds; 'null' stands for none.
create function supabase_functions.http_request() returns trigger
  language plpgsql security definer
  set search_path = supabase_functions, pg_temp
  as $$
declare
  url constant text := nullif(tg_argv[0], 'null');
  method constant text := nullif(tg_argv[1], 'null');
  headers constant jsonb := coalesce(nullif(tg_argv[2], 'null'), '{"Content-Type": "application/json"}');
  params constant jsonb := coalesce(nullif(tg_argv[3], 'null'), '{}');
  timeout_ms constant integer := coalesce(nullif(tg_argv[4], 'null'), '1000');
  request_id bigint;
begin
  if url is null then
    raise exception 'url argument is missing';
  elsif method is null then
    raise exception 'method argument is missing';
  elsif method = 'GET' then
    request_id := net.http_get(url, params, headers, timeout_ms);
  elsif method = 'POST' then
    request_id := net.http_post(
      url,
      jsonb_build_object(
        'old_record', old, 'record', new, 'type', tg_op, 'table', tg_table_name, 'schema', tg_table_schema),
      params, headers, timeout_ms);
  else
    raise exception 'method argument % is invalid', method;
  end if;
  insert into supabase_functions.hooks (hook_table_id, hook_name, request_id)
  values (tg_relid::bigint::integer, tg_name, request_id);
  return new;
end
$$;
revoke execute on function supabase_functions.http_request() from public;

grant usage on schema supabase_functions to postgres, anon, authenticated, service_role;
grant all on schema supabase_functions to supabase_functions_admin;
grant all on all tables in schema supabase_functions
  to supabase_functions_admin, postgres, anon, authenticated, service_role;
grant all on all sequences in schema supabase_functions
  to supabase_functions_admin, postgres, anon, authenticated, service_role;
grant execute on function supabase_functions.http_request() to postgres, anon, authenticated, service_role;
do $$
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    grant supabase_functions_admin to current_user;
  end if;
  if current_user <> 'postgres' then
    grant supabase_functions_admin to postgres;
  end if;
end
$$;
select pg_temp.attempt(statement)
from (values
  ('alter table supabase_functions.migrations owner to supabase_functions_admin'),
  ('alter table supabase_functions.hooks owner to supabase_functions_admin'),
  ('alter function supabase_functions.http_request() owner to supabase_functions_admin')
) as statements (statement);

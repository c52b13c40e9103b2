-- Schemas, extensions, and who may use what is created in them later (default privileges).

-- `postgres` owns the database, and through pg_database_owner the schema public: it may create schemas
-- and trusted extensions, as on a hosted project.
do $$
begin
  if (select datdba from pg_database where datname = current_database()) <> 'postgres'::regrole then
    perform pg_temp.attempt(format('alter database %I owner to postgres', current_database()));
  end if;
  perform pg_temp.attempt(format('grant create, connect, temporary on database %I to postgres', current_database()));
  perform pg_temp.attempt(format('grant create on database %I to supabase_storage_admin', current_database()));
end
$$;

create schema if not exists extensions;
create schema if not exists auth;
create schema if not exists storage;
create schema if not exists realtime;
create schema if not exists graphql_public;
create schema if not exists vault;
-- The owner is what tells a project's schemas from the platform's: `supabase db reset` of the official CLI drops
-- every schema that `supabase_admin` does not own. Where that is a superuser and this administrator is none, they
-- stay the administrator's.
do $$
declare
  platform_schema name;
begin
  foreach platform_schema in array array['ferrobase', 'auth', 'storage', 'realtime', 'graphql_public', 'vault'] loop
    perform pg_temp.attempt(format('alter schema %I owner to supabase_admin', platform_schema));
  end loop;
end
$$;

-- Each room's role makes its own objects.
grant all on schema auth to supabase_auth_admin, dashboard_user;
grant all on schema storage to supabase_storage_admin, dashboard_user;
grant all on schema realtime to supabase_realtime_admin, dashboard_user;
grant usage on schema public, extensions, auth, storage, realtime, graphql_public
  to postgres, anon, authenticated, service_role;
grant usage on schema auth, storage, realtime to ferrobase_policy_owner;
grant usage on schema extensions, public to supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin;
grant usage, create on schema extensions to postgres with grant option;
grant usage on schema extensions to dashboard_user;
select pg_temp.attempt('grant create on schema public to postgres')
where not has_schema_privilege('postgres', 'public', 'create');

-- Extensions that are there from the start, so that `create extension if not exists` finds them.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['uuid-ossp', 'pgcrypto', 'pg_stat_statements']
  loop
    if exists (select from pg_available_extensions where name = wanted and installed_version is null) then
      perform pg_temp.attempt(format('create extension %I with schema extensions', wanted));
    end if;
  end loop;
end
$$;

-- Default privileges: what these roles create later is open to the API roles; row level security decides.
do $$
declare
  creator name;
begin
  foreach creator in array array['postgres', 'supabase_admin', current_user]
  loop
    perform pg_temp.attempt(format(
      'alter default privileges for role %I in schema public
         grant all on tables to postgres, anon, authenticated, service_role', creator));
    perform pg_temp.attempt(format(
      'alter default privileges for role %I in schema public
         grant all on sequences to postgres, anon, authenticated, service_role', creator));
    perform pg_temp.attempt(format(
      'alter default privileges for role %I in schema public
         grant all on functions to postgres, anon, authenticated, service_role', creator));
    perform pg_temp.attempt(format(
      'alter default privileges for role %I in schema graphql_public
         grant all on functions to postgres, anon, authenticated, service_role', creator));
  end loop;

  foreach creator in array array['supabase_admin', current_user]
  loop
    perform pg_temp.attempt(format(
      'alter default privileges for role %I in schema extensions grant all on tables to postgres with grant option', creator));
    perform pg_temp.attempt(format(
      'alter default privileges for role %I in schema extensions grant all on sequences to postgres with grant option', creator));
    perform pg_temp.attempt(format(
      'alter default privileges for role %I in schema extensions grant all on functions to postgres with grant option', creator));
  end loop;
end
$$;
-- What Supabase Auth's role creates: `postgres` may read and change it, set triggers on it and refer to it.
alter default privileges for role supabase_auth_admin in schema auth
  grant all on tables to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth
  grant all on sequences to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth
  grant all on functions to postgres, dashboard_user;

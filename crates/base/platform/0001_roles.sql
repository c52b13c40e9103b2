-- The roles every Supabase project expects, with their attributes, memberships and settings.
--
-- Roles belong to the whole server, not to one database, so everything here must also hold when another
-- database of the same cluster was set up before. `pg_temp.attempt(statement)` comes from the migration
-- runner: it reports what this server's administrator may not do instead of failing (hosted databases
-- give nobody SUPERUSER, REPLICATION or BYPASSRLS).

do $$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('supabase_admin',             'nologin'),
      ('postgres',                   'login createdb createrole'),
      ('anon',                       'nologin'),
      ('authenticated',              'nologin'),
      ('service_role',               'nologin'),
      ('authenticator',              'login noinherit'),
      ('supabase_auth_admin',        'login createrole'),
      ('supabase_storage_admin',     'login createrole'),
      ('supabase_realtime_admin',    'nologin'),
      ('supabase_replication_admin', 'login'),
      ('supabase_read_only_user',    'login'),
      ('supabase_functions_admin',   'login noinherit createrole'),
      ('dashboard_user',             'nologin createdb createrole'),
      ('pgbouncer',                  'login'),
      ('ferrobase_policy_owner',     'nologin noinherit')
    ) as roles (name, attributes)
  loop
    if to_regrole(wanted.name) is null then
      execute format('create role %I with %s', wanted.name, wanted.attributes);
    end if;
  end loop;
end
$$;

-- Attributes that only some administrators may give. A `postgres` that is this server's own administrator
-- (a database that was not made by us) keeps what it has.
select pg_temp.attempt('alter role supabase_admin superuser') where current_user <> 'supabase_admin';
select pg_temp.attempt('alter role postgres nosuperuser replication bypassrls')
where current_user <> 'postgres' and not (select rolsuper from pg_roles where rolname = 'postgres');
select pg_temp.attempt('alter role service_role bypassrls');
select pg_temp.attempt('alter role supabase_replication_admin replication');
select pg_temp.attempt('alter role supabase_read_only_user bypassrls');
select pg_temp.attempt('alter role dashboard_user replication');

-- An administrator without SUPERUSER has to be a member of a role to give it objects.
do $$
declare
  owner_role name;
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    foreach owner_role in array array[
      'supabase_admin', 'postgres', 'supabase_auth_admin', 'supabase_storage_admin',
      'supabase_realtime_admin', 'ferrobase_policy_owner'
    ]
    loop
      if owner_role <> current_user then
        perform pg_temp.attempt(format('grant %I to current_user', owner_role));
      end if;
    end loop;
  end if;
end
$$;

-- Memberships. The admin option is what lets `postgres` run `alter role authenticator set pgrst.…`
-- on PostgreSQL 16 and later.
grant anon, authenticated, service_role to authenticator;
grant authenticator to supabase_storage_admin;
-- The owner of the tables that projects write policies and triggers on (see 0003_storage.sql).
grant ferrobase_policy_owner to supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin;
do $$
begin
  if current_user <> 'postgres' then
    grant anon, authenticated, service_role, authenticator to postgres with admin option;
    grant ferrobase_policy_owner to postgres;
    perform pg_temp.attempt('grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres');
  end if;
end
$$;
select pg_temp.attempt('grant pg_read_all_data to supabase_read_only_user');

-- Settings a session of the role starts with.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_storage_admin set search_path = storage;
alter role supabase_functions_admin set search_path = supabase_functions;
select pg_temp.attempt('alter role supabase_admin set search_path = "$user", public, auth, extensions');
select pg_temp.attempt('alter role postgres set search_path = "$user", public, extensions')
where current_user <> 'postgres';

-- Custom settings may be stored on a role by a non-superuser only when each is granted by name.
do $$
declare
  setting text;
begin
  if current_setting('server_version_num')::int >= 150000 and current_user <> 'postgres' then
    foreach setting in array array[
      'app.settings.jwt_secret', 'app.settings.jwt_exp',
      'pgrst.db_aggregates_enabled', 'pgrst.db_anon_role', 'pgrst.db_channel', 'pgrst.db_channel_enabled',
      'pgrst.db_config', 'pgrst.db_extra_search_path', 'pgrst.db_hoisted_tx_settings', 'pgrst.db_max_rows',
      'pgrst.db_plan_enabled', 'pgrst.db_pre_config', 'pgrst.db_pre_request', 'pgrst.db_prepared_statements',
      'pgrst.db_root_spec', 'pgrst.db_schema', 'pgrst.db_schemas', 'pgrst.db_timezone_enabled',
      'pgrst.db_tx_end', 'pgrst.jwt_aud', 'pgrst.jwt_cache_max_lifetime', 'pgrst.jwt_role_claim_key',
      'pgrst.jwt_secret', 'pgrst.jwt_secret_is_base64', 'pgrst.log_level', 'pgrst.log_query',
      'pgrst.openapi_mode', 'pgrst.openapi_security_active', 'pgrst.openapi_server_proxy_uri',
      'pgrst.server_cors_allowed_origins', 'pgrst.server_timing_enabled', 'pgrst.server_trace_header'
    ]
    loop
      perform pg_temp.attempt(format('grant set on parameter %I to postgres', setting));
    end loop;
  end if;
end
$$;

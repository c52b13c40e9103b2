-- `postgres` gives roles BYPASSRLS and REPLICATION, and takes them away, as on a hosted project; it has both itself. Before
-- version 16 PostgreSQL keeps that to superusers, even `alter role … nobypassrls`, which every exported role says; there the
-- migration runner turns such statements into calls of the second function.
do $$
begin
  if current_setting('server_version_num')::integer >= 160000 then
    return;
  end if;

  create function ferrobase.set_role_attribute(role_name text, attribute text) returns void
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $function$
  begin
    if attribute not in ('bypassrls', 'nobypassrls', 'replication', 'noreplication') then
      raise 'not an attribute to be given: %', attribute using errcode = '42501';
    end if;
    if role_name in (
      'supabase_admin', 'postgres', 'anon', 'authenticated', 'service_role', 'authenticator', 'supabase_auth_admin',
      'supabase_storage_admin', 'supabase_realtime_admin', 'supabase_replication_admin', 'supabase_read_only_user',
      'supabase_functions_admin', 'dashboard_user', 'pgbouncer', 'ferrobase_policy_owner')
      or exists (select from pg_roles where rolname = role_name and rolsuper)
    then
      raise '"%" is a role of the platform, which stays as it is', role_name using errcode = '42501';
    end if;
    execute format('alter role %I %s', role_name, attribute);
  end
  $function$;

  create function ferrobase.role_with(statement text, role_name text, attributes text[]) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $function$
  begin
    execute statement;
    for at in 1 .. cardinality(attributes) loop
      perform ferrobase.set_role_attribute(role_name, attributes[at]);
    end loop;
  end
  $function$;

  revoke execute on function ferrobase.set_role_attribute(text, text), ferrobase.role_with(text, text, text[]) from public;
  grant execute on function ferrobase.set_role_attribute(text, text), ferrobase.role_with(text, text, text[]) to postgres;
end
$$;

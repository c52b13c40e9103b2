-- A stand-in for pg_tle: migrations that were exported from a hosted project and ask for it run. PostgreSQL without the
-- library cannot learn of extensions that are installed by SQL, so there are none and installing one says so.

create function pgtle.available_extensions(
  out name name, out default_version text, out superuser boolean, out trusted boolean, out relocatable boolean,
  out schema name, out requires name[], out comment text
) returns setof record
  language sql stable
  as $$ select null::name, null, null::boolean, null::boolean, null::boolean, null::name, null::name[], null where false $$;

create function pgtle.available_extension_versions(
  out name name, out version text, out superuser boolean, out trusted boolean, out relocatable boolean,
  out schema name, out requires name[], out comment text
) returns setof record
  language sql stable
  as $$ select null::name, null, null::boolean, null::boolean, null::boolean, null::name, null::name[], null where false $$;

create function pgtle.install_extension(
  name text, version text, description text, ext text, requires text[] default null, schema text default null
) returns boolean
  language plpgsql
  as $$
begin
  raise exception 'extension "%" cannot be installed: pg_tle is not installed on this PostgreSQL server', name
    using errcode = '0A000',
          hint = 'Put the statements of the extension into a migration of their own, or install pg_tle on the server and preload it.';
end
$$;

create function pgtle.uninstall_extension(extname text) returns boolean
  language plpgsql
  as $$
begin
  raise exception 'Extension % does not exist', extname using errcode = 'P0002';
end
$$;

create function pgtle.uninstall_extension_if_exists(extname text) returns boolean
  language sql
  as $$ select false $$;

grant usage on schema pgtle to postgres;

create schema if not exists ferrobase;
create table if not exists ferrobase.migrations (
  room       text not null,
  version    integer not null,
  name       text not null,
  checksum   text not null,
  applied_at timestamptz not null default now(),
  primary key (room, version)
);
create table if not exists ferrobase.surface (
  name     text primary key,
  schema   name,
  requires text[] not null,
  script   text not null
);
create table if not exists ferrobase.surface_revision (
  name     text primary key,
  revision integer not null
);
-- The last line of a script that is not the first of its surface.
create or replace function ferrobase.keep_surface_revision(surface_name text, surface_revision integer) returns void
  language sql
  set search_path = pg_catalog, pg_temp
  as $$
    insert into ferrobase.surface_revision values (surface_name, surface_revision)
    on conflict (name) do update set revision = excluded.revision
  $$;
revoke execute on function ferrobase.keep_surface_revision(text, integer) from public;
create temporary table if not exists skipped (
  statement text not null,
  reason    text not null
);
create or replace function pg_temp.attempt(statement text) returns void
  language plpgsql
  as $$
begin
  execute statement;
exception when insufficient_privilege or feature_not_supported or object_not_in_prerequisite_state then
  insert into pg_temp.skipped values (statement, sqlerrm);
end
$$;

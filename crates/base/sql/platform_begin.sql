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

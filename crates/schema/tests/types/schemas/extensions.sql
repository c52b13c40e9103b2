-- schemas: public
-- columns whose types come from extensions
create schema if not exists extensions;
create extension if not exists citext with schema extensions;
create extension if not exists hstore with schema extensions;
create extension if not exists ltree with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
create table public.stuff (
  id uuid primary key default extensions.uuid_generate_v4(), name extensions.citext not null, names extensions.citext[],
  attributes extensions.hstore, path extensions.ltree not null, paths extensions.ltree[]
);
create function public.by_path(p extensions.ltree, n extensions.citext) returns setof public.stuff language sql as 'select * from public.stuff';
create extension if not exists pg_trgm;

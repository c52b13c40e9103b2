-- Extensions, closed defaults, and the schema for what the API must not show.

-- from common/grants.sql
-- Closed by default: what this or a later migration creates can be used by nobody until a migration grants it.
-- Supabase's own defaults give the API roles everything, TRUNCATE included, which row level security does not stop.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;
-- Extensions stay usable by everybody: there is nothing of the product in them.
alter default privileges in schema extensions grant execute on functions to public;
-- end common/grants.sql

create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists "pgcrypto" with schema extensions;

-- from common/private.sql
-- A schema for what the API must not show: it is not among the exposed schemas, and a role reaches a function in it
-- only through a policy or another function. USAGE alone opens nothing; each object is granted by itself.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;
-- end common/private.sql

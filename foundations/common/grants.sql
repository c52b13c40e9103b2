-- Closed by default: what this or a later migration creates can be used by nobody until a migration grants it.
-- Supabase's own defaults give the API roles everything, TRUNCATE included, which row level security does not stop.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;
-- Extensions stay usable by everybody: there is nothing of the product in them.
alter default privileges in schema extensions grant execute on functions to public;

-- A schema for what the API must not show: it is not among the exposed schemas, and a role reaches a function in it
-- only through a policy or another function. USAGE alone opens nothing; each object is granted by itself.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;

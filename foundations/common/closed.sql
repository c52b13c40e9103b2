--! tables list: the tables
-- Nobody has anything on these tables until it is granted, and row level security is on, so that a grant without a
-- policy shows no row. service_role passes over policies (it has BYPASSRLS): no policy names it, since a policy that
-- is OR-ed to the others costs the planner its index.
{% for table in tables %}
revoke all on public.{{ table }} from anon, authenticated, service_role;
alter table public.{{ table }} enable row level security;
{% endfor %}

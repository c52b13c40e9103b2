-- Who may do what with the core tables: grants decide on verbs and columns, policies on rows.
--
--   anon           nothing
--   authenticated  reads their own rows, renames themselves, asks for jobs
--   service_role   reads and writes everything (it bypasses row level security, so no policy names it)
--
-- TRUNCATE ignores policies and REFERENCES and TRIGGER let a role attach things to a table: no API role has them.

-- from common/closed.sql
--   tables = users, subscriptions, jobs, assets, subscription_audit
-- Nobody has anything on these tables until it is granted, and row level security is on, so that a grant without a
-- policy shows no row. service_role passes over policies (it has BYPASSRLS): no policy names it, since a policy that
-- is OR-ed to the others costs the planner its index.
revoke all on public.users from anon, authenticated, service_role;
alter table public.users enable row level security;
revoke all on public.subscriptions from anon, authenticated, service_role;
alter table public.subscriptions enable row level security;
revoke all on public.jobs from anon, authenticated, service_role;
alter table public.jobs enable row level security;
revoke all on public.assets from anon, authenticated, service_role;
alter table public.assets enable row level security;
revoke all on public.subscription_audit from anon, authenticated, service_role;
alter table public.subscription_audit enable row level security;
-- end common/closed.sql

grant select, insert, update, delete on public.users, public.subscriptions, public.jobs, public.assets
    to service_role;
-- Append-only: no update, no delete.
grant select, insert on public.subscription_audit to service_role;

grant select on public.users, public.subscriptions, public.jobs, public.assets, public.subscription_audit
    to authenticated;
-- The "limited fields" of a profile. Everything else in it is identity, billing or time.
grant update (name, avatar_url) on public.users to authenticated;
-- A user asks for a job; its state, result and times belong to whoever runs it.
grant insert (user_id, job_type, parameters) on public.jobs to authenticated;

-- Each policy names its role, so that others are not even evaluated, and wraps auth.uid() in a select, so that it is
-- evaluated once per statement and not once per row.

create policy "Users can read own profile"
    on public.users for select
    to authenticated
    using ((select auth.uid()) = id);

create policy "Users can update own profile"
    on public.users for update
    to authenticated
    using ((select auth.uid()) = id)
    with check ((select auth.uid()) = id);

create policy "Users can read own subscription"
    on public.subscriptions for select
    to authenticated
    using ((select auth.uid()) = user_id);

create policy "Users can read own jobs"
    on public.jobs for select
    to authenticated
    using ((select auth.uid()) = user_id);

create policy "Users can create own jobs"
    on public.jobs for insert
    to authenticated
    with check ((select auth.uid()) = user_id);

create policy "Users can read own assets"
    on public.assets for select
    to authenticated
    using ((select auth.uid()) = user_id);

create policy "Users can read own audit logs"
    on public.subscription_audit for select
    to authenticated
    using ((select auth.uid()) = user_id);

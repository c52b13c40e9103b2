-- Who may do what with the core tables: grants decide on verbs and columns, policies on rows.
--
--   anon           nothing
--   authenticated  reads what is theirs, writes nothing
--   service_role   writes users and subscriptions, and counts by the functions of 0004
--
-- service_role passes over row level security: a policy for it would change nothing but the plans of everybody's
-- queries, so there is none. Each policy names its role and wraps auth.uid() in a select, so that it is evaluated once
-- per statement and not once per row.

-- from common/closed.sql
--   tables = users, subscriptions, usage_metrics, usage_counters
-- Nobody has anything on these tables until it is granted, and row level security is on, so that a grant without a
-- policy shows no row. service_role passes over policies (it has BYPASSRLS): no policy names it, since a policy that
-- is OR-ed to the others costs the planner its index.
revoke all on public.users from anon, authenticated, service_role;
alter table public.users enable row level security;
revoke all on public.subscriptions from anon, authenticated, service_role;
alter table public.subscriptions enable row level security;
revoke all on public.usage_metrics from anon, authenticated, service_role;
alter table public.usage_metrics enable row level security;
revoke all on public.usage_counters from anon, authenticated, service_role;
alter table public.usage_counters enable row level security;
-- end common/closed.sql

grant select, insert, update, delete on public.users, public.subscriptions, public.usage_metrics to service_role;
grant select on public.usage_counters to service_role;
grant select on public.users, public.subscriptions, public.usage_metrics, public.usage_counters to authenticated;

drop policy if exists "Users can read own profile" on public.users;
create policy "Users can read own profile"
    on public.users for select
    to authenticated
    using ((select auth.uid()) = id);

-- There is no column yet that a user may change: all of them are identity or time. A project that adds one grants it
-- (`grant update (display_name) on public.users to authenticated`) and has its rows guarded already.
drop policy if exists "Users can update own profile" on public.users;
create policy "Users can update own profile"
    on public.users for update
    to authenticated
    using ((select auth.uid()) = id)
    with check ((select auth.uid()) = id);

drop policy if exists "Users can read own subscription" on public.subscriptions;
create policy "Users can read own subscription"
    on public.subscriptions for select
    to authenticated
    using ((select auth.uid()) = user_id);

drop policy if exists "Users can read metrics" on public.usage_metrics;
create policy "Users can read metrics"
    on public.usage_metrics for select
    to authenticated
    using (true);

drop policy if exists "Users can read own usage" on public.usage_counters;
create policy "Users can read own usage"
    on public.usage_counters for select
    to authenticated
    using ((select auth.uid()) = user_id);

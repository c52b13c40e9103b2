-- Core tables of a metered product and the triggers that keep them true to auth.users.
--
--   users           an account, one row per auth.users row
--   subscriptions   what it is served, exactly one per user; free when nothing was bought
--   usage_counters  what it used, one row per metric and window
--
-- Who may do what is in 0002, files in 0003, counting and limits in 0004, Lemon Squeezy in 0005, what happens by itself
-- in 0006. A migration runs once, in one transaction: the history says which did. So tables are not made IF NOT EXISTS,
-- which would accept any table of that name.

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

-- from common/private.sql
-- A schema for what the API must not show: it is not among the exposed schemas, and a role reaches a function in it
-- only through a policy or another function. USAGE alone opens nothing; each object is granted by itself.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;
-- end common/private.sql

-- ---------------------------------------------------------------------------------------------------------------
-- users
-- ---------------------------------------------------------------------------------------------------------------

create table public.users (
    id uuid primary key references auth.users (id) on delete cascade,
    -- A copy of auth.users.email, kept by the triggers below; empty for an account that has only a phone or is
    -- anonymous. Not unique: auth.users is where that is decided.
    email text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index idx_users_email on public.users (email);

-- ---------------------------------------------------------------------------------------------------------------
-- subscriptions
-- ---------------------------------------------------------------------------------------------------------------

create table public.subscriptions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.users (id) on delete cascade,
    -- Every state that a Lemon Squeezy subscription can have, so that a webhook never fails on this check.
    status text not null
        check (status in ('trial', 'active', 'paused', 'past_due', 'unpaid', 'cancelled', 'expired')),
    plan text not null check (plan in ('free', 'basic', 'pro')),
    -- The provider's id of the subscription.
    lemon_squeezy_id text check (length(lemon_squeezy_id) between 1 and 255),
    current_period_start timestamptz,
    current_period_end timestamptz,
    trial_ends_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    -- One per user. Named as an index because it is one: a second one would be redundant.
    constraint idx_subscriptions_user_id unique (user_id),
    -- Nobody shares one, and webhooks find theirs by it.
    constraint subscriptions_lemon_squeezy_id_key unique (lemon_squeezy_id),
    constraint subscriptions_paid_has_provider
        check (plan = 'free' or (lemon_squeezy_id is not null and current_period_end is not null)),
    constraint subscriptions_trial_has_end check (status <> 'trial' or trial_ends_at is not null),
    constraint subscriptions_period_check check (current_period_end > current_period_start)
);

create index idx_subscriptions_status on public.subscriptions (status);
create index idx_subscriptions_plan on public.subscriptions (plan);

-- Nobody is without a subscription, so whoever asks for limits always finds a plan.
create function private.begin_free_plan()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.subscriptions (user_id, status, plan) values (new.id, 'active', 'free')
    on conflict (user_id) do nothing;
    return null;
end;
$$;

create trigger users_begin_free_plan
    after insert on public.users
    for each row execute function private.begin_free_plan();

revoke all on function private.begin_free_plan() from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------------------------------------------------------
-- usage_counters
-- ---------------------------------------------------------------------------------------------------------------

-- For equality of uuid and text in the exclusion constraint below.
create extension if not exists btree_gist with schema extensions;

-- What can be counted, and over what time. A project adds its own metrics here.
create table public.usage_metrics (
    metric text primary key check (metric ~ '^[a-z][a-z0-9_]{0,62}$'),
    -- day: from midnight UTC; month: from the day of the month on which the subscription's period began;
    -- forever: a level that goes up and down, like stored megabytes
    usage_window text not null check (usage_window in ('day', 'month', 'forever')),
    description text not null default ''
);

create table public.usage_counters (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.users (id) on delete cascade,
    metric text not null references public.usage_metrics (metric),
    -- Written by the functions of 0004 only, so that it is always the sum of its ledger.
    count bigint not null default 0 check (count >= 0),
    window_start timestamptz not null,
    window_end timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    -- Named as an index because it is one, and serves look-ups by user and metric as well.
    constraint idx_usage_counters_user_metric unique (user_id, metric, window_start),
    constraint usage_counters_window_check check (window_end > window_start),
    -- The windows of one metric do not overlap: a moment belongs to one of them.
    constraint usage_counters_windows_apart
        exclude using gist (user_id with =, metric with =, tstzrange(window_start, window_end) with &&)
)
-- room for a new version of a row in its own page: counting touches no index
with (fillfactor = 80);

create index idx_usage_counters_window on public.usage_counters (window_start, window_end);
create index idx_usage_counters_metric on public.usage_counters (metric);
create index idx_usage_counters_user_window on public.usage_counters (user_id, window_start, window_end);

-- ---------------------------------------------------------------------------------------------------------------
-- Triggers
-- ---------------------------------------------------------------------------------------------------------------

-- from common/touch.sql
--   function = update_updated_at_column
--   tables = users, subscriptions, usage_counters
--   prefix = update_
-- updated_at is the time of the last change, whatever the statement says.
create function public.update_updated_at_column()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.updated_at = now();
    return new;
end;
$$;

create trigger update_users_updated_at
    before update on public.users
    for each row execute function public.update_updated_at_column();

create trigger update_subscriptions_updated_at
    before update on public.subscriptions
    for each row execute function public.update_updated_at_column();

create trigger update_usage_counters_updated_at
    before update on public.usage_counters
    for each row execute function public.update_updated_at_column();

-- A trigger function runs without this privilege; with it, it would be callable through the API.
revoke all on function public.update_updated_at_column() from public, anon, authenticated, service_role;
-- end common/touch.sql

-- from common/account.sql
--   table = users
--   columns = id, email
--   values = new.id, coalesce(new.email, '')
--   email = coalesce(new.email, '')
-- The mirror of auth.users: a row for each account from the moment it exists, with the address it has now. It goes
-- with the account by its foreign key. E-mail is neither required nor unique in it: an account may have only a
-- phone or be anonymous, and an SSO account may share an address with a password account; Auth decides about that.

-- Runs inside the sign-up, so it must not fail: an error here refuses the account. Auth connects with another search
-- path, so every name is qualified.
create function public.handle_new_user()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.users (id, email)
    values (new.id, coalesce(new.email, ''))
    on conflict (id) do nothing;
    return new;
end;
$$;

create trigger on_auth_user_created
    after insert on auth.users
    for each row execute function public.handle_new_user();

create function public.handle_user_email_change()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.users set email = coalesce(new.email, '') where id = new.id;
    return new;
end;
$$;

create trigger on_auth_user_email_changed
    after update on auth.users
    for each row
    when (old.email is distinct from new.email)
    execute function public.handle_user_email_change();

revoke all on function public.handle_new_user(), public.handle_user_email_change()
    from public, anon, authenticated, service_role;

-- Accounts from before this migration.
insert into public.users (id, email)
select new.id, coalesce(new.email, '') from auth.users as new
on conflict (id) do nothing;
-- end common/account.sql

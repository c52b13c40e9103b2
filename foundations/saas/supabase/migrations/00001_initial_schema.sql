-- Core tables of a SaaS product and the triggers that keep them true to auth.users.
--
--   users               profile of an account, one row per auth.users row
--   subscriptions       Stripe subscription of a user, at most one
--   jobs                asynchronous work a user asked for
--   assets              files a job produced
--   subscription_audit  billing trail, outlives the account
--
-- Who may do what is in 00002, the monthly quota in 00003, the states of a job in 00004, billing in 00005.

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

-- from common/refuse_row.sql
--   writers = authenticated, service_role
-- For tables that are written to all the time. PostgreSQL reads and plans every CHECK anew in each statement that writes
-- to the table, which takes longer than the writing; of a function it keeps the plan. So their rules stand in one
-- function that one CHECK calls:
--
--     return case
--         when not (count >= 0) then private.refuse_row('counters', 'counters_count_check')
--         else true
--     end;
--
-- A rule about nothing is kept, as in a CHECK: what is not null is not false. Lists of words stay CHECKs of their own,
-- because the types of clients are made from them; as constants, `word = any ('{a,b}'::text[])`, they are read faster
-- than `word in ('a', 'b')`. Whoever writes to the table must be able to execute both functions.

-- Refuses in the words, and with the code, of the CHECK that the rule would be. Not immutable: it would be called while
-- the rules are planned.
create function private.refuse_row(relation text, rule text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    raise exception 'new row for relation "%" violates check constraint "%"', relation, rule
        using errcode = 'check_violation', schema = 'public', table = relation, constraint = rule;
end;
$$;

revoke all on function private.refuse_row(text, text) from public, anon, authenticated, service_role;
grant execute on function private.refuse_row(text, text) to authenticated, service_role;
-- end common/refuse_row.sql

-- ---------------------------------------------------------------------------------------------------------------
-- users
-- ---------------------------------------------------------------------------------------------------------------

create table public.users (
    id uuid primary key references auth.users (id) on delete cascade,
    -- A copy of auth.users.email, kept by the triggers below; neither required nor unique.
    email text,
    name text,
    avatar_url text,
    -- Tier and status follow public.subscriptions where the user has one (00005).
    subscription_tier text not null default 'free'
        check (subscription_tier = any ('{free,pro,studio,enterprise}'::text[])),
    subscription_status text
        check (subscription_status = any ('{active,past_due,canceled,incomplete,incomplete_expired,trialing,unpaid,paused}'::text[])),
    -- Jobs created in the usage period that began at usage_reset_at (00003).
    monthly_usage integer not null default 0 check (monthly_usage >= 0),
    usage_reset_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
)
-- room for a new version of a row in its own page: counting touches no index
with (fillfactor = 80);

create index idx_users_subscription on public.users (subscription_tier, subscription_status);
create index idx_users_email on public.users (email);

-- ---------------------------------------------------------------------------------------------------------------
-- subscriptions
-- ---------------------------------------------------------------------------------------------------------------

-- No row means the free tier: Stripe has no subscription that costs nothing.
create table public.subscriptions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.users (id) on delete cascade,
    stripe_subscription_id text not null check (length(stripe_subscription_id) between 1 and 255),
    stripe_customer_id text not null check (length(stripe_customer_id) between 1 and 255),
    tier text not null check (tier in ('free', 'pro', 'studio', 'enterprise')),
    -- Every state a Stripe subscription can have, so that a webhook never fails on this check.
    status text not null
        check (status in ('active', 'past_due', 'canceled', 'incomplete', 'incomplete_expired',
                          'trialing', 'unpaid', 'paused')),
    current_period_start timestamptz not null,
    current_period_end timestamptz not null,
    cancel_at_period_end boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint unique_user_subscription unique (user_id),
    -- Named as an index because it is one: it serves the look-up by Stripe's id, and a second one would be redundant.
    constraint idx_subscriptions_stripe unique (stripe_subscription_id),
    constraint subscriptions_period_check check (current_period_end >= current_period_start)
);

create index idx_subscriptions_customer on public.subscriptions (stripe_customer_id);

-- ---------------------------------------------------------------------------------------------------------------
-- jobs
-- ---------------------------------------------------------------------------------------------------------------

create function private.jobs_holds(job_type text, status text, progress integer, completed_at timestamptz)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        -- one word of the product, and indexed
        when not (length(job_type) between 1 and 200) then private.refuse_row('jobs', 'jobs_job_type_check')
        when not (progress >= 0 and progress <= 100) then private.refuse_row('jobs', 'jobs_progress_check')
        -- status, progress and completed_at cannot contradict one another
        when not (status <> 'queued' or progress = 0) then private.refuse_row('jobs', 'jobs_queued_has_no_progress')
        when not (status <> 'completed' or progress = 100) then private.refuse_row('jobs', 'jobs_completed_is_whole')
        when not ((status in ('completed', 'failed', 'partial', 'cancelled')) = (completed_at is not null))
            then private.refuse_row('jobs', 'jobs_finished_has_completed_at')
        else true
    end;
end;
$$;
-- It runs as whoever writes the row.
grant execute on function private.jobs_holds(text, text, integer, timestamptz) to authenticated, service_role;

create table public.jobs (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.users (id) on delete cascade,
    job_type text not null,
    status text not null default 'queued'
        check (status = any ('{queued,processing,completed,failed,partial,cancelled}'::text[])),
    progress integer not null default 0,
    error_message text,
    parameters jsonb,
    result jsonb,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    completed_at timestamptz,

    constraint jobs_holds check (private.jobs_holds(job_type, status, progress, completed_at)),
    -- What assets refers to, so that an asset cannot hang on another user's job.
    constraint jobs_id_user_id_key unique (id, user_id)
);

create index idx_jobs_user_status on public.jobs (user_id, status);
create index idx_jobs_created on public.jobs (created_at desc);
create index idx_jobs_type_status on public.jobs (job_type, status);

-- ---------------------------------------------------------------------------------------------------------------
-- assets
-- ---------------------------------------------------------------------------------------------------------------

create table public.assets (
    id uuid primary key default gen_random_uuid(),
    job_id uuid not null,
    user_id uuid not null references public.users (id) on delete cascade,
    asset_type text not null,
    url text not null,
    -- a name in storage: no empty part, no `.` or `..`, no backslash, no control character
    storage_path text not null check (storage_path !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(storage_path) between 1 and 1024),
    file_size bigint not null check (file_size >= 0),
    metadata jsonb,
    created_at timestamptz not null default now(),

    -- One key for both columns: the job of an asset belongs to the user of the asset.
    constraint assets_job_id_user_id_fkey
        foreign key (job_id, user_id) references public.jobs (id, user_id) on delete cascade
);

-- Carries user_id along so that the foreign key to jobs finds all it asks for in the index.
create index idx_assets_job on public.assets (job_id) include (user_id);
create index idx_assets_user on public.assets (user_id);

-- ---------------------------------------------------------------------------------------------------------------
-- subscription_audit
-- ---------------------------------------------------------------------------------------------------------------

-- Append-only (00005). Deleting an account clears user_id and keeps the row, so write nothing personal into details.
create table public.subscription_audit (
    id uuid primary key default gen_random_uuid(),
    subscription_id uuid references public.subscriptions (id) on delete set null,
    user_id uuid references public.users (id) on delete set null,
    action text not null,
    stripe_event_id text,
    details jsonb,
    created_at timestamptz not null default now()
);

create index idx_subscription_audit_user on public.subscription_audit (user_id);
create index idx_subscription_audit_subscription on public.subscription_audit (subscription_id);
-- Unique: a webhook delivered twice leaves one line.
create unique index idx_subscription_audit_stripe on public.subscription_audit (stripe_event_id);

-- from common/touch.sql
--   function = update_updated_at
--   tables = users, subscriptions, jobs
-- updated_at is the time of the last change, whatever the statement says.
create function public.update_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.updated_at = now();
    return new;
end;
$$;

create trigger users_updated_at
    before update on public.users
    for each row execute function public.update_updated_at();

create trigger subscriptions_updated_at
    before update on public.subscriptions
    for each row execute function public.update_updated_at();

create trigger jobs_updated_at
    before update on public.jobs
    for each row execute function public.update_updated_at();

-- A trigger function runs without this privilege; with it, it would be callable through the API.
revoke all on function public.update_updated_at() from public, anon, authenticated, service_role;
-- end common/touch.sql

-- from common/account.sql
--   table = users
--   columns = id, email, name, avatar_url
--   values = new.id, new.email, coalesce(new.raw_user_meta_data ->> 'name', new.raw_user_meta_data ->> 'full_name'), new.raw_user_meta_data ->> 'avatar_url'
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
    insert into public.users (id, email, name, avatar_url)
    values (new.id, new.email, coalesce(new.raw_user_meta_data ->> 'name', new.raw_user_meta_data ->> 'full_name'), new.raw_user_meta_data ->> 'avatar_url')
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
    update public.users set email = new.email where id = new.id;
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
insert into public.users (id, email, name, avatar_url)
select new.id, new.email, coalesce(new.raw_user_meta_data ->> 'name', new.raw_user_meta_data ->> 'full_name'), new.raw_user_meta_data ->> 'avatar_url' from auth.users as new
on conflict (id) do nothing;
-- end common/account.sql

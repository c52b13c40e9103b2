-- Plans, the monthly count of generated assets, and how long assets are kept.
--
-- public.subscriptions is the one source: limits follow its tier and status, users mirrors tier, status and usage.
-- A month begins at usage_reset_at and the first asset of a new month opens it, so nothing has to run at midnight for
-- the count to be right.

-- ---------------------------------------------------------------------------------------------------------------
-- Plans
-- ---------------------------------------------------------------------------------------------------------------

create table private.plans (
    tier text primary key check (tier in ('free', 'pro', 'studio')),
    -- Assets a month and connected platforms; -1 is unlimited.
    assets_limit integer not null check (assets_limit >= -1),
    platforms_limit integer not null check (platforms_limit >= -1),
    -- How long an asset is kept; null: for as long as the plan lasts.
    asset_retention interval check (asset_retention > '0')
);

insert into private.plans (tier, assets_limit, platforms_limit, asset_retention) values
    ('free', 5, 1, '30 days'),
    ('pro', 100, 3, null),
    ('studio', -1, -1, null);

alter table private.plans enable row level security;
grant select, insert, update, delete on private.plans to service_role;

-- The tier a user is served at: a paid tier lasts while its subscription does. Stripe keeps retrying a payment that is
-- past due, so that does not take the tier away yet.
create function private.entitled_tier(tier text, status text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case when status in ('active', 'trialing', 'past_due') then tier else 'free' end;
end;
$$;

create function private.derive_limits()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    select p.assets_limit, p.platforms_limit into new.assets_limit, new.platforms_limit
    from private.plans as p where p.tier = private.entitled_tier(new.tier, new.status);
    if not found then
        raise exception 'there is no plan %', quote_nullable(left(new.tier, 100)) using errcode = 'check_violation';
    end if;
    return new;
end;
$$;

create trigger subscriptions_derive_limits
    before insert or update of tier, status on public.subscriptions
    for each row execute function private.derive_limits();

-- Signing up makes a free subscription (001). Whoever inserts the paid one need not know that: the free row makes way
-- and hands its usage on. A row that Stripe knows stays, and a second one is the unique violation it should be.
create function private.replace_free_subscription()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    free public.subscriptions;
begin
    delete from public.subscriptions
    where user_id = new.user_id and stripe_subscription_id is null
    returning * into free;
    if found then
        new.assets_used = greatest(new.assets_used, free.assets_used);
        new.usage_reset_at = free.usage_reset_at;
    end if;
    return new;
end;
$$;

create trigger subscriptions_replace_free
    before insert on public.subscriptions
    for each row execute function private.replace_free_subscription();

-- ---------------------------------------------------------------------------------------------------------------
-- users mirrors subscriptions
-- ---------------------------------------------------------------------------------------------------------------

-- What users says about a subscription; a user without one, and the free row of the sign-up, is 'none'.
create function private.subscription_mirror(s public.subscriptions, out tier text, out status text, out used integer)
language plpgsql
immutable
set search_path = ''
as $$
begin
    tier := coalesce(s.tier, 'free');
    status := case when s.id is null or s.tier = 'free' and s.stripe_subscription_id is null then 'none' else s.status end;
    used := coalesce(s.assets_used, 0);
end;
$$;

create function private.mirror_subscription()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    owner constant uuid := coalesce(new.user_id, old.user_id);
    current_subscription public.subscriptions := new;
    mirror record;
begin
    if tg_op = 'DELETE' then
        -- the paid row may be there already
        select * into current_subscription from public.subscriptions where user_id = owner;
    end if;
    mirror := private.subscription_mirror(current_subscription);
    update public.users as u
    set subscription_tier = mirror.tier, subscription_status = mirror.status, assets_generated_this_month = mirror.used
    where u.id = owner
        and (u.subscription_tier, u.subscription_status, u.assets_generated_this_month)
            is distinct from (mirror.tier, mirror.status, mirror.used);
    if tg_op = 'UPDATE' and new.user_id <> old.user_id then
        raise exception 'a subscription cannot change its user' using errcode = 'PT409';
    end if;
    return null;
end;
$$;

create trigger subscriptions_mirror
    after insert or update or delete on public.subscriptions
    for each row execute function private.mirror_subscription();

-- The other direction of drift: nothing else may write the mirrored columns.
create function private.keep_mirror_true()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    current_subscription public.subscriptions;
    mirror record;
begin
    select * into current_subscription from public.subscriptions where user_id = new.id;
    mirror := private.subscription_mirror(current_subscription);
    if (mirror.tier, mirror.status, mirror.used)
        is distinct from (new.subscription_tier, new.subscription_status, new.assets_generated_this_month) then
        raise exception 'tier, status and usage of user % follow the subscription', new.id
            using errcode = 'PT409', hint = 'Change public.subscriptions instead.';
    end if;
    return new;
end;
$$;

create trigger users_follow_subscription
    before update of subscription_tier, subscription_status, assets_generated_this_month on public.users
    for each row
    when ((old.subscription_tier, old.subscription_status, old.assets_generated_this_month)
        is distinct from (new.subscription_tier, new.subscription_status, new.assets_generated_this_month))
    execute function private.keep_mirror_true();

-- ---------------------------------------------------------------------------------------------------------------
-- Usage
-- ---------------------------------------------------------------------------------------------------------------

-- from common/usage_period.sql
--   schema = private
-- Start of the period that contains `moment`, counted in whole months from `anchor`. Reckoned in UTC: the session's
-- time zone is the caller's choice (Prefer: timezone) and must not open a period early.
create function private.usage_period_start(anchor timestamptz, moment timestamptz)
returns timestamptz
language plpgsql
immutable
set search_path = ''
as $$
declare
    elapsed interval;
begin
    -- no month is shorter: most calls need not reckon
    if moment < anchor + interval '672 hours' or not isfinite(anchor) or not isfinite(moment) then
        return anchor;
    end if;
    elapsed := age(moment at time zone 'UTC', anchor at time zone 'UTC');
    return (anchor at time zone 'UTC'
        + make_interval(months => (extract(year from elapsed) * 12 + extract(month from elapsed))::integer)) at time zone 'UTC';
end;
$$;

revoke all on function private.usage_period_start(timestamptz, timestamptz)
    from public, anon, authenticated, service_role;
grant execute on function private.usage_period_start(timestamptz, timestamptz) to authenticated, service_role;
-- end common/usage_period.sql

-- Assets of the month that is running now, even when assets_used still shows the one before.
create function private.current_usage(s public.subscriptions)
returns integer
language plpgsql
stable
set search_path = ''
as $$
begin
    return case when private.usage_period_start(s.usage_reset_at, now()) > s.usage_reset_at then 0 else s.assets_used end;
end;
$$;

-- Refuses in the words every caller gets: PT402 is HTTP 402 Payment Required to REST clients.
create function private.refuse_over_limit(s public.subscriptions, asked_for bigint)
returns void
language plpgsql
set search_path = ''
as $$
begin
    raise exception 'monthly asset limit reached'
        using errcode = 'PT402',
            detail = format('Tier %s allows %s assets a month: %s used, %s asked for.',
                private.entitled_tier(s.tier, s.status), s.assets_limit, private.current_usage(s), asked_for),
            hint = format('Upgrade the plan, or wait for the next month: %s.',
                to_char(private.usage_period_start(s.usage_reset_at, now()) at time zone 'UTC' + interval '1 month',
                    'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
end;
$$;

-- Counts one generated asset, or refuses it. Comparing and adding are one UPDATE: concurrent calls for one user queue
-- up on the row, and each compares with what the one before left. The user comes before the subscription, here as
-- everywhere: the mirror writes to it, and a deletion begins with it.
create function public.increment_user_usage(p_user_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
    subscription public.subscriptions;
begin
    perform from public.users where id = p_user_id for no key update;
    update public.subscriptions as s
    set assets_used = private.current_usage(s) + 1,
        usage_reset_at = private.usage_period_start(s.usage_reset_at, now())
    where s.user_id = p_user_id
        and (s.assets_limit = -1 or private.current_usage(s) < s.assets_limit);
    if found then
        return;
    end if;
    select * into subscription from public.subscriptions where user_id = p_user_id;
    if not found then
        raise exception 'user % has no subscription', quote_nullable(p_user_id)
            using errcode = 'PT404', hint = 'Pass the id of a row of public.users.';
    end if;
    perform private.refuse_over_limit(subscription, 1);
end;
$$;

-- Begins a new month for one user now. Saying it twice changes nothing more.
create function public.reset_monthly_usage(p_user_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform from public.users where id = p_user_id for no key update;
    update public.subscriptions set assets_used = 0, usage_reset_at = now() where user_id = p_user_id;
    if not found then
        raise exception 'user % has no subscription', quote_nullable(p_user_id)
            using errcode = 'PT404', hint = 'Pass the id of a row of public.users.';
    end if;
end;
$$;

-- Brings assets_used of everybody whose month is over to 0, for reports and dashboards: the limit does not need it.
-- Safe to run at any time, twice or late. Returns how many users began a new month.
create function private.reset_due_usage()
returns bigint
language plpgsql
set search_path = ''
as $$
declare
    due uuid;
    done bigint := 0;
begin
    for due in
        select user_id from public.subscriptions
        where usage_reset_at <= now() - interval '28 days'
            and private.usage_period_start(usage_reset_at, now()) > usage_reset_at
        order by user_id
    loop
        perform from public.users where id = due for no key update;
        update public.subscriptions
        set assets_used = 0, usage_reset_at = private.usage_period_start(usage_reset_at, now())
        where user_id = due and private.usage_period_start(usage_reset_at, now()) > usage_reset_at;
        done := done + found::integer;
    end loop;
    return done;
end;
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- How long assets are kept
-- ---------------------------------------------------------------------------------------------------------------

create function private.asset_retention(owner uuid)
returns interval
language sql
stable
set search_path = ''
as $$
    select p.asset_retention
    from private.plans as p
    where p.tier = coalesce(
        (select private.entitled_tier(s.tier, s.status) from public.subscriptions as s where s.user_id = owner), 'free')
$$;

create function private.set_asset_expiry()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    retention constant interval := private.asset_retention(new.user_id);
begin
    new.expires_at = case when retention is not null then coalesce(new.expires_at, now() + retention) end;
    return new;
end;
$$;

create trigger assets_set_expiry
    before insert on public.assets
    for each row execute function private.set_asset_expiry();

-- A paid plan keeps what is there; the day it ends starts the clock of what has none.
create function private.follow_plan_with_assets()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    retention constant interval := private.asset_retention(new.user_id);
begin
    if retention is null then
        update public.assets set expires_at = null where user_id = new.user_id and expires_at is not null;
    else
        update public.assets set expires_at = now() + retention where user_id = new.user_id and expires_at is null;
    end if;
    return null;
end;
$$;

create trigger subscriptions_keep_assets
    after insert or update of tier, status on public.subscriptions
    for each row execute function private.follow_plan_with_assets();

-- Files to remove from storage: what the database no longer refers to. The backend that owns the bucket takes them
-- with public.take_storage_purges, removes them, and is done; what it could not remove it puts back.
create table private.storage_purges (
    storage_key text primary key,
    queued_at timestamptz not null default now()
);
alter table private.storage_purges enable row level security;

create function private.queue_storage_purge()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into private.storage_purges (storage_key)
    select distinct storage_key from deleted_assets as gone
    where storage_key is not null
        and not exists (select from public.assets as kept where kept.storage_key = gone.storage_key)
    on conflict do nothing;
    return null;
end;
$$;

create trigger assets_queue_storage_purge
    after delete on public.assets
    referencing old table as deleted_assets
    for each statement execute function private.queue_storage_purge();

create index idx_assets_storage_key on public.assets (storage_key);

-- Up to `most` files to remove, each handed to one caller only.
create function public.take_storage_purges(most integer default 100)
returns setof text
language sql
security definer
set search_path = ''
as $$
    with next as materialized (
        select storage_key from private.storage_purges
        order by queued_at limit greatest(least(most, 1000), 0) for update skip locked
    )
    delete from private.storage_purges where storage_key in (select storage_key from next) returning storage_key
$$;

-- Deletes the assets whose time is over. Safe to run at any time, twice or late. Returns how many.
create function private.delete_expired_assets()
returns bigint
language sql
set search_path = ''
as $$
    with gone as (delete from public.assets where expires_at <= now() returning 1)
    select count(*) from gone
$$;

revoke all on all functions in schema private from public, anon, authenticated, service_role;
-- What checks call runs as whoever writes the row.
grant execute on function private.are_hex_colors(text[]), private.users_holds(text, text, text, integer, text),
        private.refuse_row(text, text)
    to authenticated, service_role;
grant execute on function private.subscriptions_holds(text, timestamptz, timestamptz, integer, integer, integer)
    to service_role;
revoke all on function
    public.increment_user_usage(uuid),
    public.reset_monthly_usage(uuid),
    public.take_storage_purges(integer)
    from public, anon, authenticated, service_role;
grant execute on function
    public.increment_user_usage(uuid),
    public.reset_monthly_usage(uuid),
    public.take_storage_purges(integer)
    to service_role;

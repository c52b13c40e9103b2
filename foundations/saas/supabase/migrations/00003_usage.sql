-- The monthly job quota.
--
-- A job counts against the user it belongs to, whoever creates it: a backend that creates jobs with the service key
-- is bound by the plan of the user it works for. Only created jobs count; a failed or cancelled one is not given back.
-- A period is one month from usage_reset_at and the first job of a new period opens it, so nothing has to run at
-- midnight for the quota to be right.

create table public.tier_limits (
    tier text primary key check (tier in ('free', 'pro', 'studio', 'enterprise')),
    -- Jobs per period; null is unlimited. A tier without a row may create none.
    monthly_jobs integer check (monthly_jobs >= 0)
);

insert into public.tier_limits (tier, monthly_jobs) values
    ('free', 10),
    ('pro', 100),
    ('studio', 500),
    ('enterprise', null);

revoke all on public.tier_limits from anon, authenticated, service_role;
grant select on public.tier_limits to authenticated;
grant select, insert, update, delete on public.tier_limits to service_role;
alter table public.tier_limits enable row level security;

create policy "Users can read tier limits"
    on public.tier_limits for select
    to authenticated
    using (true);

-- The tier a user is served at: a paid tier lasts while its subscription does. A tier without a status was given by
-- hand and holds. Stripe keeps retrying a payment that is past due, so that does not take the tier away yet.
create function public.entitled_tier(subscription_tier text, subscription_status text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when subscription_status is null or subscription_status in ('active', 'trialing', 'past_due')
            then subscription_tier
        else 'free'
    end;
end;
$$;

-- from common/usage_period.sql
-- Start of the period that contains `moment`, counted in whole months from `anchor`. Reckoned in UTC: the session's
-- time zone is the caller's choice (Prefer: timezone) and must not open a period early.
create function public.usage_period_start(anchor timestamptz, moment timestamptz)
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

revoke all on function public.usage_period_start(timestamptz, timestamptz)
    from public, anon, authenticated, service_role;
grant execute on function public.usage_period_start(timestamptz, timestamptz) to authenticated, service_role;
-- end common/usage_period.sql

-- Usage of the period that is running now, even when monthly_usage still shows the one before.
-- Through the API it is a computed column: select=monthly_usage,current_usage.
create function public.current_usage(public.users)
returns integer
language plpgsql
stable
set search_path = ''
as $$
begin
    return case
        when public.usage_period_start($1.usage_reset_at, now()) > $1.usage_reset_at then 0
        else $1.monthly_usage
    end;
end;
$$;

-- Counts the jobs a statement created, or refuses the statement.
--
-- Runs after the insert, once per statement: a row that its policy or foreign key refuses, or that ON CONFLICT skips,
-- is never counted and says nothing about another user's quota. Comparing and adding are one UPDATE: concurrent
-- statements of one user queue up on the row, and each compares with what the one before left.
create function public.consume_job_quota()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    batch record;
    owner public.users;
begin
    -- In a fixed order, so that two statements creating jobs for several users cannot deadlock.
    for batch in
        select user_id, count(*)::integer as jobs from created_jobs group by user_id order by user_id
    loop
        update public.users as u
        set monthly_usage = public.current_usage(u) + batch.jobs,
            usage_reset_at = public.usage_period_start(u.usage_reset_at, now())
        where u.id = batch.user_id
            -- null, and so nothing is found, for a tier without a row
            and public.current_usage(u) + batch.jobs <= (
                select coalesce(l.monthly_jobs, 2147483647) from public.tier_limits as l
                where l.tier = public.entitled_tier(u.subscription_tier, u.subscription_status)
            );
        if not found then
            select * into owner from public.users where id = batch.user_id;
            -- PT402 is HTTP 402 Payment Required to REST clients.
            raise exception 'monthly job quota exceeded'
                using errcode = 'PT402',
                    detail = format(
                        'Tier %s allows %s jobs a month: %s used, %s asked for.',
                        public.entitled_tier(owner.subscription_tier, owner.subscription_status),
                        coalesce((
                            select monthly_jobs from public.tier_limits
                            where tier = public.entitled_tier(owner.subscription_tier, owner.subscription_status)
                        ), 0),
                        public.current_usage(owner),
                        batch.jobs
                    ),
                    hint = format(
                        'Upgrade the plan, or wait for the next period: %s.',
                        to_char(
                            public.usage_period_start(owner.usage_reset_at, now()) at time zone 'UTC'
                                + interval '1 month',
                            'YYYY-MM-DD"T"HH24:MI:SS"Z"'
                        )
                    );
        end if;
    end loop;
    return null;
end;
$$;

create trigger jobs_consume_quota
    after insert on public.jobs
    referencing new table as created_jobs
    for each statement execute function public.consume_job_quota();

-- Whoever creates jobs waits for others who count for the same user, before the foreign key's look at the user. That
-- looks while others count, each of which then leaves a version of the row that has two transactions to its name
-- (a multixact), and such versions are found by every look-up until a vacuum: a call for a busy user took 14 times as
-- long as a bare update. Only a transaction that holds no row yet may wait here: one that creates jobs for several
-- users could deadlock.
create function public.wait_for_job_owner()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if pg_current_xact_id_if_assigned() is null then
        perform from public.users where id = new.user_id for no key update;
    end if;
    return new;
end;
$$;

create trigger jobs_wait_for_owner
    before insert on public.jobs
    for each row execute function public.wait_for_job_owner();

-- Brings monthly_usage of everybody whose period is over to 0, for reports and dashboards: the quota does not need it.
-- Safe to run at any time, twice or late. Returns how many users began a new period.
create function public.reset_monthly_usage()
returns bigint
language sql
security invoker
set search_path = ''
as $$
    with due as materialized (
        -- In the order of those who create jobs for several users, and without whoever is creating one: that begins the
        -- period as well.
        select id from public.users
        where usage_reset_at <= now() - interval '672 hours'
            and public.usage_period_start(usage_reset_at, now()) > usage_reset_at
        order by id
        for no key update skip locked
    ), begun as (
        update public.users as u
        set monthly_usage = 0, usage_reset_at = public.usage_period_start(u.usage_reset_at, now())
        from due where u.id = due.id
        returning 1
    )
    select count(*) from begun
$$;

revoke all on function
    public.entitled_tier(text, text),
    public.current_usage(public.users),
    public.consume_job_quota(),
    public.wait_for_job_owner(),
    public.reset_monthly_usage()
    from public, anon, authenticated, service_role;
grant execute on function public.current_usage(public.users) to authenticated, service_role;
grant execute on function public.entitled_tier(text, text), public.reset_monthly_usage() to service_role;

-- from common/cron.sql
--   jobs = reset-monthly-usage: 12 * * * *: select public.reset_monthly_usage()
-- What has to happen by itself, by pg_cron where it can be had (hosted Supabase and Ferrobase have it). Scheduling a
-- name again replaces it. Each command may run twice, late, or by hand: where there is no pg_cron, call them from
-- anything that has a clock.
do $schedule$
begin
    if exists (select from pg_available_extensions where name = 'pg_cron') then
        create extension if not exists pg_cron;
    end if;
    if to_regprocedure('cron.schedule(text, text, text)') is null then
        raise notice 'there is no pg_cron here: the lifecycle jobs have to be called by something else';
        return;
    end if;
    perform cron.schedule('reset-monthly-usage', '12 * * * *', $command$select public.reset_monthly_usage()$command$);
end;
$schedule$;
-- end common/cron.sql

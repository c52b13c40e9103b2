-- Counting, and what a plan allows.

insert into public.usage_metrics (metric, usage_window, description) values
    ('api_calls', 'day', 'Calls of the API'),
    ('agent_runs', 'month', 'Runs of an agent'),
    ('storage_mb', 'forever', 'Stored megabytes');

create table public.plan_limits (
    metric text not null references public.usage_metrics (metric) on delete cascade,
    plan text not null check (plan in ('free', 'basic', 'pro')),
    -- Null is unlimited. A plan without a row for a metric has nothing of it.
    max_count bigint check (max_count >= 0),
    primary key (metric, plan)
);

insert into public.plan_limits (metric, plan, max_count) values
    ('api_calls', 'free', 100),
    ('api_calls', 'basic', 10000),
    ('api_calls', 'pro', null),
    ('agent_runs', 'free', 10),
    ('agent_runs', 'basic', 200),
    ('agent_runs', 'pro', 2000),
    ('storage_mb', 'free', 100),
    ('storage_mb', 'basic', 5000),
    ('storage_mb', 'pro', 50000);

-- from common/closed.sql
--   tables = plan_limits
-- Nobody has anything on these tables until it is granted, and row level security is on, so that a grant without a
-- policy shows no row. service_role passes over policies (it has BYPASSRLS): no policy names it, since a policy that
-- is OR-ed to the others costs the planner its index.
revoke all on public.plan_limits from anon, authenticated, service_role;
alter table public.plan_limits enable row level security;
-- end common/closed.sql
grant select on public.plan_limits to authenticated;
grant select, insert, update, delete on public.plan_limits to service_role;

create policy "Users can read plan limits"
    on public.plan_limits for select
    to authenticated
    using (true);

-- The plan a user is served at. A paid plan lasts while it is paid for: a cancelled subscription to the end of its
-- period, a trial to its end. The provider keeps retrying a payment that is past due, so that does not end it yet.
create function public.entitled_plan(public.subscriptions)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return case
        when $1.status in ('active', 'past_due') then $1.plan
        when $1.status = 'cancelled' and $1.current_period_end > now() then $1.plan
        when $1.status = 'trial' and $1.trial_ends_at > now() then $1.plan
        else 'free'
    end;
end;
$$;

-- The window of this kind that contains `moment`; months are counted from `anchor`. Reckoned in UTC: the session's
-- time zone is the caller's choice (Prefer: timezone) and must not open a window early.
create function public.usage_window(kind text, anchor timestamptz, moment timestamptz,
    out window_start timestamptz, out window_end timestamptz)
language plpgsql
immutable
set search_path = ''
as $$
declare
    first constant timestamp := anchor at time zone 'UTC';
    elapsed interval;
    months integer;
begin
    if not isfinite(anchor) or not isfinite(moment) then
        raise exception 'there is no window from % at %', anchor, moment using errcode = 'invalid_parameter_value';
    end if;
    elapsed := age(moment at time zone 'UTC', first);
    months := extract(year from elapsed) * 12 + extract(month from elapsed);
    if kind = 'day' then
        window_start := date_trunc('day', moment, 'UTC');
        window_end := window_start + interval '24 hours';
    elsif kind = 'month' then
        -- From the anchor each time: a month later than a month later would lose the 31st.
        if first + make_interval(months => months) > moment at time zone 'UTC' then
            months := months - 1;
        end if;
        window_start := (first + make_interval(months => months)) at time zone 'UTC';
        window_end := (first + make_interval(months => months + 1)) at time zone 'UTC';
        if window_end <= moment then
            window_start := window_end;
            window_end := (first + make_interval(months => months + 2)) at time zone 'UTC';
        end if;
    else
        window_start := least(anchor, moment);
        -- far enough, and a time in every language, which infinity is not
        window_end := '9999-12-31 00:00:00+00';
    end if;
end;
$$;

-- What a user may count at this moment: the limit of the plan and the window, which is null when the plan has nothing
-- of it. One look-up after the other: joined, they take longer.
create function private.usage_quota(user_id uuid, metric text, moment timestamptz,
    out max_count bigint, out window_start timestamptz, out window_end timestamptz)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
    served_plan text;
    anchor timestamptz;
    kind text;
    has_limit boolean;
    latest_start timestamptz;
    latest_end timestamptz;
begin
    select public.entitled_plan(s), coalesce(s.current_period_start, s.created_at) into served_plan, anchor
    from public.subscriptions as s where s.user_id = $1;
    select m.usage_window, l.plan is not null, l.max_count into kind, has_limit, max_count
    from public.usage_metrics as m
    left join public.plan_limits as l on l.metric = m.metric and l.plan = served_plan
    where m.metric = $2;
    if kind is null then
        raise exception 'unknown metric %', coalesce(quote_literal($2), 'null')
            using errcode = 'invalid_parameter_value', hint = 'Metrics are rows of public.usage_metrics.';
    elsif served_plan is null then
        -- PT404 is HTTP 404 Not Found to REST clients.
        raise exception 'user % does not exist', coalesce($1::text, 'null') using errcode = 'PT404';
    elsif not has_limit then
        return;
    end if;

    -- A window that was opened stays as it is, also when the plan, the anchor or the kind changes meanwhile; the next
    -- one begins where it ends.
    select c.window_start, c.window_end into latest_start, latest_end from public.usage_counters as c
    where c.user_id = $1 and c.metric = $2 and c.window_start <= $3
    order by c.window_start desc limit 1;
    if latest_end > $3 then
        window_start := latest_start;
        window_end := latest_end;
    else
        select w.window_start, w.window_end into window_start, window_end
        from public.usage_window(kind, anchor, $3) as w;
        window_start := greatest(window_start, latest_end);
    end if;
end;
$$;

revoke all on function
    public.entitled_plan(public.subscriptions),
    public.usage_window(text, timestamptz, timestamptz),
    private.usage_quota(uuid, text, timestamptz)
    from public, anon, authenticated, service_role;
grant execute on function public.entitled_plan(public.subscriptions), public.usage_window(text, timestamptz, timestamptz)
    to authenticated, service_role;

-- from common/amounts.sql
-- What may be counted, spent or given back: a whole number from 1 to 10^15. Everything else (nothing, zero, negative,
-- NaN, infinity, a fraction, more than a counter should ever hold) is 22023, and nothing changed. What is no number
-- at all never gets here: Postgres refuses it with 22P02 or 22003.
create function private.checked_amount(amount numeric)
returns bigint
language plpgsql
immutable
set search_path = ''
as $$
begin
    -- NaN is greater than every number to Postgres, so it fails here too
    if amount is null or amount < 1 or amount > 1000000000000000 or amount <> trunc(amount) then
        raise exception 'an amount is a whole number from 1 to 1000000000000000, not %', coalesce(amount::text, 'null')
            using errcode = 'invalid_parameter_value';
    end if;
    return amount::bigint;
end;
$$;

revoke all on function private.checked_amount(numeric) from public, anon, authenticated, service_role;
-- end common/amounts.sql

-- from common/meter.sql
--   counters = usage_counters
--   ledger = usage_ledger
--   ledger_function = keep_usage_ledger
--   quota = private.usage_quota
--   never = 9999-12-31 00:00:00+00
--   consume = increment_usage
--   refund = refund_usage
--   reset = reset_usage
--   correct = correct_usage
-- Metered usage: one counter for each subject, metric and window, and a ledger of everything that ever changed one.
--
-- Rules that hold after any interleaving: a counter is the sum of its ledger's deltas; it is never negative and, by
-- consumption, never beyond its limit; a consumption is given back at most once in all; a call with an idempotency
-- key happens once however often it is made. Comparing and adding are one UPDATE: concurrent calls queue up on the
-- row, and each compares with what the one before left. No window has to be opened by a clock: the first consumption
-- in it does that.

-- What each kind of entry may say. A function, because PostgreSQL reads and plans an expression that stands in a CHECK
-- anew in every statement, which took longer than the rest of the insert; of a function it keeps the plan.
create function private.usage_ledger_holds(kind text, amount bigint, delta bigint, refunds bigint, idempotency_key text)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case kind
            when 'consume' then amount > 0 and delta = amount
            when 'correct' then amount > 0 and abs(delta) = amount
            else delta between -amount and 0 end
        and (kind = 'refund') = (refunds is not null)
        and (idempotency_key is null or length(idempotency_key) between 1 and 255);
end;
$$;

-- Append-only. It goes with its subject.
create table public.usage_ledger (
    id bigint generated always as identity primary key,
    user_id uuid not null references public.users (id) on delete cascade,
    metric text not null,
    window_start timestamptz not null,
    kind text not null check (kind = any ('{consume,refund,reset,correct}'::text[])),
    -- What was asked for.
    amount bigint not null,
    -- What it did to the counter. A refund after a reset gives back nothing that is still counted.
    delta bigint not null,
    -- The consumption that a refund gives back.
    refunds bigint references public.usage_ledger (id),
    idempotency_key text,
    created_at timestamptz not null default now(),

    constraint usage_ledger_once unique (user_id, idempotency_key),
    constraint usage_ledger_holds check (private.usage_ledger_holds(kind, amount, delta, refunds, idempotency_key))
);

create index idx_usage_ledger_refunds on public.usage_ledger (refunds) where refunds is not null;

revoke all on public.usage_ledger from anon, authenticated, service_role;
grant select on public.usage_ledger to authenticated, service_role;
alter table public.usage_ledger enable row level security;

create function public.keep_usage_ledger()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' and not exists (select from public.users where id = old.user_id) then
        return old;
    end if;
    raise exception 'usage_ledger is append-only'
        using errcode = 'insufficient_privilege', hint = 'Add a row that corrects the earlier one.';
end;
$$;

create trigger usage_ledger_append_only
    before update or delete on public.usage_ledger
    for each row execute function public.keep_usage_ledger();

create trigger usage_ledger_no_truncate
    before truncate on public.usage_ledger
    for each statement execute function public.keep_usage_ledger();

-- The entry that an idempotency key stands for, or none. Whoever comes second with a key waits here for the first. A
-- key that was used for something else is PT409: HTTP 409 Conflict to REST clients.
create function private.usage_ledger_entry(user_id uuid, idempotency_key text, kind text, metric text, amount bigint)
returns public.usage_ledger
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    earlier public.usage_ledger;
begin
    if $2 is null then
        return null;
    end if;
    if length($2) not between 1 and 255 then
        raise exception 'an idempotency key has 1 to 255 characters, not %', length($2)
            using errcode = 'invalid_parameter_value', hint = 'Without a key, pass null.';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('usage_ledger ' || $1 || ' ' || $2, 0));
    select * into earlier from public.usage_ledger as l where l.user_id = $1 and l.idempotency_key = $2;
    if earlier.id is not null and (earlier.kind <> $3 or earlier.metric <> $4 or earlier.amount <> $5) then
        raise exception 'idempotency key % was used for something else', quote_literal($2)
            using errcode = 'PT409',
                detail = format('It stands for: %s %s of %s.', earlier.kind, earlier.amount, earlier.metric);
    end if;
    return earlier;
end;
$$;

-- Takes `amount` from the quota, or refuses with PT402 (HTTP 402) and changes nothing. `entry` is what a refund names.
create function public.increment_usage(
    user_id uuid, metric text, amount numeric default 1, idempotency_key text default null,
    out entry bigint, out used bigint, out remaining bigint, out resets_at timestamptz, out repeated boolean)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    wanted constant bigint := private.checked_amount($3);
    earlier public.usage_ledger;
    quota record;
begin
    if $4 is not null then
        earlier := private.usage_ledger_entry($1, $4, 'consume', $2, wanted);
    end if;
    quota := private.usage_quota($1, $2, coalesce(earlier.created_at, now()));
    repeated := earlier.id is not null;
    if repeated then
        entry := earlier.id;
        select c.count, nullif(c.window_end, '9999-12-31 00:00:00+00') into used, resets_at from public.usage_counters as c
        where c.user_id = $1 and c.metric = $2 and c.window_start = earlier.window_start;
        remaining := greatest(quota.max_count - used, 0);
        return;
    end if;

    -- Twice at most: the counter may have been opened by somebody else between the first look and the second.
    for attempt in 1..2 loop
        -- without a quota the comparison is with null, and nothing is found
        update public.usage_counters as c
        set count = c.count + wanted
        where c.user_id = $1 and c.metric = $2 and c.window_start = quota.window_start
            and (quota.max_count is null or wanted <= quota.max_count - c.count)
        returning c.count into used;
        exit when used is not null or quota.window_start is null or wanted > quota.max_count;
        -- Whoever was refused by the limit holds the row by now, and must not wait below for one who waits for the row.
        continue when exists (
            select from public.usage_counters as c
            where c.user_id = $1 and c.metric = $2 and c.window_start = quota.window_start);
        -- The first in its window. One at a time: two that open overlapping windows would refuse each other.
        perform pg_advisory_xact_lock(hashtextextended('usage_counters ' || $1 || ' ' || $2, 0));
        insert into public.usage_counters as c (user_id, metric, count, window_start, window_end)
        values ($1, $2, wanted, quota.window_start, quota.window_end)
        on conflict (user_id, metric, window_start) do update
        set count = c.count + wanted
        where quota.max_count is null or wanted <= quota.max_count - c.count
        returning c.count into used;
        exit;
    end loop;
    if used is null then
        raise exception 'quota of % exceeded', $2
            using errcode = 'PT402',
                detail = format('Allowed are %s: %s used, %s asked for.', coalesce(quota.max_count, 0), coalesce((
                    select c.count from public.usage_counters as c
                    where c.user_id = $1 and c.metric = $2 and c.window_start = quota.window_start), 0), wanted),
                hint = format('Upgrade the plan%s.', ', or wait for the next window: '
                    || to_char(nullif(quota.window_end, '9999-12-31 00:00:00+00') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
    end if;
    remaining := quota.max_count - used;
    resets_at := nullif(quota.window_end, '9999-12-31 00:00:00+00');

    insert into public.usage_ledger as l (user_id, metric, window_start, kind, amount, delta, idempotency_key)
    values ($1, $2, quota.window_start, 'consume', wanted, wanted, $4)
    returning l.id into entry;
end;
$$;

-- Gives a consumption back, whole or in part; never more than was consumed, in however many calls. Without `amount`
-- it is what is left of it. The counter of the window in which it was consumed goes down.
create function public.refund_usage(
    user_id uuid, entry bigint, amount numeric default null, idempotency_key text default null,
    out refund bigint, out refunded bigint, out used bigint, out repeated boolean)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    consumed public.usage_ledger;
    earlier public.usage_ledger;
    rest bigint;
    before bigint;
begin
    -- one refund of a consumption at a time
    select * into consumed from public.usage_ledger as l
    where l.id = $2 and l.user_id = $1 and l.kind = 'consume' for update;
    if not found then
        raise exception 'entry % is no consumption of %', coalesce($2::text, 'null'), coalesce($1::text, 'null')
            using errcode = 'PT404';
    end if;
    select * into earlier from public.usage_ledger as l where l.user_id = $1 and l.idempotency_key = $4;
    select consumed.amount - coalesce(sum(l.amount), 0) into rest
    from public.usage_ledger as l where l.refunds = consumed.id;
    refunded := case when $3 is null then coalesce(earlier.amount, rest) else private.checked_amount($3) end;
    earlier := private.usage_ledger_entry($1, $4, 'refund', consumed.metric, refunded);
    repeated := earlier.id is not null;
    if repeated and earlier.refunds <> consumed.id then
        raise exception 'idempotency key % was used for something else', quote_literal($4) using errcode = 'PT409';
    end if;

    select c.count into before from public.usage_counters as c
    where c.user_id = $1 and c.metric = consumed.metric and c.window_start = consumed.window_start for update;
    if repeated then
        refund := earlier.id;
        used := before;
        return;
    end if;
    if rest = 0 or refunded > rest then
        raise exception 'of entry % only % can be given back', consumed.id, rest
            using errcode = 'PT409', detail = format('%s consumed, %s refunded before.', consumed.amount, consumed.amount - rest);
    end if;
    used := greatest(before - refunded, 0);
    update public.usage_counters as c set count = used
    where c.user_id = $1 and c.metric = consumed.metric and c.window_start = consumed.window_start;
    insert into public.usage_ledger as l
        (user_id, metric, window_start, kind, amount, delta, refunds, idempotency_key)
    values ($1, consumed.metric, consumed.window_start, 'refund', refunded, coalesce(used - before, 0), consumed.id, $4)
    returning l.id into refund;
end;
$$;

-- Sets the counter of the running window to 0. Returns what it was; 0 when there is none.
create function public.reset_usage(user_id uuid, metric text)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    present public.usage_counters;
begin
    select * into present from public.usage_counters as c
    where c.user_id = $1 and c.metric = $2 and c.window_start <= now() and c.window_end > now() for update;
    if coalesce(present.count, 0) = 0 then
        return 0;
    end if;
    update public.usage_counters as c set count = 0 where c.id = present.id;
    insert into public.usage_ledger (user_id, metric, window_start, kind, amount, delta)
    values ($1, $2, present.window_start, 'reset', present.count, -present.count);
    return present.count;
end;
$$;

-- Corrects the counter of the running window by `change`, which may be negative, for what is not a consumption (files
-- that were deleted, a miscount). It does not ask the limit and never goes below 0. Returns the corrected counter.
create function public.correct_usage(user_id uuid, metric text, change numeric, idempotency_key text default null)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    size constant bigint := private.checked_amount(abs($3));
    step constant bigint := sign($3) * size;
    earlier constant public.usage_ledger := private.usage_ledger_entry($1, $4, 'correct', $2, size);
    quota record;
    corrected bigint;
begin
    if earlier.id is not null then
        return (
            select c.count from public.usage_counters as c
            where c.user_id = $1 and c.metric = $2 and c.window_start = earlier.window_start);
    end if;
    quota := private.usage_quota($1, $2, now());
    if quota.window_start is null then
        raise exception 'there is no % for this plan', $2 using errcode = 'PT402';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('usage_counters ' || $1 || ' ' || $2, 0));
    update public.usage_counters as c set count = c.count + step
    where c.user_id = $1 and c.metric = $2 and c.window_start = quota.window_start and c.count + step >= 0
    returning c.count into corrected;
    if corrected is null and step > 0 then
        insert into public.usage_counters (user_id, metric, count, window_start, window_end)
        values ($1, $2, step, quota.window_start, quota.window_end)
        returning count into corrected;
    end if;
    if corrected is null then
        raise exception '% cannot be corrected by %: less than that is used', $2, step
            using errcode = 'invalid_parameter_value';
    end if;
    insert into public.usage_ledger (user_id, metric, window_start, kind, amount, delta, idempotency_key)
    values ($1, $2, quota.window_start, 'correct', size, step, $4);
    return corrected;
end;
$$;

revoke all on function
    public.keep_usage_ledger(),
    private.usage_ledger_holds(text, bigint, bigint, bigint, text),
    private.usage_ledger_entry(uuid, text, text, text, bigint),
    public.increment_usage(uuid, text, numeric, text),
    public.refund_usage(uuid, bigint, numeric, text),
    public.reset_usage(uuid, text),
    public.correct_usage(uuid, text, numeric, text)
    from public, anon, authenticated, service_role;
-- Only the service counts: a user who could would count for others, or backwards.
grant execute on function
    public.increment_usage(uuid, text, numeric, text),
    public.refund_usage(uuid, bigint, numeric, text),
    public.reset_usage(uuid, text),
    public.correct_usage(uuid, text, numeric, text)
    to service_role;
-- end common/meter.sql

create policy "Users can read own ledger"
    on public.usage_ledger for select
    to authenticated
    using ((select auth.uid()) = user_id);

-- What a user has used and may still use now, metric by metric; also those never used. Users see their own.
create view public.current_usage
with (security_invoker = on)
as
select
    s.user_id,
    m.metric,
    coalesce(c.count, 0) as used,
    limits.max_count,
    greatest(limits.max_count - coalesce(c.count, 0), 0) as remaining,
    coalesce(c.window_start, w.window_start) as window_start,
    nullif(coalesce(c.window_end, w.window_end), '9999-12-31 00:00:00+00') as resets_at
from public.subscriptions as s
cross join public.usage_metrics as m
left join public.plan_limits as l on l.metric = m.metric and l.plan = public.entitled_plan(s)
cross join lateral (select case when l.metric is null then 0 else l.max_count end as max_count) as limits
left join public.usage_counters as c
    on c.user_id = s.user_id and c.metric = m.metric and c.window_start <= now() and c.window_end > now()
cross join lateral
    public.usage_window(m.usage_window, coalesce(s.current_period_start, s.created_at), now()) as w;

comment on view public.current_usage is 'Usage and limits of the windows that are running now';

revoke all on public.current_usage from anon, authenticated, service_role;
grant select on public.current_usage to authenticated, service_role;

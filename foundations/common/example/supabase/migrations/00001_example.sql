-- Every common part once, on the smallest tables that it can work on. Tests are in ../tests/database.

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
-- Accounts and what they may use
-- ---------------------------------------------------------------------------------------------------------------

create table public.people (
    id uuid primary key references auth.users (id) on delete cascade,
    email text,
    suspended boolean not null default false,
    storage_used bigint not null default 0,
    storage_allowed bigint default 1000,
    updated_at timestamptz not null default now()
);

-- from common/account.sql
--   table = people
--   columns = id, email
--   values = new.id, new.email
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
    insert into public.people (id, email)
    values (new.id, new.email)
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
    update public.people set email = new.email where id = new.id;
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
insert into public.people (id, email)
select new.id, new.email from auth.users as new
on conflict (id) do nothing;
-- end common/account.sql

-- from common/touch.sql
--   function = touch
--   tables = people
-- updated_at is the time of the last change, whatever the statement says.
create function public.touch()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.updated_at = now();
    return new;
end;
$$;

create trigger people_updated_at
    before update on public.people
    for each row execute function public.touch();

-- A trigger function runs without this privilege; with it, it would be callable through the API.
revoke all on function public.touch() from public, anon, authenticated, service_role;
-- end common/touch.sql

-- from common/closed.sql
--   tables = people
-- Nobody has anything on these tables until it is granted, and row level security is on, so that a grant without a
-- policy shows no row. service_role passes over policies (it has BYPASSRLS): no policy names it, since a policy that
-- is OR-ed to the others costs the planner its index.
revoke all on public.people from anon, authenticated, service_role;
alter table public.people enable row level security;
-- end common/closed.sql

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

-- from common/refuse_row.sql
--   writers = service_role
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
grant execute on function private.refuse_row(text, text) to service_role;
-- end common/refuse_row.sql

create function private.counters_holds(count bigint, window_start timestamptz, window_end timestamptz)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when not (count >= 0) then private.refuse_row('counters', 'counters_count_check')
        when not (window_end > window_start) then private.refuse_row('counters', 'counters_window_check')
        else true
    end;
end;
$$;
grant execute on function private.counters_holds(bigint, timestamptz, timestamptz) to service_role;

create table public.counters (
    id bigint generated always as identity primary key,
    user_id uuid not null references public.people (id) on delete cascade,
    metric text not null,
    count bigint not null default 0,
    window_start timestamptz not null,
    window_end timestamptz not null,
    unique (user_id, metric, window_start),
    constraint counters_holds check (private.counters_holds(count, window_start, window_end))
);

-- Ten credits a day for everybody, as many calls as one likes, and nothing else.
create function private.quota(person uuid, metric text, moment timestamptz,
    out max_count bigint, out window_start timestamptz, out window_end timestamptz)
language plpgsql
stable
set search_path = ''
as $$
begin
    select limits.max_count, day.start, day.start + interval '1 day' into max_count, window_start, window_end
    from (values ('credits', 10), ('calls', null)) as limits (metric, max_count),
        (values (date_trunc('day', moment, 'UTC'))) as day (start)
    where limits.metric = quota.metric;
end;
$$;

-- from common/meter.sql
--   subjects = public.people
--   counters = counters
--   ledger = ledger
--   ledger_function = keep_ledger
--   quota = private.quota
--   consume = consume
--   refund = give_back
--   reset = reset_counter
--   correct = correct_counter
-- Metered usage: one counter for each subject, metric and window, and a ledger of everything that ever changed one.
--
-- Rules that hold after any interleaving: a counter is the sum of its ledger's deltas; it is never negative and, by
-- consumption, never beyond its limit; a consumption is given back at most once in all; a call with an idempotency
-- key happens once however often it is made. Comparing and adding are one UPDATE: concurrent calls queue up on the
-- row, and each compares with what the one before left. No window has to be opened by a clock: the first consumption
-- in it does that.

-- What each kind of entry may say. A function, because PostgreSQL reads and plans an expression that stands in a CHECK
-- anew in every statement, which took longer than the rest of the insert; of a function it keeps the plan.
create function private.ledger_holds(kind text, amount bigint, delta bigint, refunds bigint, idempotency_key text)
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
create table public.ledger (
    id bigint generated always as identity primary key,
    user_id uuid not null references public.people (id) on delete cascade,
    metric text not null,
    window_start timestamptz not null,
    kind text not null check (kind = any ('{consume,refund,reset,correct}'::text[])),
    -- What was asked for.
    amount bigint not null,
    -- What it did to the counter. A refund after a reset gives back nothing that is still counted.
    delta bigint not null,
    -- The consumption that a refund gives back.
    refunds bigint references public.ledger (id),
    idempotency_key text,
    created_at timestamptz not null default now(),

    constraint ledger_once unique (user_id, idempotency_key),
    constraint ledger_holds check (private.ledger_holds(kind, amount, delta, refunds, idempotency_key))
);

create index idx_ledger_refunds on public.ledger (refunds) where refunds is not null;

revoke all on public.ledger from anon, authenticated, service_role;
grant select on public.ledger to authenticated, service_role;
alter table public.ledger enable row level security;

create function public.keep_ledger()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' and not exists (select from public.people where id = old.user_id) then
        return old;
    end if;
    raise exception 'ledger is append-only'
        using errcode = 'insufficient_privilege', hint = 'Add a row that corrects the earlier one.';
end;
$$;

create trigger ledger_append_only
    before update or delete on public.ledger
    for each row execute function public.keep_ledger();

create trigger ledger_no_truncate
    before truncate on public.ledger
    for each statement execute function public.keep_ledger();

-- The entry that an idempotency key stands for, or none. Whoever comes second with a key waits here for the first. A
-- key that was used for something else is PT409: HTTP 409 Conflict to REST clients.
create function private.ledger_entry(user_id uuid, idempotency_key text, kind text, metric text, amount bigint)
returns public.ledger
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    earlier public.ledger;
begin
    if $2 is null then
        return null;
    end if;
    if length($2) not between 1 and 255 then
        raise exception 'an idempotency key has 1 to 255 characters, not %', length($2)
            using errcode = 'invalid_parameter_value', hint = 'Without a key, pass null.';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('ledger ' || $1 || ' ' || $2, 0));
    select * into earlier from public.ledger as l where l.user_id = $1 and l.idempotency_key = $2;
    if earlier.id is not null and (earlier.kind <> $3 or earlier.metric <> $4 or earlier.amount <> $5) then
        raise exception 'idempotency key % was used for something else', quote_literal($2)
            using errcode = 'PT409',
                detail = format('It stands for: %s %s of %s.', earlier.kind, earlier.amount, earlier.metric);
    end if;
    return earlier;
end;
$$;

-- Takes `amount` from the quota, or refuses with PT402 (HTTP 402) and changes nothing. `entry` is what a refund names.
create function public.consume(
    user_id uuid, metric text, amount numeric default 1, idempotency_key text default null,
    out entry bigint, out used bigint, out remaining bigint, out resets_at timestamptz, out repeated boolean)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    wanted constant bigint := private.checked_amount($3);
    earlier public.ledger;
    quota record;
begin
    if $4 is not null then
        earlier := private.ledger_entry($1, $4, 'consume', $2, wanted);
    end if;
    quota := private.quota($1, $2, coalesce(earlier.created_at, now()));
    repeated := earlier.id is not null;
    if repeated then
        entry := earlier.id;
        select c.count, nullif(c.window_end, 'infinity') into used, resets_at from public.counters as c
        where c.user_id = $1 and c.metric = $2 and c.window_start = earlier.window_start;
        remaining := greatest(quota.max_count - used, 0);
        return;
    end if;

    -- Twice at most: the counter may have been opened by somebody else between the first look and the second.
    for attempt in 1..2 loop
        -- without a quota the comparison is with null, and nothing is found
        update public.counters as c
        set count = c.count + wanted
        where c.user_id = $1 and c.metric = $2 and c.window_start = quota.window_start
            and (quota.max_count is null or wanted <= quota.max_count - c.count)
        returning c.count into used;
        exit when used is not null or quota.window_start is null or wanted > quota.max_count;
        -- Whoever was refused by the limit holds the row by now, and must not wait below for one who waits for the row.
        continue when exists (
            select from public.counters as c
            where c.user_id = $1 and c.metric = $2 and c.window_start = quota.window_start);
        -- The first in its window. One at a time: two that open overlapping windows would refuse each other.
        perform pg_advisory_xact_lock(hashtextextended('counters ' || $1 || ' ' || $2, 0));
        insert into public.counters as c (user_id, metric, count, window_start, window_end)
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
                    select c.count from public.counters as c
                    where c.user_id = $1 and c.metric = $2 and c.window_start = quota.window_start), 0), wanted),
                hint = format('Upgrade the plan%s.', ', or wait for the next window: '
                    || to_char(nullif(quota.window_end, 'infinity') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
    end if;
    remaining := quota.max_count - used;
    resets_at := nullif(quota.window_end, 'infinity');

    insert into public.ledger as l (user_id, metric, window_start, kind, amount, delta, idempotency_key)
    values ($1, $2, quota.window_start, 'consume', wanted, wanted, $4)
    returning l.id into entry;
end;
$$;

-- Gives a consumption back, whole or in part; never more than was consumed, in however many calls. Without `amount`
-- it is what is left of it. The counter of the window in which it was consumed goes down.
create function public.give_back(
    user_id uuid, entry bigint, amount numeric default null, idempotency_key text default null,
    out refund bigint, out refunded bigint, out used bigint, out repeated boolean)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    consumed public.ledger;
    earlier public.ledger;
    rest bigint;
    before bigint;
begin
    -- one refund of a consumption at a time
    select * into consumed from public.ledger as l
    where l.id = $2 and l.user_id = $1 and l.kind = 'consume' for update;
    if not found then
        raise exception 'entry % is no consumption of %', coalesce($2::text, 'null'), coalesce($1::text, 'null')
            using errcode = 'PT404';
    end if;
    select * into earlier from public.ledger as l where l.user_id = $1 and l.idempotency_key = $4;
    select consumed.amount - coalesce(sum(l.amount), 0) into rest
    from public.ledger as l where l.refunds = consumed.id;
    refunded := case when $3 is null then coalesce(earlier.amount, rest) else private.checked_amount($3) end;
    earlier := private.ledger_entry($1, $4, 'refund', consumed.metric, refunded);
    repeated := earlier.id is not null;
    if repeated and earlier.refunds <> consumed.id then
        raise exception 'idempotency key % was used for something else', quote_literal($4) using errcode = 'PT409';
    end if;

    select c.count into before from public.counters as c
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
    update public.counters as c set count = used
    where c.user_id = $1 and c.metric = consumed.metric and c.window_start = consumed.window_start;
    insert into public.ledger as l
        (user_id, metric, window_start, kind, amount, delta, refunds, idempotency_key)
    values ($1, consumed.metric, consumed.window_start, 'refund', refunded, coalesce(used - before, 0), consumed.id, $4)
    returning l.id into refund;
end;
$$;

-- Sets the counter of the running window to 0. Returns what it was; 0 when there is none.
create function public.reset_counter(user_id uuid, metric text)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    present public.counters;
begin
    select * into present from public.counters as c
    where c.user_id = $1 and c.metric = $2 and c.window_start <= now() and c.window_end > now() for update;
    if coalesce(present.count, 0) = 0 then
        return 0;
    end if;
    update public.counters as c set count = 0 where c.id = present.id;
    insert into public.ledger (user_id, metric, window_start, kind, amount, delta)
    values ($1, $2, present.window_start, 'reset', present.count, -present.count);
    return present.count;
end;
$$;

-- Corrects the counter of the running window by `change`, which may be negative, for what is not a consumption (files
-- that were deleted, a miscount). It does not ask the limit and never goes below 0. Returns the corrected counter.
create function public.correct_counter(user_id uuid, metric text, change numeric, idempotency_key text default null)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    size constant bigint := private.checked_amount(abs($3));
    step constant bigint := sign($3) * size;
    earlier constant public.ledger := private.ledger_entry($1, $4, 'correct', $2, size);
    quota record;
    corrected bigint;
begin
    if earlier.id is not null then
        return (
            select c.count from public.counters as c
            where c.user_id = $1 and c.metric = $2 and c.window_start = earlier.window_start);
    end if;
    quota := private.quota($1, $2, now());
    if quota.window_start is null then
        raise exception 'there is no % for this plan', $2 using errcode = 'PT402';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('counters ' || $1 || ' ' || $2, 0));
    update public.counters as c set count = c.count + step
    where c.user_id = $1 and c.metric = $2 and c.window_start = quota.window_start and c.count + step >= 0
    returning c.count into corrected;
    if corrected is null and step > 0 then
        insert into public.counters (user_id, metric, count, window_start, window_end)
        values ($1, $2, step, quota.window_start, quota.window_end)
        returning count into corrected;
    end if;
    if corrected is null then
        raise exception '% cannot be corrected by %: less than that is used', $2, step
            using errcode = 'invalid_parameter_value';
    end if;
    insert into public.ledger (user_id, metric, window_start, kind, amount, delta, idempotency_key)
    values ($1, $2, quota.window_start, 'correct', size, step, $4);
    return corrected;
end;
$$;

revoke all on function
    public.keep_ledger(),
    private.ledger_holds(text, bigint, bigint, bigint, text),
    private.ledger_entry(uuid, text, text, text, bigint),
    public.consume(uuid, text, numeric, text),
    public.give_back(uuid, bigint, numeric, text),
    public.reset_counter(uuid, text),
    public.correct_counter(uuid, text, numeric, text)
    from public, anon, authenticated, service_role;
-- Only the service counts: a user who could would count for others, or backwards.
grant execute on function
    public.consume(uuid, text, numeric, text),
    public.give_back(uuid, bigint, numeric, text),
    public.reset_counter(uuid, text),
    public.correct_counter(uuid, text, numeric, text)
    to service_role;
-- end common/meter.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Jobs, files and notes
-- ---------------------------------------------------------------------------------------------------------------

create table public.jobs (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.people (id) on delete cascade,
    status text not null default 'pending'
        check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
    progress integer not null default 0 check (progress between 0 and 100),
    credits_reserved bigint not null default 0,
    credits_spent bigint not null default 0,
    credits_entry bigint,
    completed_at timestamptz,
    updated_at timestamptz not null default now()
);

-- from common/job_states.sql
--   waiting = pending
--   running = processing
--   finished = completed, failed, cancelled
--   abandoned = failed, cancelled
--   fixed = id, user_id
--   function = enforce_job_state
-- The states of a job.
--
--   pending ──► processing ──► completed | failed | cancelled
--      └──────────────────────────────► failed | cancelled
--
-- A finished job never changes again; sending the same values once more is not a change, so a worker may repeat a
-- report whose answer it did not get. Two workers that claim a job with `status=eq.pending` in their filter cannot both
-- get it.
create function public.enforce_job_state()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    finished constant text[] := array['completed', 'failed', 'cancelled'];
begin
    if tg_op = 'UPDATE' then
        new.updated_at = old.updated_at; -- the next trigger sets it; not a change of its own
        if old.status = any (finished) and new is distinct from old then
            -- PT409 is HTTP 409 Conflict to REST clients.
            raise exception 'job % is finished', old.id
                using errcode = 'PT409',
                    detail = format('A job that is %s no longer changes.', old.status),
                    hint = 'Create a new job.';
        end if;
        if (new.id, new.user_id) is distinct from (old.id, old.user_id) then
            raise exception 'id and user_id of job % cannot change', old.id
                using errcode = 'PT409';
        end if;
        if new.status <> old.status and not (
            old.status = 'pending' and new.status in ('processing', 'failed', 'cancelled')
            or old.status = 'processing' and new.status = any (finished)
        ) then
            raise exception 'job % cannot go from % to %', old.id, old.status, new.status
                using errcode = 'PT409',
                    hint = 'pending → processing → completed, failed or cancelled.';
        end if;
        -- Completing without a word about progress means all of it.
        if new.status = 'completed' and new.progress = old.progress then
            new.progress = 100;
        end if;
    end if;
    if new.status = any (finished) and new.completed_at is null then
        new.completed_at = now();
    end if;
    return new;
end;
$$;

create trigger jobs_enforce_state
    before insert or update on public.jobs
    for each row execute function public.enforce_job_state();

revoke all on function public.enforce_job_state() from public, anon, authenticated, service_role;
-- end common/job_states.sql

-- from common/job_reserve.sql
--   metric = credits
--   reserved = credits_reserved
--   spent = credits_spent
--   entry = credits_entry
--   finished = completed, failed, cancelled
--   consume = consume
--   refund = give_back
--   function = job_credits
-- Reserve, spend, refund: a job sets its price aside when it is made, in the same transaction, so that nobody gets
-- work done that they cannot pay for; when it ends, whatever way, what it did not spend is given back. Once: the
-- ledger refuses a second refund, and a finished job does not change again.
alter table public.jobs
    add constraint jobs_spends_what_is_reserved check (credits_spent between 0 and credits_reserved);

create function public.job_credits_reserve()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    new.credits_entry := null;
    if new.credits_reserved > 0 then
        new.credits_entry := (public.consume(new.user_id, 'credits', new.credits_reserved, 'jobs ' || new.id)).entry;
    end if;
    return new;
end;
$$;

create trigger jobs_reserve
    before insert on public.jobs
    for each row execute function public.job_credits_reserve();

create function public.job_credits_settle()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if new.credits_reserved <> old.credits_reserved or new.credits_entry is distinct from old.credits_entry then
        raise exception 'what job % reserved cannot change', old.id using errcode = 'PT409';
    end if;
    if new.status in ('completed', 'failed', 'cancelled') and new.status <> old.status and new.credits_reserved > new.credits_spent then
        perform public.give_back(new.user_id, new.credits_entry, new.credits_reserved - new.credits_spent);
    end if;
    return null;
end;
$$;

create trigger jobs_settle
    after update on public.jobs
    for each row execute function public.job_credits_settle();

revoke all on function public.job_credits_reserve(), public.job_credits_settle()
    from public, anon, authenticated, service_role;
-- end common/job_reserve.sql

create table public.files (
    id bigint generated always as identity primary key,
    user_id uuid references public.people (id) on delete cascade,
    bytes bigint not null check (bytes >= 0)
);

-- from common/asset_sizes.sql
--   table = files
--   size = bytes
--   accounts = people
--   used = storage_used
--   allowed = storage_allowed
--   function = count_file_sizes
-- What the files of an account take up, kept by the database: it follows every insert, delete and change of size or
-- owner, and what would go beyond the allowance is refused with PT402 (HTTP 402). Runs as its owner, so that it counts
-- whoever writes the file and although nobody may write the sum.
alter table public.people
    add constraint people_storage_used_check check (storage_used >= 0);

create function public.count_file_sizes()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    change record;
begin
    -- In a fixed order, so that two statements that move files between accounts cannot deadlock.
    for change in
        select owner, sum(size)::bigint as size
        from (values
            (case when tg_op <> 'INSERT' then old.user_id end, case when tg_op <> 'INSERT' then -old.bytes end),
            (case when tg_op <> 'DELETE' then new.user_id end, case when tg_op <> 'DELETE' then new.bytes end)
        ) as changes (owner, size)
        where owner is not null
        group by owner having sum(size) <> 0
        order by owner
    loop
        update public.people as a
        set storage_used = a.storage_used + change.size
        where a.id = change.owner
            and (change.size < 0 or a.storage_allowed is null or change.size <= a.storage_allowed - a.storage_used);
        -- an account that is gone takes its files along and needs no sum
        if not found and (change.size > 0 or exists (
            select from public.people as a where a.id = change.owner
        )) then
            raise exception 'storage allowance exceeded'
                using errcode = 'PT402', hint = 'Delete files, or upgrade the plan.', detail = (
                    select format('Allowed are %s bytes: %s used, %s asked for.', a.storage_allowed, a.storage_used, change.size)
                    from public.people as a where a.id = change.owner);
        end if;
    end loop;
    return null;
end;
$$;

create trigger files_count_sizes
    after insert or delete or update of user_id, bytes on public.files
    for each row execute function public.count_file_sizes();

revoke all on function public.count_file_sizes() from public, anon, authenticated, service_role;
-- end common/asset_sizes.sql

create table public.notes (
    id bigint generated always as identity primary key,
    person_id uuid references public.people (id) on delete set null,
    job_id uuid references public.jobs (id) on delete cascade,
    text text
);

-- from common/append_only.sql
--   table = notes
--   function = keep_notes
--   clears = person_id:public.people
--   cascades = job_id:public.jobs
-- notes is append-only, for the table's owner too. The changes let through are the foreign keys' own: a
-- reference is cleared, or a row goes, when what it pointed to is gone.
create function public.keep_notes()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'UPDATE'
        and to_jsonb(new) - 'person_id' = to_jsonb(old) - 'person_id'
        and (new.person_id is not distinct from old.person_id
            or new.person_id is null
                and not exists (select from public.people where id = old.person_id))
    then
        return new;
    end if;
    if tg_op = 'DELETE' and not exists (select from public.jobs where id = old.job_id) then
        return old;
    end if;
    raise exception 'notes is append-only'
        using errcode = 'insufficient_privilege', hint = 'Add a row that corrects the earlier one.';
end;
$$;

create trigger notes_append_only
    before update or delete on public.notes
    for each row execute function public.keep_notes();

create trigger notes_no_truncate
    before truncate on public.notes
    for each statement execute function public.keep_notes();

revoke all on function public.keep_notes() from public, anon, authenticated, service_role;
-- end common/append_only.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Storage
-- ---------------------------------------------------------------------------------------------------------------

-- from common/storage_folders.sql
--   bucket = drafts
--   bytes = 1000
--   types = image/png
--   whose = own drafts
--   function = is_draft_name
--   shape = .+
-- A private bucket with a folder for each user, named by the user's id. Reading and deleting need the folder;
-- writing, and moving to another name, also a well made name. service_role passes over policies.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('drafts', 'drafts', false, 1000,
    array['image/png'])
-- A bucket that is there already becomes what it should be: one made by hand may be public.
on conflict (id) do update set
    public = excluded.public,
    file_size_limit = excluded.file_size_limit,
    allowed_mime_types = excluded.allowed_mime_types;

-- Whether a name is well made: at most 1,024 bytes, no empty part, no `.` or `..`, no backslash, no control character
-- (text of Postgres cannot hold NUL), at most ten folders, and behind the owner's folder the agreed shape.
create or replace function private.is_draft_name(name text)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select octet_length(name) <= 1024
        and name !~ '(^|/)\.{0,2}(/|$)'
        and name !~ '[\\[:cntrl:]]'
        and array_length(string_to_array(name, '/'), 1) <= 11
        and name ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.+$'
$$;

revoke all on function private.is_draft_name(text) from public, anon, authenticated, service_role;
grant execute on function private.is_draft_name(text) to authenticated;

drop policy if exists "Users can read own drafts" on storage.objects;
create policy "Users can read own drafts"
    on storage.objects for select
    to authenticated
    using (bucket_id = 'drafts' and (select auth.uid())::text = (storage.foldername(name))[1]);

drop policy if exists "Users can upload own drafts" on storage.objects;
create policy "Users can upload own drafts"
    on storage.objects for insert
    to authenticated
    with check (bucket_id = 'drafts' and (select auth.uid())::text = (storage.foldername(name))[1]
        and private.is_draft_name(name));

drop policy if exists "Users can update own drafts" on storage.objects;
create policy "Users can update own drafts"
    on storage.objects for update
    to authenticated
    using (bucket_id = 'drafts' and (select auth.uid())::text = (storage.foldername(name))[1])
    with check (bucket_id = 'drafts' and (select auth.uid())::text = (storage.foldername(name))[1]
        and private.is_draft_name(name));

drop policy if exists "Users can delete own drafts" on storage.objects;
create policy "Users can delete own drafts"
    on storage.objects for delete
    to authenticated
    using (bucket_id = 'drafts' and (select auth.uid())::text = (storage.foldername(name))[1]);
-- end common/storage_folders.sql

-- from common/storage_purge.sql
--   accounts = people
--   bucket = drafts
-- Files of deleted accounts. SQL cannot delete a file, only its row, so a deleted account leaves its folder in a
-- queue; a worker with the service key asks `files_to_purge`, removes those files through the storage API, and asks
-- again until nothing is left. The queue names folders and not files, so what an upload that was under way leaves in
-- it an hour later is found as well. Safe to run twice, at once, or late.
create table public.storage_purges (
    bucket_id text not null,
    folder text not null check (folder <> '' and folder !~ '/'),
    queued_at timestamptz not null default now(),
    primary key (bucket_id, folder)
);

revoke all on public.storage_purges from anon, authenticated, service_role;
grant select on public.storage_purges to service_role;
alter table public.storage_purges enable row level security;

create function public.queue_storage_purge()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.storage_purges (bucket_id, folder)
    values ('drafts', old.id::text)
    on conflict (bucket_id, folder) do update set queued_at = now();
    return null;
end;
$$;

create trigger people_queue_storage_purge
    after delete on public.people
    for each row execute function public.queue_storage_purge();

-- What is to be removed now.
create function public.files_to_purge(max_files integer default 100)
returns table (bucket_id text, name text)
language sql
stable
security definer
set search_path = ''
as $$
    select o.bucket_id, o.name
    from public.storage_purges as p
    join storage.objects as o on o.bucket_id = p.bucket_id
        -- every name in the folder, in the order of the index of storage.objects
        and o.name collate "C" > p.folder || '/' and o.name collate "C" < p.folder || '0'
    order by p.queued_at, o.name
    limit least(greatest(max_files, 0), 1000)
$$;

-- Drops what is done: folders that have been empty for a day, by when no token of the account is valid any more.
-- Returns how many.
create function public.finish_storage_purges()
returns bigint
language sql
security definer
set search_path = ''
as $$
    with finished as (
        delete from public.storage_purges as p
        where p.queued_at < now() - interval '1 day'
            and not exists (
                select from storage.objects as o
                where o.bucket_id = p.bucket_id
                    and o.name collate "C" > p.folder || '/' and o.name collate "C" < p.folder || '0'
            )
        returning 1
    )
    select count(*) from finished
$$;

revoke all on function public.queue_storage_purge(), public.files_to_purge(integer), public.finish_storage_purges()
    from public, anon, authenticated, service_role;
grant execute on function public.files_to_purge(integer), public.finish_storage_purges() to service_role;
-- end common/storage_purge.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Billing
-- ---------------------------------------------------------------------------------------------------------------

-- from common/stripe_time.sql
-- Seconds since 1970, as Stripe writes a time; null when it is none, or one that no calendar has.
create function private.stripe_time(object jsonb, name text)
returns timestamptz
language sql
immutable
set search_path = ''
as $$
    select case jsonb_typeof(object -> name) when 'number' then
        case when (object ->> name)::numeric between 0 and 253402300799
            then to_timestamp((object ->> name)::double precision) end
    end
$$;
-- end common/stripe_time.sql

-- from common/webhook_inbox.sql
--   table = events
--   subject = provider_id
--   final = canceled
--   serving = active, trialing
--   pending = incomplete
--   account = person_id
--   accounts = public.people
--   customer = customer_id
--   function = settle_event
-- The inbox of a payment provider's webhooks. A provider delivers an event more than once and in any order: the
-- primary key takes each once, and how an account stands follows from all that happened, not from what came last.

-- Every event that arrived, once, and what became of it. It holds the provider's ids and no personal data, so it
-- survives the account; the event itself can be fetched from the provider again.
create table public.events (
    id text primary key,
    type text not null,
    created_at timestamptz not null,
    provider_id text,
    subscription_created_at timestamptz,
    person_id uuid references public.people (id) on delete set null,
    -- What it says, in the words stored here; `status` is the subscription's.
    says jsonb,
    -- applied        the account stands as the event says
    -- ignored        an event that says nothing to us
    -- stale          something newer about the same subscription came before it
    -- superseded     about another subscription than the one that counts
    -- unknown_user   nobody here has that customer (yet, or any more)
    outcome text not null default 'ignored'
        check (outcome in ('applied', 'ignored', 'stale', 'superseded', 'unknown_user')),
    received_at timestamptz not null default now()
);

create index idx_events_account on public.events (person_id, provider_id);
create index idx_events_subscription on public.events (provider_id, created_at);
create index idx_events_unknown on public.events (received_at) where outcome = 'unknown_user';

revoke all on public.events from anon, authenticated, service_role;
grant select, insert, update on public.events to service_role;
alter table public.events enable row level security;

-- Notes whose event it is and what it says, and returns the event that says how the account stands: of each subscription
-- the latest to happen, and of the subscriptions one that serves before one that does not, then the younger. What
-- could not be told whose it is before is the account's from now on. The caller holds a lock on the account, so that
-- its events are settled one after another.
create function public.settle_event(event_id text, of_account uuid, saying jsonb)
returns public.events
language plpgsql
set search_path = ''
as $$
declare
    standing public.events;
begin
    update public.events as e
    set person_id = of_account, says = saying, outcome = 'unknown_user'
    where e.id = event_id;
    if of_account is null then
        return null;
    end if;
    update public.events as e set person_id = of_account
    where e.outcome = 'unknown_user' and e.person_id is null
        and (e.provider_id = (select known.provider_id from public.events as known where known.id = event_id)
            or e.says ->> 'customer_id' = saying ->> 'customer_id'
        );
    select latest.* into standing
    from (
        select distinct on (e.provider_id) e.*
        from public.events as e
        where e.person_id = of_account and e.provider_id is not null and e.says ->> 'status' is not null
        order by e.provider_id,
            -- the provider never takes a subscription out of these
            e.says ->> 'status' in ('canceled') desc,
            e.created_at desc, e.type desc, e.id desc
    ) as latest
    order by latest.says ->> 'status' in ('active', 'trialing') desc,
        latest.says ->> 'status' in ('incomplete') desc,
        latest.subscription_created_at desc nulls last, latest.provider_id desc
    limit 1;
    update public.events as e
    set outcome = case
        when e.provider_id is null or e.id = standing.id then 'applied'
        when e.provider_id = standing.provider_id then 'stale'
        else 'superseded' end
    where e.person_id = of_account and e.outcome = 'unknown_user';
    return standing;
end;
$$;

revoke all on function public.settle_event(text, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.settle_event(text, uuid, jsonb) to service_role;
-- end common/webhook_inbox.sql

-- from common/subscription_states.sql
-- The one place where the words of a payment provider become the words stored here. Both Stripe's and Lemon
-- Squeezy's are known, whichever of them is in use. A word that neither has documented gives null, and the caller
-- refuses the event with it: a state that is guessed would be money given away or service taken away.
create function public.subscription_status(provider_state text)
returns text
language sql
immutable
set search_path = ''
as $$
    select case
        when provider_state in ('active', 'past_due', 'unpaid', 'paused') then provider_state
        when provider_state in ('trialing', 'on_trial', 'trial') then 'trialing'
        when provider_state in ('canceled', 'cancelled') then 'canceled'
        when provider_state = 'expired' then 'expired'
        when provider_state = 'incomplete' then 'incomplete'
        when provider_state = 'incomplete_expired' then 'incomplete_expired'
    end
$$;

revoke all on function public.subscription_status(text) from public, anon, authenticated, service_role;
grant execute on function public.subscription_status(text) to service_role;
-- end common/subscription_states.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Organisations
-- ---------------------------------------------------------------------------------------------------------------

create table public.orgs (
    id uuid primary key default gen_random_uuid(),
    owner_id uuid references public.people (id),
    deleted_at timestamptz
);

create table public.org_members (
    org_id uuid not null references public.orgs (id) on delete cascade,
    user_id uuid not null references public.people (id) on delete cascade,
    role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
    primary key (org_id, user_id)
);

-- from common/organisations.sql
--   people = people
--   live = o.deleted_at is null and not p.suspended
--   founder = owner_id
-- Who belongs to which organisation. A policy that asks the members' table from within that table's own policy would
-- recurse, so it asks these functions, which run as their owner. A policy writes
--     org_id = any (array(select private.my_orgs()))                     -- any role
--     org_id = any (array(select private.my_orgs('{owner,admin}')))      -- one of these
-- The array is made once for each statement and the index on org_id serves it (measured on 200,000 rows in 2,000
-- organisations: 0.08 ms, against 62 ms for `in (select …)`). Deleted organisations and suspended people count for
-- nothing, in every policy at once. PL/pgSQL keeps the plan for the session; a function in SQL that runs as its owner
-- is planned again in every statement that asks it, which costs ten times as much as what it reads.
create function private.my_orgs(roles text[] default null)
returns setof uuid
language plpgsql
stable
security definer
rows 10
set search_path = ''
as $$
begin
    return query
        select m.org_id
        from public.org_members as m
        join public.orgs as o on o.id = m.org_id
        join public.people as p on p.id = m.user_id
        where m.user_id = (select auth.uid()) and (roles is null or m.role = any (roles)) and o.deleted_at is null and not p.suspended;
end;
$$;

revoke all on function private.my_orgs(text[]) from public, anon, authenticated, service_role;
grant execute on function private.my_orgs(text[]) to authenticated;

-- Whoever founds an organisation is its first owner: without this nobody could ever become one.
create function private.add_founder()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.org_members (org_id, user_id, role) values (new.id, new.owner_id, 'owner')
    on conflict (org_id, user_id) do nothing;
    return null;
end;
$$;

create trigger orgs_add_founder
    after insert on public.orgs
    for each row execute function private.add_founder();

revoke all on function private.add_founder() from public, anon, authenticated, service_role;

-- An organisation that exists has an owner, after every statement (or, where constraints are deferred, at the end of
-- the transaction). The lock on its row makes two owners who
-- leave at the same time do it one after the other, so that the second one is refused.
create function private.keep_an_owner()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform from public.orgs where id = old.org_id for no key update;
    if found and not exists (
        select from public.org_members where org_id = old.org_id and role = 'owner'
    ) then
        raise exception 'organisation % would be without an owner', old.org_id
            using errcode = 'PT409', hint = 'Make another member owner first.';
    end if;
    return null;
end;
$$;

create constraint trigger org_members_keep_an_owner
    after update or delete on public.org_members
    deferrable
    for each row
    when (old.role = 'owner')
    execute function private.keep_an_owner();

revoke all on function private.keep_an_owner() from public, anon, authenticated, service_role;
-- end common/organisations.sql

grant select on public.org_members to authenticated;
alter table public.org_members enable row level security;
create policy "Members see each other"
    on public.org_members for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

-- from common/cron.sql
--   jobs = finish-storage-purges: 17 * * * *: select public.finish_storage_purges()
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
    perform cron.schedule('finish-storage-purges', '17 * * * *', $command$select public.finish_storage_purges()$command$);
end;
$schedule$;
-- end common/cron.sql

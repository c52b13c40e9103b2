--! subject = user_id: the column that says whom an amount belongs to
--! subjects = public.users: the table it refers to
--! counters: the table of counters: subject, metric, count bigint, window_start, window_end; unique in the first, second and fourth
--! ledger: the ledger to make
--! ledger_function: name of the trigger function that keeps it append-only
--! quota: function (subject, metric, moment) with out max_count (null: unlimited), window_start (null: deny) and window_end
--! never = infinity: the end of a window that has none
--! consume: name of the function that takes from the quota
--! refund: of the one that gives back
--! reset: of the one that sets a counter to 0
--! correct: of the one that corrects a counter
-- Metered usage: one counter for each subject, metric and window, and a ledger of everything that ever changed one.
--
-- Rules that hold after any interleaving: a counter is the sum of its ledger's deltas; it is never negative and, by
-- consumption, never beyond its limit; a consumption is given back at most once in all; a call with an idempotency
-- key happens once however often it is made. Comparing and adding are one UPDATE: concurrent calls queue up on the
-- row, and each compares with what the one before left. No window has to be opened by a clock: the first consumption
-- in it does that.

-- What each kind of entry may say. A function, because PostgreSQL reads and plans an expression that stands in a CHECK
-- anew in every statement, which took longer than the rest of the insert; of a function it keeps the plan.
create function private.{{ ledger }}_holds(kind text, amount bigint, delta bigint, refunds bigint, idempotency_key text)
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
create table public.{{ ledger }} (
    id bigint generated always as identity primary key,
    {{ subject }} uuid not null references {{ subjects }} (id) on delete cascade,
    metric text not null,
    window_start timestamptz not null,
    kind text not null check (kind = any ('{consume,refund,reset,correct}'::text[])),
    -- What was asked for.
    amount bigint not null,
    -- What it did to the counter. A refund after a reset gives back nothing that is still counted.
    delta bigint not null,
    -- The consumption that a refund gives back.
    refunds bigint references public.{{ ledger }} (id),
    idempotency_key text,
    created_at timestamptz not null default now(),

    constraint {{ ledger }}_once unique ({{ subject }}, idempotency_key),
    constraint {{ ledger }}_holds check (private.{{ ledger }}_holds(kind, amount, delta, refunds, idempotency_key))
);

create index idx_{{ ledger }}_refunds on public.{{ ledger }} (refunds) where refunds is not null;

revoke all on public.{{ ledger }} from anon, authenticated, service_role;
grant select on public.{{ ledger }} to authenticated, service_role;
alter table public.{{ ledger }} enable row level security;

create function public.{{ ledger_function }}()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' and not exists (select from {{ subjects }} where id = old.{{ subject }}) then
        return old;
    end if;
    raise exception '{{ ledger }} is append-only'
        using errcode = 'insufficient_privilege', hint = 'Add a row that corrects the earlier one.';
end;
$$;

create trigger {{ ledger }}_append_only
    before update or delete on public.{{ ledger }}
    for each row execute function public.{{ ledger_function }}();

create trigger {{ ledger }}_no_truncate
    before truncate on public.{{ ledger }}
    for each statement execute function public.{{ ledger_function }}();

-- The entry that an idempotency key stands for, or none. Whoever comes second with a key waits here for the first. A
-- key that was used for something else is PT409: HTTP 409 Conflict to REST clients.
create function private.{{ ledger }}_entry({{ subject }} uuid, idempotency_key text, kind text, metric text, amount bigint)
returns public.{{ ledger }}
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    earlier public.{{ ledger }};
begin
    if $2 is null then
        return null;
    end if;
    if length($2) not between 1 and 255 then
        raise exception 'an idempotency key has 1 to 255 characters, not %', length($2)
            using errcode = 'invalid_parameter_value', hint = 'Without a key, pass null.';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('{{ ledger }} ' || $1 || ' ' || $2, 0));
    select * into earlier from public.{{ ledger }} as l where l.{{ subject }} = $1 and l.idempotency_key = $2;
    if earlier.id is not null and (earlier.kind <> $3 or earlier.metric <> $4 or earlier.amount <> $5) then
        raise exception 'idempotency key % was used for something else', quote_literal($2)
            using errcode = 'PT409',
                detail = format('It stands for: %s %s of %s.', earlier.kind, earlier.amount, earlier.metric);
    end if;
    return earlier;
end;
$$;

-- Takes `amount` from the quota, or refuses with PT402 (HTTP 402) and changes nothing. `entry` is what a refund names.
create function public.{{ consume }}(
    {{ subject }} uuid, metric text, amount numeric default 1, idempotency_key text default null,
    out entry bigint, out used bigint, out remaining bigint, out resets_at timestamptz, out repeated boolean)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    wanted constant bigint := private.checked_amount($3);
    earlier public.{{ ledger }};
    quota record;
begin
    if $4 is not null then
        earlier := private.{{ ledger }}_entry($1, $4, 'consume', $2, wanted);
    end if;
    quota := {{ quota }}($1, $2, coalesce(earlier.created_at, now()));
    repeated := earlier.id is not null;
    if repeated then
        entry := earlier.id;
        select c.count, nullif(c.window_end, '{{ never }}') into used, resets_at from public.{{ counters }} as c
        where c.{{ subject }} = $1 and c.metric = $2 and c.window_start = earlier.window_start;
        remaining := greatest(quota.max_count - used, 0);
        return;
    end if;

    -- Twice at most: the counter may have been opened by somebody else between the first look and the second.
    for attempt in 1..2 loop
        -- without a quota the comparison is with null, and nothing is found
        update public.{{ counters }} as c
        set count = c.count + wanted
        where c.{{ subject }} = $1 and c.metric = $2 and c.window_start = quota.window_start
            and (quota.max_count is null or wanted <= quota.max_count - c.count)
        returning c.count into used;
        exit when used is not null or quota.window_start is null or wanted > quota.max_count;
        -- Whoever was refused by the limit holds the row by now, and must not wait below for one who waits for the row.
        continue when exists (
            select from public.{{ counters }} as c
            where c.{{ subject }} = $1 and c.metric = $2 and c.window_start = quota.window_start);
        -- The first in its window. One at a time: two that open overlapping windows would refuse each other.
        perform pg_advisory_xact_lock(hashtextextended('{{ counters }} ' || $1 || ' ' || $2, 0));
        insert into public.{{ counters }} as c ({{ subject }}, metric, count, window_start, window_end)
        values ($1, $2, wanted, quota.window_start, quota.window_end)
        on conflict ({{ subject }}, metric, window_start) do update
        set count = c.count + wanted
        where quota.max_count is null or wanted <= quota.max_count - c.count
        returning c.count into used;
        exit;
    end loop;
    if used is null then
        raise exception 'quota of % exceeded', $2
            using errcode = 'PT402',
                detail = format('Allowed are %s: %s used, %s asked for.', coalesce(quota.max_count, 0), coalesce((
                    select c.count from public.{{ counters }} as c
                    where c.{{ subject }} = $1 and c.metric = $2 and c.window_start = quota.window_start), 0), wanted),
                hint = format('Upgrade the plan%s.', ', or wait for the next window: '
                    || to_char(nullif(quota.window_end, '{{ never }}') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
    end if;
    remaining := quota.max_count - used;
    resets_at := nullif(quota.window_end, '{{ never }}');

    insert into public.{{ ledger }} as l ({{ subject }}, metric, window_start, kind, amount, delta, idempotency_key)
    values ($1, $2, quota.window_start, 'consume', wanted, wanted, $4)
    returning l.id into entry;
end;
$$;

-- Gives a consumption back, whole or in part; never more than was consumed, in however many calls. Without `amount`
-- it is what is left of it. The counter of the window in which it was consumed goes down.
create function public.{{ refund }}(
    {{ subject }} uuid, entry bigint, amount numeric default null, idempotency_key text default null,
    out refund bigint, out refunded bigint, out used bigint, out repeated boolean)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    consumed public.{{ ledger }};
    earlier public.{{ ledger }};
    rest bigint;
    before bigint;
begin
    -- one refund of a consumption at a time
    select * into consumed from public.{{ ledger }} as l
    where l.id = $2 and l.{{ subject }} = $1 and l.kind = 'consume' for update;
    if not found then
        raise exception 'entry % is no consumption of %', coalesce($2::text, 'null'), coalesce($1::text, 'null')
            using errcode = 'PT404';
    end if;
    select * into earlier from public.{{ ledger }} as l where l.{{ subject }} = $1 and l.idempotency_key = $4;
    select consumed.amount - coalesce(sum(l.amount), 0) into rest
    from public.{{ ledger }} as l where l.refunds = consumed.id;
    refunded := case when $3 is null then coalesce(earlier.amount, rest) else private.checked_amount($3) end;
    earlier := private.{{ ledger }}_entry($1, $4, 'refund', consumed.metric, refunded);
    repeated := earlier.id is not null;
    if repeated and earlier.refunds <> consumed.id then
        raise exception 'idempotency key % was used for something else', quote_literal($4) using errcode = 'PT409';
    end if;

    select c.count into before from public.{{ counters }} as c
    where c.{{ subject }} = $1 and c.metric = consumed.metric and c.window_start = consumed.window_start for update;
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
    update public.{{ counters }} as c set count = used
    where c.{{ subject }} = $1 and c.metric = consumed.metric and c.window_start = consumed.window_start;
    insert into public.{{ ledger }} as l
        ({{ subject }}, metric, window_start, kind, amount, delta, refunds, idempotency_key)
    values ($1, consumed.metric, consumed.window_start, 'refund', refunded, coalesce(used - before, 0), consumed.id, $4)
    returning l.id into refund;
end;
$$;

-- Sets the counter of the running window to 0. Returns what it was; 0 when there is none.
create function public.{{ reset }}({{ subject }} uuid, metric text)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    present public.{{ counters }};
begin
    select * into present from public.{{ counters }} as c
    where c.{{ subject }} = $1 and c.metric = $2 and c.window_start <= now() and c.window_end > now() for update;
    if coalesce(present.count, 0) = 0 then
        return 0;
    end if;
    update public.{{ counters }} as c set count = 0 where c.id = present.id;
    insert into public.{{ ledger }} ({{ subject }}, metric, window_start, kind, amount, delta)
    values ($1, $2, present.window_start, 'reset', present.count, -present.count);
    return present.count;
end;
$$;

-- Corrects the counter of the running window by `change`, which may be negative, for what is not a consumption (files
-- that were deleted, a miscount). It does not ask the limit and never goes below 0. Returns the corrected counter.
create function public.{{ correct }}({{ subject }} uuid, metric text, change numeric, idempotency_key text default null)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
    size constant bigint := private.checked_amount(abs($3));
    step constant bigint := sign($3) * size;
    earlier constant public.{{ ledger }} := private.{{ ledger }}_entry($1, $4, 'correct', $2, size);
    quota record;
    corrected bigint;
begin
    if earlier.id is not null then
        return (
            select c.count from public.{{ counters }} as c
            where c.{{ subject }} = $1 and c.metric = $2 and c.window_start = earlier.window_start);
    end if;
    quota := {{ quota }}($1, $2, now());
    if quota.window_start is null then
        raise exception 'there is no % for this plan', $2 using errcode = 'PT402';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('{{ counters }} ' || $1 || ' ' || $2, 0));
    update public.{{ counters }} as c set count = c.count + step
    where c.{{ subject }} = $1 and c.metric = $2 and c.window_start = quota.window_start and c.count + step >= 0
    returning c.count into corrected;
    if corrected is null and step > 0 then
        insert into public.{{ counters }} ({{ subject }}, metric, count, window_start, window_end)
        values ($1, $2, step, quota.window_start, quota.window_end)
        returning count into corrected;
    end if;
    if corrected is null then
        raise exception '% cannot be corrected by %: less than that is used', $2, step
            using errcode = 'invalid_parameter_value';
    end if;
    insert into public.{{ ledger }} ({{ subject }}, metric, window_start, kind, amount, delta, idempotency_key)
    values ($1, $2, quota.window_start, 'correct', size, step, $4);
    return corrected;
end;
$$;

revoke all on function
    public.{{ ledger_function }}(),
    private.{{ ledger }}_holds(text, bigint, bigint, bigint, text),
    private.{{ ledger }}_entry(uuid, text, text, text, bigint),
    public.{{ consume }}(uuid, text, numeric, text),
    public.{{ refund }}(uuid, bigint, numeric, text),
    public.{{ reset }}(uuid, text),
    public.{{ correct }}(uuid, text, numeric, text)
    from public, anon, authenticated, service_role;
-- Only the service counts: a user who could would count for others, or backwards.
grant execute on function
    public.{{ consume }}(uuid, text, numeric, text),
    public.{{ refund }}(uuid, bigint, numeric, text),
    public.{{ reset }}(uuid, text),
    public.{{ correct }}(uuid, text, numeric, text)
    to service_role;

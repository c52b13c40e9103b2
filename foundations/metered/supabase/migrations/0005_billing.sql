-- Lemon Squeezy: its webhooks arrive through one function that may be called with the same event any number of times,
-- in any order.

-- from common/subscription_states.sql
--   trialing = trial
--   canceled = cancelled
--   incomplete = unpaid
--   incomplete_expired = expired
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
        when provider_state in ('trialing', 'on_trial', 'trial') then 'trial'
        when provider_state in ('canceled', 'cancelled') then 'cancelled'
        when provider_state = 'expired' then 'expired'
        when provider_state = 'incomplete' then 'unpaid'
        when provider_state = 'incomplete_expired' then 'expired'
    end
$$;

revoke all on function public.subscription_status(text) from public, anon, authenticated, service_role;
grant execute on function public.subscription_status(text) to service_role;
-- end common/subscription_states.sql

-- from common/webhook_inbox.sql
--   schema = private
--   table = lemon_squeezy_events
--   subject = lemon_squeezy_id
--   serving = trial, active, past_due, cancelled
--   account = user_id
--   accounts = public.users
--   function = settle_lemon_squeezy_event
-- The inbox of a payment provider's webhooks. A provider delivers an event more than once and in any order: the
-- primary key takes each once, and how an account stands follows from all that happened, not from what came last.

-- Every event that arrived, once, and what became of it. It holds the provider's ids and no personal data, so it
-- survives the account; the event itself can be fetched from the provider again.
create table private.lemon_squeezy_events (
    id text primary key,
    type text not null,
    created_at timestamptz not null,
    lemon_squeezy_id text,
    subscription_created_at timestamptz,
    user_id uuid references public.users (id) on delete set null,
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

create index idx_lemon_squeezy_events_account on private.lemon_squeezy_events (user_id, lemon_squeezy_id);
create index idx_lemon_squeezy_events_subscription on private.lemon_squeezy_events (lemon_squeezy_id, created_at);
create index idx_lemon_squeezy_events_unknown on private.lemon_squeezy_events (received_at) where outcome = 'unknown_user';

revoke all on private.lemon_squeezy_events from anon, authenticated, service_role;
grant select, insert, update on private.lemon_squeezy_events to service_role;
alter table private.lemon_squeezy_events enable row level security;

-- Notes whose event it is and what it says, and returns the event that says how the account stands: of each subscription
-- the latest to happen, and of the subscriptions one that serves before one that does not, then the younger. What
-- could not be told whose it is before is the account's from now on. The caller holds a lock on the account, so that
-- its events are settled one after another.
create function private.settle_lemon_squeezy_event(event_id text, of_account uuid, saying jsonb)
returns private.lemon_squeezy_events
language plpgsql
set search_path = ''
as $$
declare
    standing private.lemon_squeezy_events;
begin
    update private.lemon_squeezy_events as e
    set user_id = of_account, says = saying, outcome = 'unknown_user'
    where e.id = event_id;
    if of_account is null then
        return null;
    end if;
    update private.lemon_squeezy_events as e set user_id = of_account
    where e.outcome = 'unknown_user' and e.user_id is null
        and (e.lemon_squeezy_id = (select known.lemon_squeezy_id from private.lemon_squeezy_events as known where known.id = event_id)
        );
    select latest.* into standing
    from (
        select distinct on (e.lemon_squeezy_id) e.*
        from private.lemon_squeezy_events as e
        where e.user_id = of_account and e.lemon_squeezy_id is not null and e.says ->> 'status' is not null
        order by e.lemon_squeezy_id,
            e.created_at desc, e.type desc, e.id desc
    ) as latest
    order by latest.says ->> 'status' in ('trial', 'active', 'past_due', 'cancelled') desc,
        latest.subscription_created_at desc nulls last, latest.lemon_squeezy_id desc
    limit 1;
    update private.lemon_squeezy_events as e
    set outcome = case
        when e.lemon_squeezy_id is null or e.id = standing.id then 'applied'
        when e.lemon_squeezy_id = standing.lemon_squeezy_id then 'stale'
        else 'superseded' end
    where e.user_id = of_account and e.outcome = 'unknown_user';
    return standing;
end;
$$;

revoke all on function private.settle_lemon_squeezy_event(text, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function private.settle_lemon_squeezy_event(text, uuid, jsonb) to service_role;
-- end common/webhook_inbox.sql

-- Which plan a variant (what a customer buys) stands for. Never taken from the checkout's custom data: a checkout link
-- and what is in it can be edited by whoever clicks it.
create table public.lemon_squeezy_variants (
    variant_id text primary key,
    plan text not null check (plan in ('basic', 'pro'))
);

-- from common/closed.sql
--   tables = lemon_squeezy_variants
-- Nobody has anything on these tables until it is granted, and row level security is on, so that a grant without a
-- policy shows no row. service_role passes over policies (it has BYPASSRLS): no policy names it, since a policy that
-- is OR-ed to the others costs the planner its index.
revoke all on public.lemon_squeezy_variants from anon, authenticated, service_role;
alter table public.lemon_squeezy_variants enable row level security;
-- end common/closed.sql
grant select, insert, update, delete on public.lemon_squeezy_variants to service_role;

-- A time as Lemon Squeezy writes one; null when there is none.
create function private.lemon_squeezy_time(attributes jsonb, name text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
    written constant text := attributes ->> name;
begin
    if written is not null and written !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then
        raise invalid_datetime_format;
    end if;
    return written::timestamptz;
exception when data_exception then
    raise exception '% is no time: %', name, quote_literal(left(written, 100)) using errcode = 'invalid_parameter_value';
end;
$$;

-- A Lemon Squeezy subscription object as a row of public.subscriptions: without id, user and times of its own.
create function private.lemon_squeezy_row(object jsonb)
returns public.subscriptions
language plpgsql
stable
set search_path = ''
as $$
declare
    attributes constant jsonb := object -> 'attributes';
    subscription public.subscriptions;
begin
    subscription.lemon_squeezy_id := object ->> 'id';
    subscription.status := public.subscription_status(attributes ->> 'status');
    subscription.plan := (
        select plan from public.lemon_squeezy_variants where variant_id = attributes ->> 'variant_id');
    subscription.trial_ends_at := private.lemon_squeezy_time(attributes, 'trial_ends_at');
    subscription.current_period_start := private.lemon_squeezy_time(attributes, 'created_at');
    -- A cancelled subscription no longer renews; it ends.
    subscription.current_period_end :=
        coalesce(private.lemon_squeezy_time(attributes, 'ends_at'), private.lemon_squeezy_time(attributes, 'renews_at'));

    if subscription.status is null then
        raise exception 'unknown subscription state %', quote_nullable(attributes ->> 'status')
            using errcode = 'invalid_parameter_value', hint = 'Add it to public.subscription_status.';
    end if;
    if subscription.plan is null then
        raise exception 'variant % stands for no plan', quote_nullable(attributes ->> 'variant_id')
            using errcode = 'invalid_parameter_value', hint = 'Add it to public.lemon_squeezy_variants.';
    end if;
    if subscription.lemon_squeezy_id is null or subscription.current_period_start is null
        or subscription.current_period_end is null
        or (subscription.status = 'trial' and subscription.trial_ends_at is null) then
        raise exception 'a Lemon Squeezy subscription needs id, created_at, renews_at or ends_at, and on trial trial_ends_at'
            using errcode = 'invalid_parameter_value';
    end if;
    return subscription;
end;
$$;

-- Whose subscription it is: who has it already, else custom_data.user_id as set at checkout.
create function private.lemon_squeezy_user(event jsonb)
returns uuid
language sql
stable
set search_path = ''
as $$
    select coalesce(
        (select e.user_id from private.lemon_squeezy_events as e
            where e.lemon_squeezy_id = event #>> '{data,id}' and e.user_id is not null limit 1),
        (select s.user_id from public.subscriptions as s where s.lemon_squeezy_id = event #>> '{data,id}'),
        (select u.id from public.users as u where u.id = case
            when event #>> '{meta,custom_data,user_id}' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                then (event #>> '{meta,custom_data,user_id}')::uuid
        end))
$$;

-- Makes the subscription of a user what this event says.
create function private.stand_by_lemon_squeezy_event(event private.lemon_squeezy_events)
returns void
language plpgsql
set search_path = ''
as $$
declare
    s public.subscriptions := jsonb_populate_record(null::public.subscriptions, event.says);
begin
    -- The provider tells when a period ends, not when it began: where the one before ended, or at the beginning.
    s.current_period_start := coalesce((
        select max((earlier.says ->> 'current_period_end')::timestamptz)
        from private.lemon_squeezy_events as earlier
        where earlier.lemon_squeezy_id = event.lemon_squeezy_id and earlier.user_id = event.user_id
            and earlier.created_at <= event.created_at
            and (earlier.says ->> 'current_period_end')::timestamptz < s.current_period_end
            and (earlier.says ->> 'current_period_end')::timestamptz <= event.created_at + interval '1 hour'
    ), s.current_period_start);
    -- One that ends at once, or before the period it had begun, has no time left.
    s.current_period_start := least(s.current_period_start, s.current_period_end - interval '1 microsecond');
    insert into public.subscriptions as present (user_id, lemon_squeezy_id, plan, status,
        current_period_start, current_period_end, trial_ends_at)
    values (event.user_id, s.lemon_squeezy_id, s.plan, s.status, s.current_period_start, s.current_period_end, s.trial_ends_at)
    on conflict (user_id) do update set
        lemon_squeezy_id = excluded.lemon_squeezy_id,
        plan = excluded.plan,
        status = excluded.status,
        current_period_start = excluded.current_period_start,
        current_period_end = excluded.current_period_end,
        trial_ends_at = excluded.trial_ends_at;
end;
$$;

-- Takes one event as Lemon Squeezy posts it (after the caller has verified its signature) and answers with what became
-- of it: one of lemon_squeezy_events.outcome, or 'duplicate'. An event that cannot be understood raises 22023 and
-- leaves no trace, so its redelivery finds it new. Lemon Squeezy numbers no events: an event is known by its content,
-- which a redelivery repeats.
create function public.apply_lemon_squeezy_event(event jsonb)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
    name constant text := event #>> '{meta,event_name}';
    attributes constant jsonb := event #> '{data,attributes}';
    about_subscription constant boolean := coalesce(event #>> '{data,type}' = 'subscriptions', false);
    created constant timestamptz := private.lemon_squeezy_time(attributes, 'created_at');
    happened constant timestamptz := coalesce(private.lemon_squeezy_time(attributes, 'updated_at'), created);
    inbox private.lemon_squeezy_events;
    incoming public.subscriptions;
    standing private.lemon_squeezy_events;
begin
    if name is null or event #>> '{data,id}' is null or happened is null then
        raise exception 'not a Lemon Squeezy event: meta.event_name, data.id and data.attributes.updated_at are required'
            using errcode = 'invalid_parameter_value';
    end if;

    -- A second delivery waits here for the first to commit and then finds the row.
    insert into private.lemon_squeezy_events (id, type, created_at, lemon_squeezy_id, subscription_created_at)
    values (encode(sha256(convert_to(event::text, 'utf8')), 'hex'), name, happened,
        case when about_subscription then event #>> '{data,id}' end, created)
    on conflict (id) do nothing
    returning * into inbox;
    if inbox.id is null then
        return 'duplicate';
    end if;
    if not about_subscription then
        return inbox.outcome;
    end if;

    incoming := private.lemon_squeezy_row(event -> 'data');
    incoming.user_id := private.lemon_squeezy_user(event);
    -- One event at a time for each user.
    perform from public.users where id = incoming.user_id for no key update;
    standing := private.settle_lemon_squeezy_event(inbox.id, incoming.user_id, jsonb_strip_nulls(to_jsonb(incoming)));
    if standing.id is not null then
        perform private.stand_by_lemon_squeezy_event(standing);
    end if;
    return (select outcome from private.lemon_squeezy_events where id = inbox.id);
end;
$$;

revoke all on function
    private.lemon_squeezy_time(jsonb, text),
    private.lemon_squeezy_row(jsonb),
    private.lemon_squeezy_user(jsonb),
    private.stand_by_lemon_squeezy_event(private.lemon_squeezy_events),
    public.apply_lemon_squeezy_event(jsonb)
    from public, anon, authenticated, service_role;
grant execute on function public.apply_lemon_squeezy_event(jsonb) to service_role;

-- Billing: Stripe's webhooks arrive through one function that may be called with the same event any number of times, in
-- any order. public.subscriptions says what the newest event says; users follows (003).

-- from common/webhook_inbox.sql
--   schema = private
--   table = stripe_events
--   subject = stripe_subscription_id
--   function = judge_stripe_event
--   final = canceled, incomplete_expired
--   serving = active, trialing, past_due
--   opening = active, trialing, past_due, incomplete
-- The inbox of a payment provider's webhooks. A provider delivers an event more than once and in any order: the
-- primary key takes each once, and an event is judged by the time it happened, not by the time it came.

-- Every event that arrived, once, and what became of it. It holds the provider's ids and no personal data, so it
-- survives the account; the event itself can be fetched from the provider again.
create table private.stripe_events (
    id text primary key,
    type text not null,
    created_at timestamptz not null,
    stripe_subscription_id text,
    subscription_created_at timestamptz,
    -- applied        the subscription now says what the event says
    -- ignored        an event that is not about a subscription
    -- stale          something newer about the same subscription was applied before
    -- superseded     about another subscription than the one the user has now
    -- unknown_user   nobody here has that customer (any more)
    outcome text not null default 'ignored'
        check (outcome in ('applied', 'ignored', 'stale', 'superseded', 'unknown_user')),
    received_at timestamptz not null default now()
);

create index idx_stripe_events_subscription on private.stripe_events (stripe_subscription_id, created_at)
    where outcome = 'applied';

revoke all on private.stripe_events from anon, authenticated, service_role;
grant select, insert, update on private.stripe_events to service_role;
alter table private.stripe_events enable row level security;

-- What an event about a subscription may do to the one the user has now.
create function private.judge_stripe_event(event private.stripe_events, incoming public.subscriptions,
    present public.subscriptions)
returns text
language sql
stable
set search_path = ''
as $$
    select case
        when present.id is null or present.stripe_subscription_id is null then 'applied'
        when present.stripe_subscription_id = incoming.stripe_subscription_id then case
            -- the provider never takes a subscription out of these
            when present.status in ('canceled', 'incomplete_expired') and incoming.status <> present.status then 'stale'
            when exists (
                select from private.stripe_events as earlier
                where earlier.stripe_subscription_id = incoming.stripe_subscription_id
                    and earlier.outcome = 'applied' and earlier.created_at > event.created_at
            ) then 'stale'
            else 'applied'
        end
        -- Another subscription takes over when it is the younger one and serves the user, or the present one no
        -- longer does.
        when present.status not in ('active', 'trialing', 'past_due') then
            case when incoming.status in ('active', 'trialing', 'past_due', 'incomplete') then 'applied'
                else 'superseded' end
        when incoming.status in ('active', 'trialing', 'past_due') and not exists (
            select from private.stripe_events as earlier
            where earlier.stripe_subscription_id = present.stripe_subscription_id
                and earlier.outcome = 'applied'
                and earlier.subscription_created_at > event.subscription_created_at
        ) then 'applied'
        else 'superseded'
    end
$$;

revoke all on function
    private.judge_stripe_event(private.stripe_events, public.subscriptions, public.subscriptions)
    from public, anon, authenticated, service_role;
grant execute on function
    private.judge_stripe_event(private.stripe_events, public.subscriptions, public.subscriptions)
    to service_role;
-- end common/webhook_inbox.sql

-- from common/subscription_states.sql
--   schema = private
-- The one place where the words of a payment provider become the words stored here. Both Stripe's and Lemon
-- Squeezy's are known, whichever of them is in use. A word that neither has documented gives null, and the caller
-- refuses the event with it: a state that is guessed would be money given away or service taken away.
create function private.subscription_status(provider_state text)
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

revoke all on function private.subscription_status(text) from public, anon, authenticated, service_role;
grant execute on function private.subscription_status(text) to service_role;
-- end common/subscription_states.sql

-- Seconds since 1970, as Stripe writes a time.
create function private.stripe_time(object jsonb, name text)
returns timestamptz
language sql
immutable
set search_path = ''
as $$
    select case when jsonb_typeof(object -> name) = 'number' then to_timestamp((object ->> name)::double precision) end
$$;

create function private.stripe_customer(object jsonb)
returns text
language sql
immutable
set search_path = ''
as $$
    select coalesce(object #>> '{customer,id}', object ->> 'customer')
$$;

-- A Stripe subscription object as a row of public.subscriptions: without user, usage and times of its own.
-- The tier is a metadata field of the price (or its lookup key), set once in Stripe's dashboard.
create function private.stripe_subscription_row(object jsonb)
returns public.subscriptions
language plpgsql
stable
set search_path = ''
as $$
declare
    item constant jsonb := object #> '{items,data,0}';
    s public.subscriptions;
begin
    s.stripe_subscription_id := object ->> 'id';
    s.stripe_price_id := item #>> '{price,id}';
    s.status := private.subscription_status(object ->> 'status');
    s.tier := coalesce(item #>> '{price,metadata,tier}', item #>> '{price,lookup_key}');
    -- Stripe moved the period from the subscription to its items in API version 2025-03-31.
    s.current_period_start :=
        coalesce(private.stripe_time(item, 'current_period_start'), private.stripe_time(object, 'current_period_start'));
    s.current_period_end :=
        coalesce(private.stripe_time(item, 'current_period_end'), private.stripe_time(object, 'current_period_end'));
    s.cancel_at_period_end := coalesce(object -> 'cancel_at_period_end' = 'true', false);

    if s.status is null then
        raise exception 'unknown subscription state %', quote_nullable(object ->> 'status')
            using errcode = 'invalid_parameter_value', hint = 'Add it to private.subscription_status.';
    end if;
    if s.tier is null or not exists (select from private.plans where tier = s.tier) then
        raise exception 'price % names no tier', quote_nullable(s.stripe_price_id)
            using errcode = 'invalid_parameter_value',
                hint = 'Set the metadata field "tier" of the price in Stripe to free, pro or studio.';
    end if;
    if s.stripe_subscription_id is null or private.stripe_customer(object) is null
        or s.current_period_start is null or s.current_period_end is null then
        raise exception 'a Stripe subscription needs id, customer, current_period_start and current_period_end'
            using errcode = 'invalid_parameter_value';
    end if;
    return s;
end;
$$;

-- Whose subscription it is: metadata.user_id as set at checkout, else the user who already has it or its customer.
create function private.stripe_subscription_user(object jsonb)
returns uuid
language sql
stable
set search_path = ''
as $$
    select id from (
        select u.id, 1 as rank from public.users as u
        where u.id = case
            when object #>> '{metadata,user_id}' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                then (object #>> '{metadata,user_id}')::uuid
        end
        union all
        select s.user_id, 2 from public.subscriptions as s where s.stripe_subscription_id = object ->> 'id'
        union all
        select u.id, 3 from public.users as u where u.stripe_customer_id = private.stripe_customer(object)
    ) as candidates
    order by rank
    limit 1
$$;

-- Writes the subscription of a user in place of the one before. A new billing period begins a new month of usage.
create function private.save_subscription(incoming public.subscriptions)
returns void
language sql
set search_path = ''
as $$
    insert into public.subscriptions (user_id)
    select incoming.user_id where not exists (select from public.subscriptions where user_id = incoming.user_id);
    update public.subscriptions as s
    set stripe_subscription_id = incoming.stripe_subscription_id,
        stripe_price_id = incoming.stripe_price_id,
        tier = incoming.tier,
        status = incoming.status,
        current_period_start = incoming.current_period_start,
        current_period_end = incoming.current_period_end,
        cancel_at_period_end = incoming.cancel_at_period_end,
        assets_used = case when incoming.current_period_start > s.current_period_start then 0 else s.assets_used end,
        usage_reset_at = case when incoming.current_period_start > s.current_period_start then incoming.current_period_start
            else s.usage_reset_at end
    where s.user_id = incoming.user_id
$$;

-- Takes one event as Stripe posts it (after the caller has verified its signature) and answers with what became of
-- it: one of stripe_events.outcome, or 'duplicate'. An event that cannot be understood raises 22023 and leaves no
-- trace, so Stripe's redelivery finds it new.
create function public.apply_stripe_event(event jsonb)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
    object constant jsonb := event #> '{data,object}';
    inbox private.stripe_events;
    incoming public.subscriptions;
    present public.subscriptions;
begin
    if event ->> 'id' is null or event ->> 'type' is null or private.stripe_time(event, 'created') is null
        or jsonb_typeof(object) is distinct from 'object' then
        raise exception 'not a Stripe event: id, type, created and data.object are required'
            using errcode = 'invalid_parameter_value';
    end if;

    -- A second delivery waits here for the first to commit and then finds the row.
    insert into private.stripe_events (id, type, created_at, stripe_subscription_id, subscription_created_at)
    values (event ->> 'id', event ->> 'type', private.stripe_time(event, 'created'),
        case when event ->> 'type' like 'customer.subscription.%' then object ->> 'id' end,
        private.stripe_time(object, 'created'))
    on conflict (id) do nothing
    returning * into inbox;
    if inbox.id is null then
        return 'duplicate';
    end if;
    if inbox.type not like 'customer.subscription.%' then
        return inbox.outcome;
    end if;

    incoming := private.stripe_subscription_row(object);
    incoming.user_id := private.stripe_subscription_user(object);
    if incoming.user_id is null then
        inbox.outcome := 'unknown_user';
    else
        -- One event at a time for each user, who comes before the subscription (003).
        perform from public.users where id = incoming.user_id for update;
        select * into present from public.subscriptions where user_id = incoming.user_id for update;
        inbox.outcome := private.judge_stripe_event(inbox, incoming, present);
    end if;
    if inbox.outcome = 'applied' then
        perform private.save_subscription(incoming);
        update public.users set stripe_customer_id = private.stripe_customer(object)
        where id = incoming.user_id and stripe_customer_id is distinct from private.stripe_customer(object);
    end if;
    update private.stripe_events set outcome = inbox.outcome where id = inbox.id;
    return inbox.outcome;
end;
$$;

revoke all on function
    private.stripe_time(jsonb, text),
    private.stripe_customer(jsonb),
    private.stripe_subscription_row(jsonb),
    private.stripe_subscription_user(jsonb),
    private.save_subscription(public.subscriptions),
    public.apply_stripe_event(jsonb)
    from public, anon, authenticated, service_role;
grant execute on function public.apply_stripe_event(jsonb) to service_role;

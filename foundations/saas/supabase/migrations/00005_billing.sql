-- Billing: subscriptions is the source, users mirrors it, subscription_audit remembers, and Stripe's webhooks arrive
-- through one function that may be called with the same event any number of times, in any order.

-- ---------------------------------------------------------------------------------------------------------------
-- users.subscription_tier and subscription_status follow subscriptions
-- ---------------------------------------------------------------------------------------------------------------

create function public.mirror_subscription()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' or (tg_op = 'UPDATE' and new.user_id <> old.user_id) then
        update public.users set subscription_tier = 'free', subscription_status = null where id = old.user_id;
    end if;
    if tg_op <> 'DELETE' then
        update public.users
        set subscription_tier = new.tier, subscription_status = new.status
        where id = new.user_id
            and (subscription_tier, subscription_status) is distinct from (new.tier, new.status);
    end if;
    return null;
end;
$$;

create trigger subscriptions_mirror
    after insert or update or delete on public.subscriptions
    for each row execute function public.mirror_subscription();

-- The other direction of drift: while a user has a subscription, nothing else may set the tier. A user without one
-- may be given a tier by hand (a customer who pays by invoice).
create function public.keep_mirror_true()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if exists (
        select from public.subscriptions as s
        where s.user_id = new.id
            and (s.tier, s.status) is distinct from (new.subscription_tier, new.subscription_status)
    ) then
        raise exception 'tier and status of user % follow the subscription', new.id
            using errcode = 'PT409', hint = 'Change public.subscriptions instead.';
    end if;
    return new;
end;
$$;

create trigger users_follow_subscription
    before update of subscription_tier, subscription_status on public.users
    for each row
    when ((old.subscription_tier, old.subscription_status)
        is distinct from (new.subscription_tier, new.subscription_status))
    execute function public.keep_mirror_true();

-- ---------------------------------------------------------------------------------------------------------------
-- subscription_audit is append-only
-- ---------------------------------------------------------------------------------------------------------------

-- from common/append_only.sql
--   table = subscription_audit
--   function = keep_subscription_audit
--   clears = user_id:public.users, subscription_id:public.subscriptions
-- subscription_audit is append-only, for the table's owner too. The changes let through are the foreign keys' own: a
-- reference is cleared when what it pointed to is gone.
create function public.keep_subscription_audit()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'UPDATE'
        and to_jsonb(new) - 'user_id' - 'subscription_id' = to_jsonb(old) - 'user_id' - 'subscription_id'
        and (new.user_id is not distinct from old.user_id
            or new.user_id is null
                and not exists (select from public.users where id = old.user_id))
        and (new.subscription_id is not distinct from old.subscription_id
            or new.subscription_id is null
                and not exists (select from public.subscriptions where id = old.subscription_id))
    then
        return new;
    end if;
    raise exception 'subscription_audit is append-only'
        using errcode = 'insufficient_privilege', hint = 'Add a row that corrects the earlier one.';
end;
$$;

create trigger subscription_audit_append_only
    before update or delete on public.subscription_audit
    for each row execute function public.keep_subscription_audit();

create trigger subscription_audit_no_truncate
    before truncate on public.subscription_audit
    for each statement execute function public.keep_subscription_audit();

revoke all on function public.keep_subscription_audit() from public, anon, authenticated, service_role;
-- end common/append_only.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Stripe
-- ---------------------------------------------------------------------------------------------------------------

-- from common/webhook_inbox.sql
--   schema = private
--   table = stripe_events
--   subject = stripe_subscription_id
--   final = canceled, incomplete_expired
--   serving = active, trialing, past_due
--   pending = incomplete
--   account = user_id
--   accounts = public.users
--   customer = stripe_customer_id
--   function = settle_stripe_event
-- The inbox of a payment provider's webhooks. A provider delivers an event more than once and in any order: the
-- primary key takes each once, and how an account stands follows from all that happened, not from what came last.

-- Every event that arrived, once, and what became of it. It holds the provider's ids and no personal data, so it
-- survives the account; the event itself can be fetched from the provider again.
create table private.stripe_events (
    id text primary key,
    type text not null,
    created_at timestamptz not null,
    stripe_subscription_id text,
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

create index idx_stripe_events_account on private.stripe_events (user_id, stripe_subscription_id);
create index idx_stripe_events_subscription on private.stripe_events (stripe_subscription_id, created_at);
create index idx_stripe_events_unknown on private.stripe_events (received_at) where outcome = 'unknown_user';

revoke all on private.stripe_events from anon, authenticated, service_role;
grant select, insert, update on private.stripe_events to service_role;
alter table private.stripe_events enable row level security;

-- Notes whose event it is and what it says, and returns the event that says how the account stands: of each subscription
-- the latest to happen, and of the subscriptions one that serves before one that does not, then the younger. What
-- could not be told whose it is before is the account's from now on. The caller holds a lock on the account, so that
-- its events are settled one after another.
create function private.settle_stripe_event(event_id text, of_account uuid, saying jsonb)
returns private.stripe_events
language plpgsql
set search_path = ''
as $$
declare
    standing private.stripe_events;
begin
    update private.stripe_events as e
    set user_id = of_account, says = saying, outcome = 'unknown_user'
    where e.id = event_id;
    if of_account is null then
        return null;
    end if;
    update private.stripe_events as e set user_id = of_account
    where e.outcome = 'unknown_user' and e.user_id is null
        and (e.stripe_subscription_id = (select known.stripe_subscription_id from private.stripe_events as known where known.id = event_id)
            or e.says ->> 'stripe_customer_id' = saying ->> 'stripe_customer_id'
        );
    select latest.* into standing
    from (
        select distinct on (e.stripe_subscription_id) e.*
        from private.stripe_events as e
        where e.user_id = of_account and e.stripe_subscription_id is not null and e.says ->> 'status' is not null
        order by e.stripe_subscription_id,
            -- the provider never takes a subscription out of these
            e.says ->> 'status' in ('canceled', 'incomplete_expired') desc,
            e.created_at desc, e.type desc, e.id desc
    ) as latest
    order by latest.says ->> 'status' in ('active', 'trialing', 'past_due') desc,
        latest.says ->> 'status' in ('incomplete') desc,
        latest.subscription_created_at desc nulls last, latest.stripe_subscription_id desc
    limit 1;
    update private.stripe_events as e
    set outcome = case
        when e.stripe_subscription_id is null or e.id = standing.id then 'applied'
        when e.stripe_subscription_id = standing.stripe_subscription_id then 'stale'
        else 'superseded' end
    where e.user_id = of_account and e.outcome = 'unknown_user';
    return standing;
end;
$$;

revoke all on function private.settle_stripe_event(text, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function private.settle_stripe_event(text, uuid, jsonb) to service_role;
-- end common/webhook_inbox.sql

-- from common/subscription_states.sql
--   expired = canceled
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
        when provider_state = 'expired' then 'canceled'
        when provider_state = 'incomplete' then 'incomplete'
        when provider_state = 'incomplete_expired' then 'incomplete_expired'
    end
$$;

revoke all on function public.subscription_status(text) from public, anon, authenticated, service_role;
grant execute on function public.subscription_status(text) to service_role;
-- end common/subscription_states.sql

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

-- A Stripe subscription object as a row of public.subscriptions: without id, user and times of its own.
-- The tier is a metadata field of the price (or its lookup key), set once in Stripe's dashboard.
create function private.stripe_subscription_row(object jsonb)
returns public.subscriptions
language plpgsql
stable
set search_path = ''
as $$
declare
    item constant jsonb := object #> '{items,data,0}';
    subscription public.subscriptions;
begin
    subscription.stripe_subscription_id := object ->> 'id';
    subscription.stripe_customer_id := coalesce(object #>> '{customer,id}', object ->> 'customer');
    subscription.status := public.subscription_status(object ->> 'status');
    subscription.tier := coalesce(item #>> '{price,metadata,tier}', item #>> '{price,lookup_key}');
    -- Stripe moved the period from the subscription to its items in API version 2025-03-31.
    subscription.current_period_start :=
        coalesce(private.stripe_time(item, 'current_period_start'), private.stripe_time(object, 'current_period_start'));
    subscription.current_period_end :=
        coalesce(private.stripe_time(item, 'current_period_end'), private.stripe_time(object, 'current_period_end'));
    subscription.cancel_at_period_end := coalesce(object -> 'cancel_at_period_end' = 'true', false);

    if subscription.status is null then
        raise exception 'unknown subscription state %', quote_nullable(object ->> 'status')
            using errcode = 'invalid_parameter_value', hint = 'Add it to public.subscription_status.';
    end if;
    if subscription.tier is null or not exists (select from public.tier_limits where tier = subscription.tier) then
        raise exception 'price % names no tier', quote_nullable(item #>> '{price,id}')
            using errcode = 'invalid_parameter_value',
                hint = 'Set the metadata field "tier" of the price in Stripe to a tier of public.tier_limits.';
    end if;
    if subscription.stripe_subscription_id is null or subscription.stripe_customer_id is null
        or subscription.current_period_start is null or subscription.current_period_end is null then
        raise exception 'a Stripe subscription needs id, customer, current_period_start and current_period_end'
            using errcode = 'invalid_parameter_value';
    end if;
    return subscription;
end;
$$;

-- Whose subscription it is: metadata.user_id as set at checkout, else the user who already has the customer.
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
        select e.user_id, 2 from private.stripe_events as e
        where e.stripe_subscription_id = object ->> 'id' and e.user_id is not null
        union all
        select s.user_id, 2 from public.subscriptions as s where s.stripe_subscription_id = object ->> 'id'
        union all
        select s.user_id, 3 from public.subscriptions as s
        where s.stripe_customer_id = coalesce(object #>> '{customer,id}', object ->> 'customer')
    ) as candidates
    order by rank
    limit 1
$$;

-- Writes the subscription of a user, new or in place of the one before. Returns its id.
create function private.save_subscription(incoming public.subscriptions)
returns uuid
language sql
set search_path = ''
as $$
    insert into public.subscriptions as s (user_id, stripe_subscription_id, stripe_customer_id, tier, status,
        current_period_start, current_period_end, cancel_at_period_end)
    values (incoming.user_id, incoming.stripe_subscription_id, incoming.stripe_customer_id, incoming.tier,
        incoming.status, incoming.current_period_start, incoming.current_period_end, incoming.cancel_at_period_end)
    on conflict (user_id) do update set
        stripe_subscription_id = excluded.stripe_subscription_id,
        stripe_customer_id = excluded.stripe_customer_id,
        tier = excluded.tier,
        status = excluded.status,
        current_period_start = excluded.current_period_start,
        current_period_end = excluded.current_period_end,
        cancel_at_period_end = excluded.cancel_at_period_end
    returning s.id
$$;

-- Makes the subscription of a user what the event that stands says, and when that is a change, remembers it with the
-- event that came.
create function private.stand_by_stripe_event(came private.stripe_events, standing private.stripe_events)
returns void
language plpgsql
set search_path = ''
as $$
declare
    incoming public.subscriptions := jsonb_populate_record(null::public.subscriptions, standing.says);
    present public.subscriptions;
    applied_id uuid;
begin
    incoming.user_id := standing.user_id;
    select * into present from public.subscriptions where user_id = standing.user_id for update;
    if (present.stripe_subscription_id, present.stripe_customer_id, present.tier, present.status,
            present.current_period_start, present.current_period_end, present.cancel_at_period_end)
        is not distinct from
        (incoming.stripe_subscription_id, incoming.stripe_customer_id, incoming.tier, incoming.status,
            incoming.current_period_start, incoming.current_period_end, incoming.cancel_at_period_end) then
        return;
    end if;
    applied_id := private.save_subscription(incoming);
    insert into public.subscription_audit (subscription_id, user_id, action, stripe_event_id, details)
    values (applied_id, standing.user_id, came.type, came.id, jsonb_build_object(
        'from', case when present.id is not null
            then jsonb_build_object('tier', present.tier, 'status', present.status) end,
        'to', jsonb_build_object('tier', incoming.tier, 'status', incoming.status),
        'stripe_subscription_id', incoming.stripe_subscription_id,
        'stripe_customer_id', incoming.stripe_customer_id));
end;
$$;

-- Takes one event as Stripe posts it (after the caller has verified its signature) and answers with what became of
-- it: one of stripe_events.outcome, or 'duplicate'. An event that cannot be understood raises 22023 and leaves no
-- trace, so Stripe's redelivery finds it new.
create function public.apply_stripe_event(event jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
    object constant jsonb := event #> '{data,object}';
    inbox private.stripe_events;
    incoming public.subscriptions;
    standing private.stripe_events;
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
    -- One event at a time for each user.
    perform from public.users where id = incoming.user_id for no key update;
    standing := private.settle_stripe_event(inbox.id, incoming.user_id, jsonb_strip_nulls(to_jsonb(incoming)));
    if standing.id is not null then
        perform private.stand_by_stripe_event(inbox, standing);
    end if;
    return (select outcome from private.stripe_events where id = inbox.id);
end;
$$;

revoke all on function
    public.mirror_subscription(),
    public.keep_mirror_true(),
    private.stripe_time(jsonb, text),
    private.stripe_subscription_row(jsonb),
    private.stripe_subscription_user(jsonb),
    private.save_subscription(public.subscriptions),
    private.stand_by_stripe_event(private.stripe_events, private.stripe_events),
    public.apply_stripe_event(jsonb)
    from public, anon, authenticated, service_role;
grant execute on function
    private.stripe_time(jsonb, text),
    private.stripe_subscription_row(jsonb),
    private.stripe_subscription_user(jsonb),
    private.save_subscription(public.subscriptions),
    private.stand_by_stripe_event(private.stripe_events, private.stripe_events),
    public.apply_stripe_event(jsonb)
    to service_role;

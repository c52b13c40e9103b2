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
--   table = lemon_squeezy_events
--   subject = lemon_squeezy_id
--   serving = trial, active, past_due, cancelled
--   opening = trial, active, past_due
--   function = judge_lemon_squeezy_event
-- The inbox of a payment provider's webhooks. A provider delivers an event more than once and in any order: the
-- primary key takes each once, and an event is judged by the time it happened, not by the time it came.

-- Every event that arrived, once, and what became of it. It holds the provider's ids and no personal data, so it
-- survives the account; the event itself can be fetched from the provider again.
create table public.lemon_squeezy_events (
    id text primary key,
    type text not null,
    created_at timestamptz not null,
    lemon_squeezy_id text,
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

create index idx_lemon_squeezy_events_subscription on public.lemon_squeezy_events (lemon_squeezy_id, created_at)
    where outcome = 'applied';

revoke all on public.lemon_squeezy_events from anon, authenticated, service_role;
grant select, insert, update on public.lemon_squeezy_events to service_role;
alter table public.lemon_squeezy_events enable row level security;

-- What an event about a subscription may do to the one the user has now.
create function public.judge_lemon_squeezy_event(event public.lemon_squeezy_events, incoming public.subscriptions,
    present public.subscriptions)
returns text
language sql
stable
set search_path = ''
as $$
    select case
        when present.id is null or present.lemon_squeezy_id is null then 'applied'
        when present.lemon_squeezy_id = incoming.lemon_squeezy_id then case
            when exists (
                select from public.lemon_squeezy_events as earlier
                where earlier.lemon_squeezy_id = incoming.lemon_squeezy_id
                    and earlier.outcome = 'applied' and earlier.created_at > event.created_at
            ) then 'stale'
            else 'applied'
        end
        -- Another subscription takes over when it is the younger one and serves the user, or the present one no
        -- longer does.
        when present.status not in ('trial', 'active', 'past_due', 'cancelled') then
            case when incoming.status in ('trial', 'active', 'past_due') then 'applied'
                else 'superseded' end
        when incoming.status in ('trial', 'active', 'past_due', 'cancelled') and not exists (
            select from public.lemon_squeezy_events as earlier
            where earlier.lemon_squeezy_id = present.lemon_squeezy_id
                and earlier.outcome = 'applied'
                and earlier.subscription_created_at > event.subscription_created_at
        ) then 'applied'
        else 'superseded'
    end
$$;

revoke all on function
    public.judge_lemon_squeezy_event(public.lemon_squeezy_events, public.subscriptions, public.subscriptions)
    from public, anon, authenticated, service_role;
grant execute on function
    public.judge_lemon_squeezy_event(public.lemon_squeezy_events, public.subscriptions, public.subscriptions)
    to service_role;
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
    subscription.trial_ends_at := attributes ->> 'trial_ends_at';
    subscription.current_period_start := attributes ->> 'created_at';
    -- A cancelled subscription no longer renews; it ends.
    subscription.current_period_end := coalesce(attributes ->> 'ends_at', attributes ->> 'renews_at');

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
        (select s.user_id from public.subscriptions as s where s.lemon_squeezy_id = event #>> '{data,id}'),
        (select u.id from public.users as u where u.id = case
            when event #>> '{meta,custom_data,user_id}' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                then (event #>> '{meta,custom_data,user_id}')::uuid
        end))
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
    happened constant timestamptz := coalesce(attributes ->> 'updated_at', attributes ->> 'created_at');
    inbox public.lemon_squeezy_events;
    incoming public.subscriptions;
    present public.subscriptions;
begin
    if name is null or event #>> '{data,id}' is null or happened is null then
        raise exception 'not a Lemon Squeezy event: meta.event_name, data.id and data.attributes.updated_at are required'
            using errcode = 'invalid_parameter_value';
    end if;

    -- A second delivery waits here for the first to commit and then finds the row.
    insert into public.lemon_squeezy_events (id, type, created_at, lemon_squeezy_id, subscription_created_at)
    values (encode(sha256(convert_to(event::text, 'utf8')), 'hex'), name, happened,
        case when about_subscription then event #>> '{data,id}' end, (attributes ->> 'created_at')::timestamptz)
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
    if incoming.user_id is null then
        inbox.outcome := 'unknown_user';
    else
        -- One event at a time for each user.
        perform pg_advisory_xact_lock(hashtextextended('lemon squeezy ' || incoming.user_id, 0));
        select * into present from public.subscriptions where user_id = incoming.user_id for update;
        inbox.outcome := public.judge_lemon_squeezy_event(inbox, incoming, present);
    end if;

    if inbox.outcome = 'applied' then
        -- The provider tells when a period ends, not when it began: where the one before ended, or at the beginning.
        if present.lemon_squeezy_id = incoming.lemon_squeezy_id then
            incoming.current_period_start := case
                when incoming.current_period_end > present.current_period_end
                    and happened >= present.current_period_end - interval '1 hour' then present.current_period_end
                else present.current_period_start end;
        end if;
        -- One that ends at once, or before the period it had begun, has no time left.
        incoming.current_period_start :=
            least(incoming.current_period_start, incoming.current_period_end - interval '1 microsecond');
        insert into public.subscriptions as s (user_id, lemon_squeezy_id, plan, status,
            current_period_start, current_period_end, trial_ends_at)
        values (incoming.user_id, incoming.lemon_squeezy_id, incoming.plan, incoming.status,
            incoming.current_period_start, incoming.current_period_end, incoming.trial_ends_at)
        on conflict (user_id) do update set
            lemon_squeezy_id = excluded.lemon_squeezy_id,
            plan = excluded.plan,
            status = excluded.status,
            current_period_start = excluded.current_period_start,
            current_period_end = excluded.current_period_end,
            trial_ends_at = excluded.trial_ends_at;
    end if;
    update public.lemon_squeezy_events set outcome = inbox.outcome where id = inbox.id;
    return inbox.outcome;
end;
$$;

revoke all on function
    private.lemon_squeezy_row(jsonb),
    private.lemon_squeezy_user(jsonb),
    public.apply_lemon_squeezy_event(jsonb)
    from public, anon, authenticated, service_role;
grant execute on function public.apply_lemon_squeezy_event(jsonb) to service_role;

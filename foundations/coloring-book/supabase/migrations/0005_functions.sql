-- 5. Blots, jobs and payments: the functions that move them. Whoever moves Blots locks the profile first, so concurrent
-- calls for one user queue up and totals are exact; every movement has its line in blot_transactions.

-- ---------------------------------------------------------------------------------------------------------------
-- Accounts
-- ---------------------------------------------------------------------------------------------------------------

-- Whether the caller's account may act. In policies as (select private.active()), so that it is asked once.
create function private.active()
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    return exists (select from public.profiles where owner_id = (select auth.uid()) and disabled_at is null);
end;
$$;

-- The caller's deleted projects, which a policy cannot look for itself: they are hidden from the caller. In PL/pgSQL,
-- which keeps the plan for the session.
create function private.deleted_projects()
returns setof uuid
language plpgsql
stable
security definer
rows 10
set search_path = ''
as $$
begin
    return query select p.id from public.projects as p where p.owner_id = (select auth.uid()) and p.deleted_at is not null;
end;
$$;

-- The profile, locked until the transaction ends; null where there is none. The account comes first, as when it is
-- deleted: whoever locks a profile writes rows that refer to the account.
create function private.lock_account(user_id uuid)
returns public.profiles
language plpgsql
set search_path = ''
as $$
declare
    profile public.profiles;
begin
    select p.* into profile
    from auth.users as u join public.profiles as p on p.owner_id = u.id
    where u.id = lock_account.user_id
    for key share of u for no key update of p;
    return profile;
end;
$$;

-- The same for who must have one.
create function private.lock_profile(user_id uuid)
returns public.profiles
language plpgsql
set search_path = ''
as $$
declare
    profile constant public.profiles := private.lock_account(user_id);
begin
    if profile.owner_id is null then
        raise exception 'user % has no profile', quote_nullable(user_id)
            using errcode = 'PT404', hint = 'Pass the id of a row of auth.users.';
    end if;
    return profile;
end;
$$;

create function private.require_positive(amount integer)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
    if amount is null or amount <= 0 then
        raise exception 'an amount of Blots is a positive number, not %', quote_nullable(amount)
            using errcode = 'invalid_parameter_value';
    end if;
end;
$$;

-- A pool holds what an integer holds.
create function private.require_room(present integer, amount integer)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
    if present::bigint + amount > 2147483647 then
        raise exception 'no account holds % Blots', present::bigint + amount using errcode = 'invalid_parameter_value';
    end if;
end;
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Blots
-- ---------------------------------------------------------------------------------------------------------------

-- Both pools together; 0 for who has no profile.
create function public.get_available_blots(user_id uuid)
returns integer
language sql
stable
security definer
set search_path = ''
as $$
    select coalesce((select p.blots + p.pack_blots from public.profiles as p where p.owner_id = user_id), 0)
$$;

-- Takes Blots, from the subscription pool first, then from the packs. False when there are too few.
create function public.deduct_blots(
    user_id uuid,
    amount integer,
    tx_type text default 'generation',
    tx_description text default null,
    tx_job_id uuid default null
)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
    account record;
begin
    if amount is null or amount <= 0 then
        perform private.require_positive(amount);
    end if;
    if tx_type is null or tx_type not in ('generation', 'edit', 'hero', 'calibration') then
        raise exception 'Blots are not spent on %', quote_nullable(tx_type)
            using errcode = 'invalid_parameter_value', hint = 'generation, edit, hero or calibration.';
    end if;
    -- as private.lock_profile
    select p.disabled_at, least(p.blots, amount) as from_subscription, p.blots::bigint + p.pack_blots >= amount as is_enough
    into account
    from auth.users as u join public.profiles as p on p.owner_id = u.id
    where u.id = deduct_blots.user_id
    for key share of u for no key update of p;
    if not found then
        perform private.lock_profile(user_id);
    elsif account.disabled_at is not null then
        raise exception 'account % is disabled', user_id using errcode = 'PT403';
    elsif tx_job_id is not null then
        perform from public.jobs as j where j.id = tx_job_id and j.owner_id = deduct_blots.user_id;
        if not found then
            raise exception 'there is no job % of user %', tx_job_id, user_id using errcode = 'PT404';
        end if;
    end if;
    if not account.is_enough then
        return false;
    end if;
    update public.profiles as p
    set blots = p.blots - account.from_subscription, pack_blots = p.pack_blots - (amount - account.from_subscription)
    where p.owner_id = deduct_blots.user_id;
    insert into public.blot_transactions (owner_id, type, subscription_delta, pack_delta, description, job_id)
    values (user_id, tx_type, -account.from_subscription, -(amount - account.from_subscription), tx_description, tx_job_id);
    return true;
end;
$$;

-- Gives back what a job reserved and did not use, to the subscription pool. Never more, and never to somebody else.
create function public.refund_blots(user_id uuid, amount integer, p_job_id uuid, reason text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
    profile public.profiles;
begin
    perform private.require_positive(amount);
    profile := private.lock_profile(user_id);
    update public.jobs
    set blots_refunded = blots_refunded + amount
    where id = p_job_id
        and owner_id = user_id
        and blots_reserved::bigint - blots_spent - blots_refunded >= amount;
    if not found then
        raise exception 'job % of user % has no % Blots to refund', quote_nullable(p_job_id), user_id, amount
            using errcode = 'PT409', hint = 'A job gives back what is reserved, neither spent nor refunded.';
    end if;
    perform private.require_room(profile.blots, amount);
    update public.profiles as p set blots = p.blots + amount where p.owner_id = refund_blots.user_id;
    insert into public.blot_transactions (owner_id, type, subscription_delta, job_id, description)
    values (user_id, 'refund', amount, p_job_id, reason);
end;
$$;

-- Begins a month that was charged with an invoice (or with none): the subscription pool becomes `amount`, whatever was
-- left. An invoice counts once; false when it has. Without a moment it begins now, by hand or by the clock.
create function private.begin_month(user_id uuid, amount integer, invoice_id text, moment timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
    profile public.profiles;
    counts boolean;
begin
    if amount is null or amount < 0 then
        raise exception 'a month of % Blots', quote_nullable(amount) using errcode = 'invalid_parameter_value';
    end if;
    profile := private.lock_profile(user_id);
    insert into public.blot_transactions (owner_id, type, subscription_delta, stripe_invoice_id, description)
    values (user_id, 'subscription_reset', amount - profile.blots, invoice_id, format('Monthly reset: %s Blots', amount))
    on conflict do nothing;
    counts := found;
    if counts then
        update public.profiles as p
        set blots = amount, blots_reset_at = now() + interval '1 month', payment_failed_at = null
        where p.owner_id = begin_month.user_id;
        insert into private.blot_months as m (owner_id, began_at, stripe_invoice_id, given)
        values (user_id, coalesce(moment, now()), case when moment is not null then invoice_id end, amount)
        on conflict (owner_id) do update
        set began_at = excluded.began_at, stripe_invoice_id = excluded.stripe_invoice_id, given = excluded.given;
    end if;
    return counts;
end;
$$;

-- Begins a new month by hand: the subscription pool becomes `new_amount`. An invoice counts once.
create function public.reset_subscription_blots(user_id uuid, new_amount integer, invoice_id text default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.begin_month(user_id, new_amount, invoice_id, null);
end;
$$;

-- Adds the difference of a mid-cycle upgrade. An invoice counts once.
create function public.add_upgrade_blots(user_id uuid, blot_difference integer, invoice_id text default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
    profile public.profiles;
begin
    perform private.require_positive(blot_difference);
    profile := private.lock_profile(user_id);
    insert into public.blot_transactions (owner_id, type, subscription_delta, stripe_invoice_id, description)
    values (user_id, 'subscription_upgrade', blot_difference, invoice_id, format('Upgrade: +%s Blots', blot_difference))
    on conflict do nothing;
    if found then
        perform private.require_room(profile.blots, blot_difference);
        update public.profiles as p set blots = p.blots + blot_difference where p.owner_id = add_upgrade_blots.user_id;
    end if;
end;
$$;

-- Adds a pack that was bought. A checkout session counts once.
create function public.add_pack_blots(user_id uuid, amount integer, pack_id text, session_id text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
    profile public.profiles;
begin
    perform private.require_positive(amount);
    if pack_id is null or session_id is null then
        raise exception 'a pack has an id and is bought in a checkout session' using errcode = 'invalid_parameter_value';
    end if;
    profile := private.lock_profile(user_id);
    insert into public.blot_transactions (owner_id, type, pack_delta, pack_id, stripe_session_id, description)
    values (user_id, 'pack_purchase', amount, pack_id, session_id, format('Pack %s: +%s Blots', pack_id, amount))
    on conflict do nothing;
    if found then
        perform private.require_room(profile.pack_blots, amount);
        update public.profiles as p set pack_blots = p.pack_blots + amount where p.owner_id = add_pack_blots.user_id;
    end if;
end;
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Jobs: reserve at the start, spend, refund the rest
-- ---------------------------------------------------------------------------------------------------------------

create function private.require_open(kind public.job_type)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    switch constant text := case kind when 'export' then 'export_enabled' else 'generation_enabled' end;
begin
    if private.switch('maintenance_mode', false) then
        raise exception 'the service is under maintenance' using errcode = 'PT503', hint = 'Try again later.';
    end if;
    if not private.switch(switch, true) then
        raise exception 'jobs of type % are switched off', kind using errcode = 'PT503', hint = 'Try again later.';
    end if;
end;
$$;

-- global_config.rate_limits: jobs a minute of each user, for exports and for everything else. Needs the locked profile.
create function private.require_rate(user_id uuid, kind public.job_type)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    allowed constant integer := (
        select case when jsonb_typeof(value -> (case kind when 'export' then 'export' else 'generation' end)) = 'number'
            then (value ->> (case kind when 'export' then 'export' else 'generation' end))::integer end
        from public.global_config where key = 'rate_limits');
begin
    if allowed <= (
        select count(*) from public.jobs as j
        where j.owner_id = user_id and (j.type = 'export') = (kind = 'export') and j.created_at > now() - interval '1 minute'
    ) then
        raise exception 'too many jobs' using errcode = 'PT429', detail = format('%s a minute.', allowed),
            hint = 'Try again in a minute.';
    end if;
end;
$$;

-- Asks for a job and pays for it: switches, rate, Blots, job and items in one transaction. Without `p_page_ids` a
-- generation is for all pages of the project; other jobs have one item.
create function public.create_job(p_type public.job_type, p_project_id uuid default null, p_page_ids uuid[] default null)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
    caller constant uuid := (select auth.uid());
    profile public.profiles;
    cost private.job_costs;
    targets uuid[];
    items integer := 1;
    job public.jobs;
begin
    if p_type is null then
        raise exception 'a job has a type' using errcode = 'invalid_parameter_value';
    end if;
    perform private.require_open(p_type);
    profile := private.lock_profile(caller);
    if profile.disabled_at is not null then
        raise exception 'the account is disabled' using errcode = 'PT403';
    end if;
    perform private.require_rate(caller, p_type);

    if p_project_id is null and p_type <> 'hero_creation' then
        raise exception 'a job of type % needs a project', p_type using errcode = 'invalid_parameter_value';
    end if;
    if p_project_id is not null and not exists (
        select from public.projects where id = p_project_id and owner_id = caller and deleted_at is null
    ) then
        raise exception 'there is no project %', p_project_id using errcode = 'PT404';
    end if;
    if p_type = 'generation' then
        targets := array(
            select id from public.pages
            where project_id = p_project_id and (p_page_ids is null or id = any (p_page_ids))
            order by sort_order
        );
        items := cardinality(targets);
        if items = 0 or items < (select count(distinct page) from unnest(p_page_ids) as page) then
            raise exception 'no such pages in project %', p_project_id
                using errcode = 'PT404', hint = 'Create the pages first, and name pages of this project only.';
        end if;
    end if;

    select * into strict cost from private.job_costs where type = p_type;
    insert into public.jobs (owner_id, project_id, type, total_items, blots_reserved)
    values (caller, p_project_id, p_type, items, items * cost.blots_per_item)
    returning * into job;
    if job.blots_reserved > 0
        and not public.deduct_blots(caller, job.blots_reserved, cost.transaction_type, null, job.id) then
        raise exception 'not enough Blots'
            using errcode = 'PT402',
                detail = format('%s needed, %s available.', job.blots_reserved, profile.blots + profile.pack_blots),
                hint = 'Buy a pack, or choose a larger plan.';
    end if;
    insert into public.job_items (job_id, page_id) select job.id, page from unnest(targets) as page;
    return job;
end;
$$;

-- Closes the accounts of a job that has ended: what was not spent goes back.
create function private.settle_job(job public.jobs, reason text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    rest constant integer := job.blots_reserved - job.blots_spent - job.blots_refunded;
begin
    if rest > 0 and job.owner_id is not null then
        perform public.refund_blots(job.owner_id, rest, job.id, reason);
    end if;
end;
$$;

-- Ends a job with what it cost in the end; the rest of the reserve goes back. Said twice, it counts once.
create function public.finish_job(
    p_job_id uuid,
    p_status public.job_status,
    p_blots_spent integer default null,
    p_error_message text default null,
    p_error_code text default null
)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
    job public.jobs;
begin
    if p_status is null or p_status not in ('completed', 'failed', 'cancelled') then
        raise exception 'a job does not end as %', quote_nullable(p_status) using errcode = 'invalid_parameter_value';
    end if;
    if p_blots_spent < 0 then
        raise exception 'a job does not spend % Blots', p_blots_spent using errcode = 'invalid_parameter_value';
    end if;
    select * into job from public.jobs where id = p_job_id;
    if not found then
        raise exception 'there is no job %', quote_nullable(p_job_id) using errcode = 'PT404';
    end if;
    -- Profile before job, as everywhere, so that two transactions cannot wait for each other.
    perform private.lock_account(job.owner_id);
    select * into job from public.jobs where id = p_job_id for update;
    if job.status = p_status then
        return job;
    end if;
    if p_blots_spent > job.blots_reserved - job.blots_refunded then
        raise exception 'job % has no % Blots to spend', p_job_id, p_blots_spent
            using errcode = 'PT409', hint = 'A job spends what is reserved and not refunded.';
    end if;
    update public.jobs
    set status = p_status,
        blots_spent = coalesce(p_blots_spent, case when p_status = 'completed' then blots_reserved - blots_refunded else blots_spent end),
        error_message = p_error_message,
        error_code = p_error_code
    where id = p_job_id
    returning * into job;
    perform private.settle_job(job, format('Job %s', p_status));
    select * into job from public.jobs where id = p_job_id;
    return job;
end;
$$;

-- Cancels an own job that has not ended; what it has not spent goes back.
create function public.cancel_job(p_job_id uuid)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
    caller constant uuid := (select auth.uid());
    job public.jobs;
begin
    perform private.lock_profile(caller);
    select * into job from public.jobs where id = p_job_id and owner_id = caller for update;
    if not found then
        raise exception 'there is no job %', quote_nullable(p_job_id) using errcode = 'PT404';
    end if;
    if job.status not in ('pending', 'processing') then
        raise exception 'job % has already ended', p_job_id
            using errcode = 'PT409', hint = 'Only a pending or processing job can be cancelled.';
    end if;
    return public.finish_job(p_job_id, 'cancelled', job.blots_spent);
end;
$$;

-- The oldest pending jobs, now processing: each goes to one worker only.
create function public.claim_jobs(most integer default 1)
returns setof public.jobs
language sql
security definer
set search_path = ''
as $$
    with next as materialized (
        select id from public.jobs
        where status = 'pending'
        order by created_at limit greatest(least(most, 100), 0) for update skip locked
    )
    update public.jobs set status = 'processing' where id in (select id from next) returning *
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Deleting what a user made
-- ---------------------------------------------------------------------------------------------------------------

-- Projects and heroes are hidden first and purged after 30 days (0008). False when there is none.
create function public.delete_project(p_project_id uuid)
returns boolean
language sql
security definer
set search_path = ''
as $$
    with gone as (
        update public.projects set deleted_at = now()
        where id = p_project_id and owner_id = (select auth.uid()) and deleted_at is null and private.active()
        returning 1
    )
    select exists (select from gone)
$$;

create function public.delete_hero(p_hero_id uuid)
returns boolean
language sql
security definer
set search_path = ''
as $$
    with gone as (
        update public.heroes set deleted_at = now()
        where id = p_hero_id and owner_id = (select auth.uid()) and deleted_at is null and private.active()
        returning 1
    )
    select exists (select from gone)
$$;

-- Up to `most` files to remove, each handed to one caller only.
create function public.take_storage_purges(most integer default 100)
returns setof text
language sql
security definer
set search_path = ''
as $$
    with next as materialized (
        select r2_key from private.storage_purges
        order by queued_at limit greatest(least(most, 1000), 0) for update skip locked
    )
    delete from private.storage_purges where r2_key in (select r2_key from next) returning r2_key
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Stripe
-- ---------------------------------------------------------------------------------------------------------------

-- A whole number in Stripe's metadata, where everything is text.
create function private.metadata_number(object jsonb, name text)
returns integer
language sql
immutable
set search_path = ''
as $$
    select case when object #>> array['metadata', name] ~ '^[0-9]{1,6}$' then (object #>> array['metadata', name])::integer end
$$;

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

-- Whose event it is: metadata.user_id as set at checkout, else the user who has the customer.
create function private.stripe_user(object jsonb)
returns uuid
language sql
stable
set search_path = ''
as $$
    select owner_id from (
        select p.owner_id, 1 as rank from public.profiles as p
        where p.owner_id = case
            when coalesce(object #>> '{metadata,user_id}', object ->> 'client_reference_id')
                ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                then coalesce(object #>> '{metadata,user_id}', object ->> 'client_reference_id')::uuid
        end
        union all
        select p.owner_id, 2 from public.profiles as p
        where p.stripe_customer_id = coalesce(object #>> '{customer,id}', object ->> 'customer')
    ) as candidates
    order by rank
    limit 1
$$;

-- Stripe keeps retrying a payment that is past due, so that does not take the plan away yet.
create function private.serves(state text)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select coalesce(state in ('active', 'trialing', 'past_due'), false)
$$;

-- from common/webhook_inbox.sql
--   schema = private
--   table = stripe_events
--   subject = stripe_subscription_id
--   account = owner_id
--   accounts = auth.users
--   final = canceled, incomplete_expired
--   serving = active, trialing, past_due
--   pending = incomplete
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
    owner_id uuid references auth.users (id) on delete set null,
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

create index idx_stripe_events_account on private.stripe_events (owner_id, stripe_subscription_id);
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
    set owner_id = of_account, says = saying, outcome = 'unknown_user'
    where e.id = event_id;
    if of_account is null then
        return null;
    end if;
    update private.stripe_events as e set owner_id = of_account
    where e.outcome = 'unknown_user' and e.owner_id is null
        and (e.stripe_subscription_id = (select known.stripe_subscription_id from private.stripe_events as known where known.id = event_id)
            or e.says ->> 'stripe_customer_id' = saying ->> 'stripe_customer_id'
        );
    select latest.* into standing
    from (
        select distinct on (e.stripe_subscription_id) e.*
        from private.stripe_events as e
        where e.owner_id = of_account and e.stripe_subscription_id is not null and e.says ->> 'status' is not null
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
    where e.owner_id = of_account and e.outcome = 'unknown_user';
    return standing;
end;
$$;

revoke all on function private.settle_stripe_event(text, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function private.settle_stripe_event(text, uuid, jsonb) to service_role;
-- end common/webhook_inbox.sql

-- What an event says, in our words and without personal data; null when it says nothing to us. An invoice of a renewal
-- begins a month, a paid checkout with a pack brings the pack, and a subscription has the plan and the level of its
-- price: metadata `plan` and `blots`, set once in Stripe's dashboard.
create function private.stripe_says(kind text, object jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
    price constant jsonb := object #> '{items,data,0,price}';
    says constant jsonb := jsonb_build_object('stripe_customer_id', coalesce(object #>> '{customer,id}', object ->> 'customer'));
begin
    if kind like 'customer.subscription.%' then
        if object ->> 'id' is null or coalesce(object ->> 'status', '') not in ('active', 'trialing', 'past_due', 'canceled',
                'incomplete', 'incomplete_expired', 'unpaid', 'paused') then
            raise exception 'unknown subscription state %', quote_nullable(object ->> 'status')
                using errcode = 'invalid_parameter_value';
        end if;
        if private.metadata_number(price, 'blots') is null or coalesce(price #>> '{metadata,plan}', '') not in ('creator', 'studio') then
            raise exception 'price % names no plan', quote_nullable(price ->> 'id')
                using errcode = 'invalid_parameter_value',
                    hint = 'Set the metadata fields "plan" (creator or studio) and "blots" of the price in Stripe.';
        end if;
        return says || jsonb_build_object(
            'status', object ->> 'status',
            'plan', price #>> '{metadata,plan}',
            'level', private.metadata_number(price, 'blots'),
            'price', price ->> 'id',
            'interval', case when price #>> '{recurring,interval}' = 'year' then 'yearly' else 'monthly' end,
            'invoice', coalesce(object #>> '{latest_invoice,id}', object ->> 'latest_invoice', object ->> 'id'));
    elsif kind = 'invoice.paid' then
        return says || jsonb_build_object('renewal', case when object ->> 'billing_reason' = 'subscription_cycle' then object ->> 'id' end);
    elsif kind = 'invoice.payment_failed' then
        return says;
    elsif kind = 'checkout.session.completed' then
        if object #>> '{metadata,pack_id}' is null or object ->> 'payment_status' is distinct from 'paid' then
            return says;
        end if;
        if object ->> 'id' is null or object #>> '{metadata,pack_id}' not in ('topup', 'boost')
            or coalesce(private.metadata_number(object, 'blots'), 0) = 0 then
            raise exception 'no pack % of % Blots', object #>> '{metadata,pack_id}', quote_nullable(object #>> '{metadata,blots}')
                using errcode = 'invalid_parameter_value',
                    hint = 'The session''s metadata "pack_id" is topup or boost, "blots" a number from 1.';
        end if;
        return says || jsonb_build_object('session', object ->> 'id', 'pack', object #>> '{metadata,pack_id}',
            'blots', private.metadata_number(object, 'blots'));
    end if;
    return null;
end;
$$;

-- The events of an account in the order in which they happened, each with the subscription that counted from then on: one
-- that serves before one that does not, then the younger (as in private.settle_stripe_event).
create function private.stripe_history(account uuid)
returns table (id text, type text, happened_at timestamptz, says jsonb, since bigint, subscription text, subscription_says jsonb)
language sql
stable
set search_path = ''
as $$
    with events as (
        select e.*, row_number() over (
            order by e.created_at, e.says ->> 'status' in ('canceled', 'incomplete_expired') nulls first, e.type, e.id) as number
        from private.stripe_events as e
        where e.owner_id = account and e.says is not null
    ), subscriptions as (
        select e.*, lead(e.number) over (partition by e.stripe_subscription_id order by e.number) as until
        from events as e where e.stripe_subscription_id is not null
    )
    select e.id, e.type, e.created_at, e.says, s.number, s.stripe_subscription_id, s.says
    from events as e
    left join lateral (
        select * from subscriptions as s
        where s.number <= e.number and (s.until is null or s.until > e.number)
        order by private.serves(s.says ->> 'status') desc, s.says ->> 'status' = 'incomplete' desc,
            s.subscription_created_at desc nulls last, s.stripe_subscription_id desc
        limit 1
    ) as s on true
    order by e.number
$$;

-- Adds what a month gives more than was known, or takes back what it should not have given and is still there.
create function private.correct_month(profile public.profiles, given integer)
returns void
language plpgsql
set search_path = ''
as $$
declare
    change integer;
begin
    select correct_month.given - m.given into change from private.blot_months as m where m.owner_id = profile.owner_id;
    change := greatest(change, - (select p.blots from public.profiles as p where p.owner_id = profile.owner_id));
    if change <> 0 then
        insert into public.blot_transactions (owner_id, type, subscription_delta, description)
        values (profile.owner_id, case when change > 0 then 'subscription_upgrade' else 'subscription_reset' end, change,
            format(case when change > 0 then 'Upgrade: +%s Blots' else 'A change that came late: %s Blots' end, change));
        update public.profiles as p set blots = p.blots + change where p.owner_id = profile.owner_id;
    end if;
    update private.blot_months as m set given = correct_month.given where m.owner_id = profile.owner_id;
end;
$$;

-- Makes an account what its events say, all of them, in the order in which they happened: so the order in which they
-- came does not matter. A month begins with a subscription that begins to serve or with the invoice of a renewal; within
-- it an upgrade adds its difference to the highest level there was. A month that began by the clock gives at least
-- the highest level since.
create function private.stand_by_stripe_events(profile public.profiles)
returns void
language plpgsql
set search_path = ''
as $$
declare
    month private.blot_months;
    step record;
    standing bigint; -- the event whose word counts
    serves boolean := false;
    level integer;
    failed_at timestamptz;
    invoices text[] := '{}'; -- of the months so far
    began timestamptz; -- the last of them
    given integer;
    since_clock integer := 0; -- the highest level since the month in the books began
    charged text;
    subscription text;
    says jsonb;
begin
    select * into month from private.blot_months where owner_id = profile.owner_id;
    for step in select * from private.stripe_history(profile.owner_id) loop
        charged := step.says ->> 'renewal';
        if step.since is distinct from standing then
            standing := step.since;
            level := (step.subscription_says ->> 'level')::integer;
            if private.serves(step.subscription_says ->> 'status') and not serves then
                charged := coalesce(charged, step.subscription_says ->> 'invoice');
            end if;
            serves := private.serves(step.subscription_says ->> 'status');
            given := greatest(given, case when serves then level end);
            subscription := step.subscription;
            says := step.subscription_says;
            failed_at := case step.subscription_says ->> 'status' when 'past_due' then coalesce(failed_at, step.happened_at) end;
        end if;
        if step.type = 'invoice.payment_failed' then
            failed_at := coalesce(failed_at, step.happened_at);
        elsif charged is not null and charged <> all (invoices) then
            invoices := invoices || charged;
            began := step.happened_at;
            given := case when serves then level else 50 end;
        end if;
        if step.says ->> 'renewal' is not null then
            failed_at := null; -- it was paid
        end if;
        since_clock := greatest(case when serves then level else 0 end, case when step.happened_at > month.began_at then since_clock end);
    end loop;

    charged := invoices[cardinality(invoices)];
    if began is not null and (month.stripe_invoice_id is not null or month.owner_id is null or began > month.began_at) then
        if month.owner_id is null or began > month.began_at then
            perform private.begin_month(profile.owner_id, given, charged, began);
        end if;
        -- or the same month, perhaps known by a later event before
        update private.blot_months as m set began_at = began, stripe_invoice_id = charged where m.owner_id = profile.owner_id;
        perform private.correct_month(profile, given);
    elsif month.owner_id is not null then
        perform private.correct_month(profile, greatest(month.given, since_clock));
        failed_at := case when failed_at > month.began_at then failed_at end;
    end if;
    update public.profiles
    set plan = case when serves then says ->> 'plan' else 'free' end,
        plan_blots = case when serves then level else 50 end,
        billing_interval = case when serves then says ->> 'interval' else 'monthly' end,
        stripe_subscription_id = subscription,
        stripe_price_id = says ->> 'price',
        stripe_customer_id = coalesce(says ->> 'stripe_customer_id', stripe_customer_id)
    where owner_id = profile.owner_id and standing is not null;
    update public.profiles set payment_failed_at = failed_at where owner_id = profile.owner_id;
end;
$$;

-- Takes one event as Stripe posts it (after the caller has verified its signature) and answers with what became of
-- it: 'applied', 'ignored', 'stale', 'superseded', 'unknown_user' or 'duplicate'. Any number of times, in any order. An event that
-- cannot be understood raises 22023 and leaves no trace, so Stripe's redelivery finds it new.
create function public.apply_stripe_event(event jsonb)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
    object constant jsonb := event #> '{data,object}';
    inbox private.stripe_events;
    says jsonb;
    profile public.profiles;
    bought record;
begin
    if event ->> 'id' is null or event ->> 'type' is null or private.stripe_time(event, 'created') is null
        or jsonb_typeof(object) is distinct from 'object' then
        raise exception 'not a Stripe event: id, type, created and data.object are required'
            using errcode = 'invalid_parameter_value';
    end if;

    -- A second delivery waits here for the first to commit and then finds the row.
    insert into private.stripe_events (id, type, created_at, stripe_subscription_id, subscription_created_at)
    values (event ->> 'id', event ->> 'type', private.stripe_time(event, 'created'),
        case when event ->> 'type' like 'customer.subscription.%' then object ->> 'id' end, private.stripe_time(object, 'created'))
    on conflict (id) do nothing
    returning * into inbox;
    if inbox.id is null then
        return 'duplicate';
    end if;
    says := private.stripe_says(inbox.type, object);
    if says is null then
        return inbox.outcome;
    end if;

    -- The account is locked: one event at a time for each.
    profile := private.lock_account(private.stripe_user(object));
    perform private.settle_stripe_event(inbox.id, profile.owner_id, says);
    if profile.owner_id is not null then
        for bought in
            select e.says from private.stripe_events as e
            where e.owner_id = profile.owner_id and e.says ? 'session'
                and not exists (select from public.blot_transactions as t where t.stripe_session_id = e.says ->> 'session')
        loop
            perform public.add_pack_blots(profile.owner_id, (bought.says ->> 'blots')::integer, bought.says ->> 'pack', bought.says ->> 'session');
        end loop;
        perform private.stand_by_stripe_events(profile);
    end if;
    return (select outcome from private.stripe_events where id = inbox.id);
end;
$$;

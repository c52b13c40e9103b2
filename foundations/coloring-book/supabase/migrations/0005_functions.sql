-- 5. Blots, jobs and payments: the functions that move them. Whoever moves Blots locks the profile first, so concurrent
-- calls for one user queue up and totals are exact; every movement has its line in blot_transactions.

-- ---------------------------------------------------------------------------------------------------------------
-- Accounts
-- ---------------------------------------------------------------------------------------------------------------

-- Whether the caller's account may act. In policies as (select private.active()), so that it is asked once.
create function private.active()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
    select exists (select from public.profiles where owner_id = (select auth.uid()) and disabled_at is null)
$$;

-- The profile, locked until the transaction ends; null where there is none. The account comes first, as when it is
-- deleted: whoever locks a profile writes rows that refer to the account.
create function private.lock_account(user_id uuid)
returns public.profiles
language sql
set search_path = ''
as $$
    select from auth.users as u where u.id = lock_account.user_id for key share;
    select * from public.profiles as p where p.owner_id = lock_account.user_id for update
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
    profile public.profiles;
    from_subscription integer;
begin
    perform private.require_positive(amount);
    if tx_type is null or tx_type not in ('generation', 'edit', 'hero', 'calibration') then
        raise exception 'Blots are not spent on %', quote_nullable(tx_type)
            using errcode = 'invalid_parameter_value', hint = 'generation, edit, hero or calibration.';
    end if;
    profile := private.lock_profile(user_id);
    if profile.disabled_at is not null then
        raise exception 'account % is disabled', user_id using errcode = 'PT403';
    end if;
    if profile.blots::bigint + profile.pack_blots < amount then
        return false;
    end if;
    from_subscription := least(profile.blots, amount);
    update public.profiles as p
    set blots = p.blots - from_subscription, pack_blots = p.pack_blots - (amount - from_subscription)
    where p.owner_id = deduct_blots.user_id;
    insert into public.blot_transactions (owner_id, type, subscription_delta, pack_delta, description, job_id)
    values (user_id, tx_type, -from_subscription, -(amount - from_subscription), tx_description, tx_job_id);
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
begin
    perform private.require_positive(amount);
    perform private.lock_profile(user_id);
    update public.jobs
    set blots_refunded = blots_refunded + amount
    where id = p_job_id
        and owner_id = user_id
        and blots_reserved::bigint - blots_spent - blots_refunded >= amount;
    if not found then
        raise exception 'job % of user % has no % Blots to refund', quote_nullable(p_job_id), user_id, amount
            using errcode = 'PT409', hint = 'A job gives back what is reserved, neither spent nor refunded.';
    end if;
    update public.profiles as p set blots = p.blots + amount where p.owner_id = refund_blots.user_id;
    insert into public.blot_transactions (owner_id, type, subscription_delta, job_id, description)
    values (user_id, 'refund', amount, p_job_id, reason);
end;
$$;

-- Begins a new month: the subscription pool becomes `new_amount`, whatever was left. An invoice counts once.
create function public.reset_subscription_blots(user_id uuid, new_amount integer, invoice_id text default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
    profile public.profiles;
begin
    if new_amount is null or new_amount < 0 then
        raise exception 'a month of % Blots', quote_nullable(new_amount) using errcode = 'invalid_parameter_value';
    end if;
    profile := private.lock_profile(user_id);
    insert into public.blot_transactions (owner_id, type, subscription_delta, stripe_invoice_id, description)
    values (user_id, 'subscription_reset', new_amount - profile.blots, invoice_id,
        format('Monthly reset: %s Blots', new_amount))
    on conflict do nothing;
    if not found then
        return;
    end if;
    update public.profiles as p
    set blots = new_amount, blots_reset_at = now() + interval '1 month', payment_failed_at = null
    where p.owner_id = reset_subscription_blots.user_id;
end;
$$;

-- Adds the difference of a mid-cycle upgrade. An invoice counts once.
create function public.add_upgrade_blots(user_id uuid, blot_difference integer, invoice_id text default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_positive(blot_difference);
    perform private.lock_profile(user_id);
    insert into public.blot_transactions (owner_id, type, subscription_delta, stripe_invoice_id, description)
    values (user_id, 'subscription_upgrade', blot_difference, invoice_id, format('Upgrade: +%s Blots', blot_difference))
    on conflict do nothing;
    if found then
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
begin
    perform private.require_positive(amount);
    if session_id is null then
        raise exception 'a pack is bought in a checkout session' using errcode = 'invalid_parameter_value';
    end if;
    perform private.lock_profile(user_id);
    insert into public.blot_transactions (owner_id, type, pack_delta, pack_id, stripe_session_id, description)
    values (user_id, 'pack_purchase', amount, pack_id, session_id, format('Pack %s: +%s Blots', pack_id, amount))
    on conflict do nothing;
    if found then
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

-- What an event about a subscription may do: nothing ('stale') when a newer one about it was applied, and nothing
-- ('superseded') when it is about another subscription than the user's, unless it serves and the user's does not, or
-- is the younger of two that do the same.
create function private.judge_event(event private.stripe_events, serves boolean, profile public.profiles)
returns text
language sql
stable
set search_path = ''
as $$
    select case
        when event.stripe_subscription_id is null then 'applied'
        when exists (
            select from private.stripe_events as later
            where later.stripe_subscription_id = event.stripe_subscription_id
                and later.outcome = 'applied' and later.created_at > event.created_at
        ) then 'stale'
        when coalesce(profile.stripe_subscription_id, event.stripe_subscription_id) = event.stripe_subscription_id then 'applied'
        when serves <> (profile.plan <> 'free') then case when serves then 'applied' else 'superseded' end
        when exists (
            select from private.stripe_events as present
            where present.stripe_subscription_id = profile.stripe_subscription_id
                and present.outcome = 'applied' and present.subscription_created_at > event.subscription_created_at
        ) then 'superseded'
        else 'applied'
    end
$$;

-- The plan follows the subscription: price metadata `plan` and `blots` (the level), set once in Stripe's dashboard. A
-- new subscription begins a month; a higher level in the middle of one adds the difference. Both carry the invoice
-- they were charged with, so they count once.
create function private.apply_subscription(profile public.profiles, object jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    price constant jsonb := object #> '{items,data,0,price}';
    state constant text := object ->> 'status';
    serves constant boolean := private.serves(state);
    level constant integer := private.metadata_number(price, 'blots');
    invoice constant text := coalesce(object #>> '{latest_invoice,id}', object ->> 'latest_invoice', object ->> 'id');
begin
    if state is null or state not in ('active', 'trialing', 'past_due', 'canceled', 'incomplete', 'incomplete_expired',
                                      'unpaid', 'paused') then
        raise exception 'unknown subscription state %', quote_nullable(state) using errcode = 'invalid_parameter_value';
    end if;
    if level is null or coalesce(price #>> '{metadata,plan}', '') not in ('creator', 'studio') then
        raise exception 'price % names no plan', quote_nullable(price ->> 'id')
            using errcode = 'invalid_parameter_value',
                hint = 'Set the metadata fields "plan" (creator or studio) and "blots" of the price in Stripe.';
    end if;
    -- First the Blots: a month that begins forgets a payment that failed, and this one may have.
    if serves and profile.plan = 'free' then
        perform public.reset_subscription_blots(profile.owner_id, level, invoice);
    elsif serves and level > profile.plan_blots then
        perform public.add_upgrade_blots(profile.owner_id, level - profile.plan_blots, invoice);
    end if;
    update public.profiles
    set plan = case when serves then price #>> '{metadata,plan}' else 'free' end,
        plan_blots = case when serves then level else 50 end,
        billing_interval = case when serves and price #>> '{recurring,interval}' = 'year' then 'yearly' else 'monthly' end,
        stripe_subscription_id = object ->> 'id',
        stripe_price_id = price ->> 'id',
        stripe_customer_id = coalesce(object #>> '{customer,id}', object ->> 'customer'),
        payment_failed_at = case state when 'past_due' then coalesce(payment_failed_at, now()) else null end
    where owner_id = profile.owner_id;
end;
$$;

-- What an event means here. The invoice of a renewal begins a month; a paid checkout with a pack adds the pack.
create function private.apply_event(kind text, object jsonb, owner uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
    profile public.profiles;
begin
    profile := private.lock_profile(owner);
    if kind like 'customer.subscription.%' then
        perform private.apply_subscription(profile, object);
    elsif kind = 'invoice.paid' and object ->> 'billing_reason' = 'subscription_cycle' then
        perform public.reset_subscription_blots(owner, profile.plan_blots, object ->> 'id');
    elsif kind = 'invoice.payment_failed' then
        update public.profiles set payment_failed_at = coalesce(payment_failed_at, now()) where owner_id = owner;
    elsif kind = 'checkout.session.completed' and object ->> 'payment_status' = 'paid'
        and object #>> '{metadata,pack_id}' is not null then
        perform public.add_pack_blots(owner, private.metadata_number(object, 'blots'), object #>> '{metadata,pack_id}',
            object ->> 'id');
    end if;
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
    handled constant text[] := array['invoice.paid', 'invoice.payment_failed', 'checkout.session.completed',
        'customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted'];
    inbox private.stripe_events;
    owner uuid;
begin
    if event ->> 'id' is null or event ->> 'type' is null or jsonb_typeof(event -> 'created') is distinct from 'number'
        or jsonb_typeof(object) is distinct from 'object' then
        raise exception 'not a Stripe event: id, type, created and data.object are required'
            using errcode = 'invalid_parameter_value';
    end if;

    -- A second delivery waits here for the first to commit and then finds the row.
    insert into private.stripe_events (id, type, created_at, stripe_subscription_id, subscription_created_at)
    values (event ->> 'id', event ->> 'type', to_timestamp((event ->> 'created')::double precision),
        case when event ->> 'type' like 'customer.subscription.%' then object ->> 'id' end,
        case when jsonb_typeof(object -> 'created') = 'number'
            then to_timestamp((object ->> 'created')::double precision) end)
    on conflict (id) do nothing
    returning * into inbox;
    if inbox.id is null then
        return 'duplicate';
    end if;
    if not inbox.type = any (handled) then
        return inbox.outcome;
    end if;

    owner := private.stripe_user(object);
    if owner is null then
        inbox.outcome := 'unknown_user';
    else
        inbox.outcome := private.judge_event(inbox, private.serves(object ->> 'status'), private.lock_profile(owner));
    end if;
    if inbox.outcome = 'applied' then
        perform private.apply_event(inbox.type, object, owner);
    end if;
    update private.stripe_events set outcome = inbox.outcome where id = inbox.id;
    return inbox.outcome;
end;
$$;

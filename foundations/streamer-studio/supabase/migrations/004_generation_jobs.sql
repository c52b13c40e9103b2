-- The life of a generation job.
--
--   queued ──► processing ──► completed | partial | failed | cancelled
--     │  ▲          │
--     │  └──────────┘ retry
--     └──► failed | cancelled
--
-- A job reserves its assets: what all open jobs of a user have yet to generate, and what this month has used, never
-- exceed the plan. Nothing is booked for it: a job that ends gives back what it did not generate by being closed.
-- public.increment_user_usage (003) counts each generated asset and is the hard limit.

-- Assets that the open jobs of a user have yet to generate. The parts of a batch are counted by the batch while it is open.
create function private.reserved_assets(owner uuid)
returns bigint
language sql
stable
set search_path = ''
as $$
    select coalesce(sum(j.total_assets - j.completed_assets - j.failed_assets), 0)
    from public.generation_jobs as j
    where j.user_id = owner
        and j.status in ('queued', 'processing')
        and not exists (
            select from public.generation_jobs as parent
            where parent.id = j.parent_job_id and parent.status in ('queued', 'processing')
        )
$$;

-- Checks what a statement asked for, or refuses the statement. Runs after the insert, once per statement: a row that
-- its policy or a foreign key refuses is never counted. The lock lets statements of one user check one after another.
create function private.check_job_quota()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    asked record;
    subscription public.subscriptions;
begin
    for asked in
        select user_id, sum(total_assets) as assets from created_jobs group by user_id order by user_id
    loop
        select * into subscription from public.subscriptions where user_id = asked.user_id for update;
        if subscription.assets_limit is distinct from -1
            and private.current_usage(subscription) + private.reserved_assets(asked.user_id)
                > coalesce(subscription.assets_limit, 0) then
            perform private.refuse_over_limit(subscription, private.reserved_assets(asked.user_id));
        end if;
    end loop;

    if exists (
        select from public.generation_jobs as parent
        where parent.id in (select parent_job_id from created_jobs)
            and parent.status in ('queued', 'processing')
            and parent.total_assets
                < (select sum(part.total_assets) from public.generation_jobs as part where part.parent_job_id = parent.id)
    ) then
        raise exception 'the parts of a batch ask for more assets than the batch'
            using errcode = 'check_violation', hint = 'Create the batch with the total of its parts.';
    end if;
    return null;
end;
$$;

create trigger generation_jobs_check_quota
    after insert on public.generation_jobs
    referencing new table as created_jobs
    for each statement execute function private.check_job_quota();

create function private.enforce_job_state()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    finished constant text[] := array['completed', 'failed', 'partial', 'cancelled'];
begin
    if tg_op = 'UPDATE' then
        new.updated_at = old.updated_at; -- the next trigger sets it; not a change of its own
        -- Saying the same again is not a change, so a worker may repeat a report whose answer it did not get. The
        -- references are cleared when what they point to is gone.
        if old.status = any (finished)
            and to_jsonb(new) - 'brand_kit_id' - 'parent_job_id' <> to_jsonb(old) - 'brand_kit_id' - 'parent_job_id' then
            -- PT409 is HTTP 409 Conflict to REST clients.
            raise exception 'job % is finished', old.id
                using errcode = 'PT409', detail = format('A job that is %s no longer changes.', old.status),
                    hint = 'Create a new job.';
        end if;
        if (new.id, new.user_id, new.created_at, new.queued_at, new.total_assets)
            is distinct from (old.id, old.user_id, old.created_at, old.queued_at, old.total_assets) then
            raise exception 'id, user_id, total_assets, created_at and queued_at of job % cannot change', old.id
                using errcode = 'PT409';
        end if;
        if new.completed_assets < old.completed_assets or new.failed_assets < old.failed_assets then
            raise exception 'the counts of job % cannot go back', old.id using errcode = 'PT409';
        end if;
        if new.status <> old.status and not (
            old.status = 'queued' and new.status in ('processing', 'failed', 'cancelled')
            or old.status = 'processing' and (new.status = 'queued' or new.status = any (finished))
        ) then
            raise exception 'job % cannot go from % to %', old.id, old.status, new.status
                using errcode = 'PT409', hint = 'queued → processing → completed, partial, failed or cancelled.';
        end if;
        if old.status = 'processing' and new.status = 'queued' then
            new.retry_count = greatest(new.retry_count, old.retry_count + 1);
        end if;
        -- Completing without a word about counts means all of it.
        if new.status = 'completed' and new.completed_assets = old.completed_assets then
            new.completed_assets = new.total_assets - new.failed_assets;
        end if;
    end if;
    if new.status = 'processing' and new.started_at is null then
        new.started_at = now();
    end if;
    if new.status = any (finished) and new.completed_at is null then
        new.completed_at = now();
    end if;
    return new;
end;
$$;

create trigger generation_jobs_enforce_state
    before insert or update on public.generation_jobs
    for each row execute function private.enforce_job_state();

-- Cancels an own job that has not ended, and the parts of a batch with it.
create function public.cancel_generation_job(p_job_id uuid)
returns setof public.generation_jobs
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform from public.generation_jobs
    where id = p_job_id and user_id = (select auth.uid()) for update;
    if not found then
        raise exception 'there is no job %', quote_nullable(p_job_id) using errcode = 'PT404';
    end if;
    return query
        update public.generation_jobs
        set status = 'cancelled'
        where (id = p_job_id or parent_job_id = p_job_id)
            and user_id = (select auth.uid())
            and status in ('queued', 'processing')
        returning *;
    if not found then
        raise exception 'job % has already ended', p_job_id
            using errcode = 'PT409', hint = 'Only a queued or processing job can be cancelled.';
    end if;
end;
$$;

-- The oldest queued jobs, now processing: each goes to one worker only.
create function public.claim_generation_jobs(most integer default 1)
returns setof public.generation_jobs
language sql
security definer
set search_path = ''
as $$
    with next as materialized (
        select id from public.generation_jobs
        where status = 'queued'
        order by queued_at limit greatest(least(most, 100), 0) for update skip locked
    )
    update public.generation_jobs set status = 'processing' where id in (select id from next) returning *
$$;

-- How an own asset was made and where its file lies: the columns of public.assets that no API role may read.
create function public.asset_generation(p_asset_id uuid)
returns table (prompt_used text, generation_params jsonb, storage_key text)
language sql
stable
security definer
set search_path = ''
as $$
    select a.prompt_used, a.generation_params, a.storage_key
    from public.assets as a
    where a.id = p_asset_id and a.user_id = (select auth.uid())
$$;

-- Makes one kit the active one: the one before steps back in the same statement.
create function public.activate_brand_kit(p_brand_kit_id uuid)
returns setof public.brand_kits
language plpgsql
set search_path = ''
as $$
begin
    -- One change at a time: who waits here sees what the one before did.
    perform from public.brand_kits where user_id = (select auth.uid()) order by id for update;
    update public.brand_kits set is_active = false
    where user_id = (select auth.uid()) and is_active and id <> p_brand_kit_id;
    return query
        update public.brand_kits set is_active = true
        where id = p_brand_kit_id and user_id = (select auth.uid())
        returning *;
    if not found then
        raise exception 'there is no brand kit %', quote_nullable(p_brand_kit_id) using errcode = 'PT404';
    end if;
end;
$$;

revoke all on function
    private.reserved_assets(uuid),
    private.check_job_quota(),
    private.enforce_job_state(),
    public.cancel_generation_job(uuid),
    public.claim_generation_jobs(integer),
    public.asset_generation(uuid),
    public.activate_brand_kit(uuid)
    from public, anon, authenticated, service_role;
grant execute on function
    public.cancel_generation_job(uuid),
    public.asset_generation(uuid),
    public.activate_brand_kit(uuid)
    to authenticated;
grant execute on function public.claim_generation_jobs(integer) to service_role;

-- A job whose worker died goes back to the queue, and fails at the third time. Safe to run at any time, twice or late.
create function private.requeue_stuck_jobs(patience interval default '30 minutes')
returns bigint
language sql
set search_path = ''
as $$
    with stuck as (
        update public.generation_jobs
        set status = case when retry_count < 3 then 'queued' else 'failed' end,
            error_message = case when retry_count < 3 then error_message else 'no worker finished it' end
        where status = 'processing' and updated_at < now() - patience
        returning 1
    )
    select count(*) from stuck
$$;
revoke all on function private.requeue_stuck_jobs(interval) from public, anon, authenticated, service_role;

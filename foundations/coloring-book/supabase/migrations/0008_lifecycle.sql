-- What happens by the clock. Each function may run twice or late: it looks at what is due, not at when it was called.

-- A new month of Blots where no invoice brings it: on the free plan, and on plans that are paid by the year.
create function private.reset_due_blots()
returns integer
language plpgsql
set search_path = ''
as $$
declare
    due public.profiles;
    done integer := 0;
begin
    for due in
        select * from public.profiles
        where blots_reset_at <= now() and disabled_at is null
            and (plan = 'free' or billing_interval = 'yearly' and payment_failed_at is null)
        order by owner_id
    loop
        -- Another run, a renewal or a deletion may have been quicker.
        due := private.lock_account(due.owner_id);
        continue when due.blots_reset_at is null or due.blots_reset_at > now();
        perform public.reset_subscription_blots(due.owner_id, due.plan_blots);
        -- The day of the month stays, however late this runs.
        update public.profiles
        set blots_reset_at = (
            select min(next) from generate_series(due.blots_reset_at + interval '1 month', now() + interval '2 months', interval '1 month') as next
            where next > now())
        where owner_id = due.owner_id;
        done := done + 1;
    end loop;
    return done;
end;
$$;

-- Jobs whose worker died: failed, and their Blots go back.
create function private.fail_stuck_jobs(patience interval default '1 hour')
returns integer
language plpgsql
set search_path = ''
as $$
declare
    stuck uuid;
    done integer := 0;
begin
    for stuck in
        select id from public.jobs where status = 'processing' and started_at < now() - patience order by owner_id, id
    loop
        perform public.finish_job(stuck, 'failed', 0, 'no worker finished it', 'timeout');
        done := done + 1;
    end loop;
    return done;
end;
$$;

-- Projects and heroes that were deleted 30 days ago, with their files.
create function private.purge_deleted(age interval default '30 days')
returns integer
language plpgsql
set search_path = ''
as $$
declare
    owner uuid;
    old_projects uuid[];
    old_heroes uuid[];
    files uuid[];
    done integer := 0;
begin
    for owner in
        select owner_id from public.projects where deleted_at < now() - age
        union
        select owner_id from public.heroes where deleted_at < now() - age
        order by owner_id
    loop
        -- The account first, as everywhere. What somebody holds of the rest just now is for the next time: whoever changes a
        -- file holds it when he comes to the profile, so waiting for him here would be waiting in a circle.
        perform private.lock_account(owner);
        old_projects := array(
            select id from public.projects where owner_id = owner and deleted_at < now() - age for update skip locked);
        old_heroes := array(
            select id from public.heroes where owner_id = owner and deleted_at < now() - age for update skip locked);
        files := array(
            select a.id from public.assets as a
            where a.project_id = any (old_projects) or a.hero_id = any (old_heroes)
                or a.page_id in (select id from public.pages where project_id = any (old_projects))
            for update skip locked);
        old_projects := array(
            select unnest(old_projects)
            except select project_id from public.assets where project_id = any (old_projects) and id <> all (files)
            except select p.project_id from public.assets as a join public.pages as p on p.id = a.page_id
            where p.project_id = any (old_projects) and a.id <> all (files));
        old_heroes := array(
            select unnest(old_heroes)
            except select hero_id from public.assets where hero_id = any (old_heroes) and id <> all (files));
        -- then pages, items, jobs, in the order of everybody else
        perform from public.pages where project_id = any (old_projects) for update;
        perform from public.job_items where page_id in (select id from public.pages where project_id = any (old_projects)) for update;
        delete from public.assets where project_id = any (old_projects) or hero_id = any (old_heroes);
        delete from public.projects where id = any (old_projects);
        delete from public.heroes where id = any (old_heroes);
        done := done + cardinality(old_projects) + cardinality(old_heroes);
    end loop;
    return done;
end;
$$;

revoke all on function
    private.reset_due_blots(),
    private.fail_stuck_jobs(interval),
    private.purge_deleted(interval)
    from public, anon, authenticated, service_role;

-- from common/cron.sql
--   jobs = reset-due-blots: 7 * * * *: select private.reset_due_blots(), fail-stuck-jobs: */5 * * * *: select private.fail_stuck_jobs(), purge-deleted: 23 3 * * *: select private.purge_deleted()
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
    perform cron.schedule('reset-due-blots', '7 * * * *', $command$select private.reset_due_blots()$command$);
    perform cron.schedule('fail-stuck-jobs', '*/5 * * * *', $command$select private.fail_stuck_jobs()$command$);
    perform cron.schedule('purge-deleted', '23 3 * * *', $command$select private.purge_deleted()$command$);
end;
$schedule$;
-- end common/cron.sql

-- What happens by itself. Usage needs nothing here: the first consumption in a window opens it.

-- Writes down what entitled_plan knows already: trials that are over and cancelled subscriptions whose paid time is.
-- A day late on purpose: when a trial turns into a payment, that event may be under way. An event that comes later
-- still is applied all the same. Safe to run twice or late. Returns how many.
create function public.expire_subscriptions()
returns bigint
language sql
security definer
set search_path = ''
as $$
    with over as (
        update public.subscriptions
        set status = 'expired'
        where (status = 'trial' and trial_ends_at < now() - interval '1 day')
            or (status = 'cancelled' and current_period_end < now() - interval '1 day')
        returning 1
    )
    select count(*) from over
$$;

revoke all on function public.expire_subscriptions() from public, anon, authenticated, service_role;
grant execute on function public.expire_subscriptions() to service_role;

-- from common/cron.sql
--   jobs = expire-subscriptions: 7 * * * *: select public.expire_subscriptions(), finish-storage-purges: 17 * * * *: select public.finish_storage_purges()
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
    perform cron.schedule('expire-subscriptions', '7 * * * *', $command$select public.expire_subscriptions()$command$);
    perform cron.schedule('finish-storage-purges', '17 * * * *', $command$select public.finish_storage_purges()$command$);
end;
$schedule$;
-- end common/cron.sql

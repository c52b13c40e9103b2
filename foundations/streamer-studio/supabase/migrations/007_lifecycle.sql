-- What happens by the clock. Each job may run twice or late: it looks at what is due, not at when it was called.

-- from common/cron.sql
--   jobs = reset-due-usage: 17 * * * *: select private.reset_due_usage(), delete-expired-assets: */15 * * * *: select private.delete_expired_assets(), requeue-stuck-jobs: */5 * * * *: select private.requeue_stuck_jobs()
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
    perform cron.schedule('reset-due-usage', '17 * * * *', $command$select private.reset_due_usage()$command$);
    perform cron.schedule('delete-expired-assets', '*/15 * * * *', $command$select private.delete_expired_assets()$command$);
    perform cron.schedule('requeue-stuck-jobs', '*/5 * * * *', $command$select private.requeue_stuck_jobs()$command$);
end;
$schedule$;
-- end common/cron.sql

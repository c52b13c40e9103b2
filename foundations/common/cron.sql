--! jobs list: the jobs, each name: schedule: command; the command without commas
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
{% for job in jobs %}
{% set name, schedule, command = job | split(": ") | list %}
    perform cron.schedule('{{ name }}', '{{ schedule }}', $command${{ command }}$command$);
{% endfor %}
end;
$schedule$;

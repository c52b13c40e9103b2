-- jobs, and in how many of these minutes each is due; a schedule that many jobs have is read once
with due as (
  select schedule, count(*) as times
  from (select distinct schedule from cron.job where active) as schedules
  cross join unnest($1::timestamptz[], $2::boolean[], $3::boolean[]) as asked (at_minute, wild, fixed)
  where cron.is_due(
    schedule,
    at_minute at time zone coalesce(nullif(current_setting('cron.timezone', true), ''), 'GMT'),
    wild, fixed)
  group by schedule
)
select jobid, times
from cron.job
join due using (schedule)
where active
order by jobid

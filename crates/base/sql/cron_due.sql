-- jobs, and in how many of these minutes each is due
select jobid, count(*)
from cron.job
cross join unnest($1::timestamptz[], $2::boolean[], $3::boolean[]) as asked (at_minute, wild, fixed)
where active
  and cron.is_due(
    schedule,
    at_minute at time zone coalesce(nullif(current_setting('cron.timezone', true), ''), 'GMT'),
    wild, fixed)
group by jobid
order by jobid

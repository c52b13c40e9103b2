select jobid, command, coalesce(elsewhere.database, current_database()), username, cron.schedule_seconds(schedule),
  cron.is_at_restart(schedule)
from cron.job
left join cron.job_elsewhere as elsewhere using (jobid)
where active

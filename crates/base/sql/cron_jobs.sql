select jobid, command, database, username, cron.schedule_seconds(schedule), cron.is_at_restart(schedule)
from cron.job
where active

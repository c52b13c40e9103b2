insert into cron.job_run_details (jobid, database, username, command, status)
values ($1, $2, $3, $4, 'starting')
returning runid

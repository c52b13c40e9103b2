update cron.job_run_details
set status = 'running', job_pid = $2, start_time = $3
where runid = $1

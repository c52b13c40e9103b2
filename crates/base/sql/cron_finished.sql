update cron.job_run_details
set status = $2, return_message = $3, end_time = $4
where runid = $1

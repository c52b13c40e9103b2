update cron.job_run_details
set status = 'failed', return_message = 'server restarted'
where status in ('starting', 'connecting', 'sending', 'running')

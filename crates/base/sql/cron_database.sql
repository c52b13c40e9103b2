-- a clone's jobs still have the name of what it was cloned from
update cron.job
set database = current_database()
where database <> current_database()
  and not exists (select from cron.job_elsewhere as elsewhere where elsewhere.jobid = job.jobid)

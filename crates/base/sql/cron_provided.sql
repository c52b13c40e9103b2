-- the real pg_cron has no such function and runs its jobs itself
select to_regprocedure('cron.handle_request()') is not null

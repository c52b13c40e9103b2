-- statements that wait for others, and the ones they wait for
select to_json(report)::text
from (
  select
    waiting.pid as blocked_pid,
    holding.query as blocking_statement,
    date_trunc('second', age(now(), holding.query_start))::text as blocking_duration,
    holding.pid as blocking_pid,
    waiting.query as blocked_statement,
    date_trunc('second', age(now(), waiting.query_start))::text as blocked_duration
  from pg_stat_activity waiting
  cross join lateral unnest(pg_blocking_pids(waiting.pid)) blocker (pid)
  join pg_stat_activity holding on holding.pid = blocker.pid
  where waiting.datname = current_database()
  order by waiting.query_start
) report

-- statements that ran most often, from pg_stat_statements
select to_json(report)::text
from (
  select
    s.query,
    (interval '1 millisecond' * s.total_exec_time)::text as total_exec_time,
    round((100 * s.total_exec_time / nullif(sum(s.total_exec_time) over (), 0))::numeric, 1) as prop_exec_time,
    s.calls as ncalls,
    round((s.mean_exec_time)::numeric, 3) as mean_ms,
    s.rows
  from extensions.pg_stat_statements s
  join pg_database d on d.oid = s.dbid and d.datname = current_database()
  order by s.calls desc
  limit 10
) report

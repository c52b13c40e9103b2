-- statements that have been running for more than five minutes
select to_json(report)::text
from (
  select pid, date_trunc('second', now() - query_start)::text as duration, query
  from pg_stat_activity
  where state <> 'idle'
    and query <> ''
    and backend_type = 'client backend'
    and now() - query_start > interval '5 minutes'
  order by now() - query_start desc
) report

-- exclusive locks that statements hold or wait for
select to_json(report)::text
from (
  select
    a.pid,
    c.relname,
    l.transactionid::text as transaction_id,
    l.granted,
    a.query as stmt,
    date_trunc('second', age(now(), a.query_start))::text as age
  from pg_stat_activity a
  join pg_locks l on l.pid = a.pid
  left join pg_class c on c.oid = l.relation
  where l.mode = 'ExclusiveLock'
    and a.query <> ''
    and a.pid <> pg_backend_pid()
    and a.backend_type = 'client backend'
  order by a.query_start
) report

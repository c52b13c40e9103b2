-- tables with values that are stored aside, and what of those is dead
select to_json(report)::text
from (
  select
    n.nspname || '.' || c.relname as "table",
    pg_size_pretty(pg_total_relation_size(c.oid)) as total_size,
    pg_size_pretty(pg_relation_size(c.oid)) as heap_size,
    pg_size_pretty(pg_total_relation_size(c.reltoastrelid)) as toast_size,
    s.n_live_tup as toast_live_chunks,
    s.n_dead_tup as toast_dead_chunks,
    round(100 * s.n_dead_tup::numeric / greatest(s.n_live_tup + s.n_dead_tup, 1), 1) as toast_dead_percent,
    to_char(s.last_autovacuum, 'YYYY-MM-DD HH24:MI') as last_autovacuum,
    to_char(s.last_vacuum, 'YYYY-MM-DD HH24:MI') as last_vacuum
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_stat_all_tables s on s.relid = c.reltoastrelid
  where c.reltoastrelid <> 0
    and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname !~ '^pg_(toast|temp)'
    and n.nspname <> all ($1::text[])
  order by pg_total_relation_size(c.reltoastrelid) desc, 1
) report

-- sizes, rows and sequential scans of tables
select to_json(report)::text
from (
  select
    s.schemaname || '.' || s.relname as name,
    pg_size_pretty(pg_table_size(s.relid)) as table_size,
    pg_size_pretty(pg_indexes_size(s.relid)) as index_size,
    pg_size_pretty(pg_total_relation_size(s.relid)) as total_size,
    s.n_live_tup as estimated_row_count,
    s.seq_scan as seq_scans
  from pg_stat_user_tables s
  where s.schemaname <> all ($1::text[])
  order by pg_total_relation_size(s.relid) desc, name
) report

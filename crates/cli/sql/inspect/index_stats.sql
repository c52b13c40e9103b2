-- size and use of indexes
select to_json(report)::text
from (
  select
    s.schemaname || '.' || s.indexrelname as name,
    s.schemaname || '.' || s.relname as "table",
    (
      select string_agg(pg_get_indexdef(s.indexrelid, k.position, true), ',' order by k.position)
      from generate_series(1, x.indnkeyatts) k (position)
    ) as columns,
    pg_size_pretty(pg_relation_size(s.indexrelid)) as size,
    case
      when s.idx_scan + coalesce(t.seq_scan, 0) = 0 then 0
      else round(100 * s.idx_scan::numeric / (s.idx_scan + coalesce(t.seq_scan, 0)))
    end as percent_used,
    s.idx_scan as index_scans,
    coalesce(t.seq_scan, 0) as seq_scans,
    s.idx_scan = 0 and not x.indisunique as unused
  from pg_stat_user_indexes s
  join pg_stat_user_tables t on t.relid = s.relid
  join pg_index x on x.indexrelid = s.indexrelid
  where s.schemaname <> all ($1::text[])
  order by pg_relation_size(s.indexrelid) desc, name
) report

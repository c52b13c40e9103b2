-- what is read and what is written of each table
select to_json(report)::text
from (
  select
    s.schemaname as schema,
    s.relname as "table",
    io.heap_blks_read + io.idx_blks_read + coalesce(io.toast_blks_read, 0) as blocks_read,
    w.tuples as write_tuples,
    case
      when w.tuples = 0 then 'Read-Only'
      when s.seq_scan + coalesce(s.idx_scan, 0) = 0 then 'Write-Only'
      else round((s.seq_tup_read + coalesce(s.idx_tup_fetch, 0))::numeric / w.tuples, 1) || ' read : 1 written'
    end as activity_ratio
  from pg_stat_user_tables s
  join pg_statio_user_tables io using (relid)
  cross join lateral (select s.n_tup_ins + s.n_tup_upd + s.n_tup_del as tuples) w
  where io.heap_blks_read + w.tuples > 0
    and s.schemaname <> all ($1::text[])
  order by io.heap_blks_read + w.tuples desc, 1, 2
) report

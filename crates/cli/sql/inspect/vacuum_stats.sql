-- when tables were vacuumed and analyzed, and whether that is due
with thresholds as (
  select
    c.oid,
    coalesce(o.vacuum_threshold, current_setting('autovacuum_vacuum_threshold')::numeric)
      + coalesce(o.vacuum_scale, current_setting('autovacuum_vacuum_scale_factor')::numeric) * greatest(c.reltuples, 0)
      as vacuum_at,
    coalesce(o.analyze_threshold, current_setting('autovacuum_analyze_threshold')::numeric)
      + coalesce(o.analyze_scale, current_setting('autovacuum_analyze_scale_factor')::numeric) * greatest(c.reltuples, 0)
      as analyze_at
  from pg_class c
  cross join lateral (
    select
      max(option_value) filter (where option_name = 'autovacuum_vacuum_threshold')::numeric as vacuum_threshold,
      max(option_value) filter (where option_name = 'autovacuum_vacuum_scale_factor')::numeric as vacuum_scale,
      max(option_value) filter (where option_name = 'autovacuum_analyze_threshold')::numeric as analyze_threshold,
      max(option_value) filter (where option_name = 'autovacuum_analyze_scale_factor')::numeric as analyze_scale
    from pg_options_to_table(c.reloptions)
  ) o
)
select to_json(report)::text
from (
  select
    s.schemaname || '.' || s.relname as "table",
    to_char(s.last_vacuum, 'YYYY-MM-DD HH24:MI') as last_vacuum,
    to_char(s.last_autovacuum, 'YYYY-MM-DD HH24:MI') as last_autovacuum,
    to_char(s.last_analyze, 'YYYY-MM-DD HH24:MI') as last_analyze,
    to_char(s.last_autoanalyze, 'YYYY-MM-DD HH24:MI') as last_autoanalyze,
    case when c.reltuples >= 0 then c.reltuples::bigint end as row_count,
    s.n_dead_tup as dead_row_count,
    s.n_dead_tup > t.vacuum_at as expect_autovacuum,
    s.n_mod_since_analyze > t.analyze_at as expect_autoanalyze
  from pg_stat_user_tables s
  join pg_class c on c.oid = s.relid
  join thresholds t on t.oid = s.relid
  where s.schemaname <> all ($1::text[])
  order by 1
) report

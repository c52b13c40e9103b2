-- sizes and cache hit rates of the database
with tables as (
  select
    sum(pg_indexes_size(c.oid)) as index_bytes,
    sum(pg_relation_size(c.oid)) as table_bytes,
    sum(coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0)) as toast_bytes
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm', 'p')
    and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname !~ '^pg_(toast|temp)'
),
indexes as (
  select sum(idx_blks_hit)::numeric / nullif(sum(idx_blks_hit + idx_blks_read), 0) as hit_rate
  from pg_statio_user_indexes
),
heaps as (
  select sum(heap_blks_hit)::numeric / nullif(sum(heap_blks_hit + heap_blks_read), 0) as hit_rate
  from pg_statio_user_tables
)
select to_json(report)::text
from (
  select
    d.datname as name,
    pg_size_pretty(pg_database_size(d.datname)) as database_size,
    pg_size_pretty(coalesce(t.index_bytes, 0)) as total_index_size,
    pg_size_pretty(coalesce(t.table_bytes, 0)) as total_table_size,
    pg_size_pretty(coalesce(t.toast_bytes, 0)) as total_toast_size,
    date_trunc('second', now() - d.stats_reset)::text as time_since_stats_reset,
    round(i.hit_rate, 2) as index_hit_rate,
    round(h.hit_rate, 2) as table_hit_rate,
    (select pg_size_pretty(sum(size)) from pg_ls_waldir()) as wal_size
  from pg_stat_database d, tables t, indexes i, heaps h
  where d.datname = current_database()
) report

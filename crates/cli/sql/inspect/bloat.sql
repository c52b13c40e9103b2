-- pages that tables and indexes have beyond what their rows need, estimated from the planner's statistics
with widths as (
  select
    s.schemaname, s.tablename,
    sum((1 - s.null_frac) * s.avg_width) as row_width,
    count(*) as columns
  from pg_stats s
  group by s.schemaname, s.tablename
),
sizes as (
  select
    n.nspname as schema,
    'table' as type,
    n.nspname || '.' || c.relname as name,
    c.relpages::numeric as pages,
    ceil(c.reltuples * (w.row_width + 28 + ceil(w.columns / 8.0)) / (current_setting('block_size')::int - 24)) as needed
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join widths w on w.schemaname = n.nspname and w.tablename = c.relname
  where c.relkind in ('r', 'm') and c.reltuples > 0
  union all
  select
    n.nspname,
    'index',
    n.nspname || '.' || c.relname || '::' || i.relname,
    i.relpages,
    1 + ceil(i.reltuples * (k.width + 12) / (current_setting('block_size')::int * 0.9))
  from pg_index x
  join pg_class i on i.oid = x.indexrelid
  join pg_am m on m.oid = i.relam and m.amname = 'btree'
  join pg_class c on c.oid = x.indrelid
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
    select sum(coalesce(s.avg_width, 8)) as width
    from unnest(x.indkey::int2[]) column_number
    left join pg_attribute a on a.attrelid = c.oid and a.attnum = column_number
    left join pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname
  ) k
  where i.reltuples > 0
)
select to_json(report)::text
from (
  select
    type,
    name,
    round((pages / greatest(needed, 1))::numeric, 1) as bloat,
    pg_size_pretty(((pages - needed) * current_setting('block_size')::int)::bigint) as waste
  from sizes
  where pages > needed
    and schema not in ('pg_catalog', 'information_schema')
    and schema <> all ($1::text[])
  order by pages - needed desc, name
) report

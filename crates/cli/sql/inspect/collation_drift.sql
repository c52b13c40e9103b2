-- indexes whose text was sorted by another version of a collation than the server has now: reindex them
select to_json(report)::text
from (
  select
    i.indexrelid::regclass::text as name,
    i.indrelid::regclass::text as "table",
    c.collname as "collation",
    case when c.collprovider = 'd' then d.datcollversion else c.collversion end as recorded_version,
    case
      when c.collprovider = 'd' then pg_database_collation_actual_version(d.oid)
      else pg_collation_actual_version(c.oid)
    end as actual_version,
    pg_size_pretty(pg_relation_size(i.indexrelid)) as size
  from pg_index i
  join pg_class r on r.oid = i.indexrelid
  join pg_am a on a.oid = r.relam and a.amname = 'btree'
  cross join lateral unnest(i.indcollation::oid[]) k (oid)
  join pg_collation c on c.oid = k.oid
  join pg_database d on d.datname = current_database()
  where case
    when c.collprovider = 'd' then d.datcollversion <> pg_database_collation_actual_version(d.oid)
    else c.collversion <> pg_collation_actual_version(c.oid)
  end
  order by pg_relation_size(i.indexrelid) desc
) report

-- primary keys, unique keys and foreign keys of every table, one JSON document per row
select json_build_object(
  'name', k.conname,
  'kind', k.contype,
  'table', k.conrelid::int8,
  'columns', k.conkey,
  'foreign_table', k.confrelid::int8,
  'foreign_columns', k.confkey
)::text
from pg_constraint k
join pg_namespace n on n.oid = k.connamespace
where k.contype in ('p', 'u', 'f')
  and k.conrelid <> 0
  and (k.contype <> 'f' or k.conparentid = 0)
  and n.nspname not in ('pg_catalog', 'information_schema')
order by k.conrelid, k.conname

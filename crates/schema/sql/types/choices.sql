-- checks of one text column of the schemas $1's tables, as Postgres prints them, one JSON document per row
select json_build_object(
  'table', k.conrelid::int8,
  'column', k.conkey[1],
  'name', quote_ident(a.attname),
  'definition', pg_get_constraintdef(k.oid)
)::text
from pg_constraint k
join pg_namespace n on n.oid = k.connamespace
join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
where k.contype = 'c'
  and k.convalidated
  and cardinality(k.conkey) = 1
  and a.atttypid in ('text'::regtype, 'character varying'::regtype)
  and n.nspname = any ($1::text[])
order by k.conrelid, k.conname

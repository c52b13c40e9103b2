-- every type that a column, an argument or an attribute can have, one JSON document per row
select json_build_object(
  'id', t.oid::int8,
  'schema', n.nspname,
  'name', t.typname,
  'format', format_type(t.oid, null),
  'kind', t.typtype,
  'element', case when t.typcategory = 'A' then nullif(t.typelem::int8, 0) end,
  'base', nullif(t.typbasetype::int8, 0),
  'labels', coalesce(e.labels, '[]'),
  'attributes', coalesce(a.attributes, '[]'),
  'relation', nullif(t.typrelid::int8, 0),
  'relation_kind', c.relkind
)::text
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
left join pg_class c on c.oid = t.typrelid
left join (
  select enumtypid, json_agg(enumlabel order by enumsortorder) as labels
  from pg_enum
  group by enumtypid
) e on e.enumtypid = t.oid
left join (
  select
    c.oid,
    json_agg(json_build_object('name', a.attname, 'type', a.atttypid::int8) order by a.attnum) as attributes
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind = 'c'
  group by c.oid
) a on a.oid = t.typrelid
where t.typrelid = 0 or c.relkind in ('c', 'r', 'v', 'm', 'p', 'f')

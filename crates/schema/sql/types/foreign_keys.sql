-- every foreign key outside the system schemas, one JSON document per row
select json_build_object(
  'name', k.conname,
  'schema', tn.nspname,
  'relation', t.relname,
  'table', t.oid::int8,
  'column_numbers', k.conkey,
  'columns', (
    select json_agg(a.attname order by u.position)
    from unnest(k.conkey) with ordinality u (number, position)
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number
  ),
  'referenced_schema', rn.nspname,
  'referenced_relation', r.relname,
  'referenced_table', r.oid::int8,
  'referenced_column_numbers', k.confkey,
  'referenced_columns', (
    select json_agg(a.attname order by u.position)
    from unnest(k.confkey) with ordinality u (number, position)
    join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number
  ),
  'is_one_to_one', exists (
    select
    from pg_constraint u
    where u.conrelid = k.conrelid
      and u.contype in ('p', 'u')
      and (select array_agg(number order by number) from unnest(u.conkey) number) = k.conkey
  )
)::text
from pg_constraint k
join pg_class t on t.oid = k.conrelid
join pg_namespace tn on tn.oid = t.relnamespace
join pg_class r on r.oid = k.confrelid
join pg_namespace rn on rn.oid = r.relnamespace
where k.contype = 'f'
  and k.conparentid = 0
  and tn.nspname not in ('information_schema', 'pg_catalog', 'pg_toast')

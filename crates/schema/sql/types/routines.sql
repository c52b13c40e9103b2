-- functions of the schemas $1 that a request may call, one JSON document per row
select json_build_object(
  'id', p.oid::int8,
  'schema', n.nspname,
  'name', p.proname,
  'modes', coalesce(
    p.proargmodes::text[],
    array_fill('i'::text, array[cardinality(coalesce(p.proallargtypes, p.proargtypes::oid[]))])
  ),
  'names', coalesce(
    p.proargnames,
    array_fill(''::text, array[cardinality(coalesce(p.proallargtypes, p.proargtypes::oid[]))])
  ),
  'types', coalesce(p.proallargtypes, p.proargtypes::oid[])::int8[],
  'input_count', p.pronargs,
  'default_count', p.pronargdefaults,
  'argument_types', pg_get_function_arguments(p.oid),
  'return_text', pg_get_function_result(p.oid),
  'return_type', t.oid::int8,
  'return_relation', nullif(t.typrelid::int8, 0),
  'returns_set', p.proretset,
  'expected_rows', case when p.proretset then nullif(p.prorows, 0) end,
  'comment', obj_description(p.oid, 'pg_proc')
)::text
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_type t on t.oid = p.prorettype
where p.prokind = 'f'
  and n.nspname = any ($1::text[])
  and t.oid not in ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)

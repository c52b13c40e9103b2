-- aggregates that turn rows into a media type: their result is a domain named like one
select json_build_object(
  'schema', n.nspname,
  'name', p.proname,
  'media_type', t.typname,
  'relation', nullif(a.typrelid, 0)::int8,
  'is_binary', t.typbasetype = 'pg_catalog.bytea'::regtype,
  'is_jsonb', t.typbasetype = 'pg_catalog.jsonb'::regtype
)::text
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_type t on t.oid = p.prorettype
join pg_type a on a.oid = p.proargtypes[0]
where p.prokind = 'a'
  and p.pronargs = 1
  and t.typtype = 'd'
  and t.typname ~ '^([a-zA-Z0-9!#$&^_.+-]+|\*)/([a-zA-Z0-9!#$&^_.+-]+|\*)$'
  and (a.typrelid <> 0 or a.oid = 'pg_catalog.anyelement'::regtype)
  and n.nspname = any ($1::text[])
order by n.nspname, p.proname

-- columns of the tables and views of the schemas $1 that the connected role may see; ten thousand of them are many,
-- so that they are rows and no JSON
select
  a.attrelid::int8,
  a.attnum,
  a.attname,
  a.atttypid::int8,
  coalesce(b.typname, t.typname),
  coalesce(bn.nspname, tn.nspname),
  a.atthasdef,
  a.attidentity,
  a.attgenerated <> '',
  not (a.attnotnull or t.typtype = 'd' and t.typnotnull),
  c.relkind in ('r', 'p') or c.relkind in ('v', 'f') and pg_column_is_updatable(c.oid, a.attnum, false),
  d.description
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
join pg_namespace tn on tn.oid = t.typnamespace
left join pg_type b on t.typtype = 'd' and b.oid = t.typbasetype
left join pg_namespace bn on bn.oid = b.typnamespace
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = a.attnum
where n.nspname = any ($1::text[])
  and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and not pg_is_other_temp_schema(n.oid)
  and (
    pg_has_role(c.relowner, 'usage')
    or has_column_privilege(c.oid, a.attnum, 'select, insert, update, references')
  )

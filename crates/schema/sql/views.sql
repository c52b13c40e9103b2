select c.oid::int8, n.nspname, c.relname, obj_description(c.oid, 'pg_class'),
  pg_get_userbyid(c.relowner), coalesce(c.relacl, acldefault('r', c.relowner))::text[],
  c.relkind = 'm', pg_get_viewdef(c.oid), coalesce(c.reloptions, '{}'),
  array(
    select a.attname::text from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum
  ),
  array(
    select format_type(a.atttypid, a.atttypmod) || ' ' || a.attcollation from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum
  ),
  c.relispopulated
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm')
  and n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
  )

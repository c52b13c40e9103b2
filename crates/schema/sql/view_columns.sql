-- columns of views that have something of their own: a comment, a grant, a default
select c.oid::int8, n.nspname, c.relname, col_description(c.oid, a.attnum),
  pg_get_userbyid(c.relowner), a.attacl::text[],
  a.attname, a.attnum, d.oid::int8, pg_get_expr(d.adbin, d.adrelid)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('v', 'm')
  and n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
  )

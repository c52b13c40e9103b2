-- indexes that belong to no constraint
select x.oid::int8, n.nspname, x.relname, obj_description(x.oid, 'pg_class'), null, null,
  c.relname, pg_get_indexdef(x.oid), i.indisclustered, c.relkind = 'm',
  array(
    select format('%s=%s', a.attnum, a.attstattarget) from pg_attribute a
    where a.attrelid = x.oid and a.attstattarget >= 0 order by a.attnum
  )
from pg_index i
join pg_class x on x.oid = i.indexrelid
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'm')
  and n.nspname = any ($1::text[])
  and not exists (select from pg_constraint o where o.conindid = x.oid and o.contype in ('p', 'u', 'x'))
  and not exists (
    select from pg_depend e
    where e.classid = 'pg_class'::regclass and e.objid in (c.oid, x.oid) and e.deptype = 'e'
  )

-- constraints of tables, without what partitions get from their parent by themselves (foreign keys)
select o.oid::int8, n.nspname, c.relname, obj_description(o.oid, 'pg_constraint'), null, null,
  o.conname, o.contype::text, pg_get_constraintdef(o.oid), o.convalidated, o.condeferrable, o.condeferred,
  case when o.contype in ('p', 'u', 'x') then o.conindid::int8 end,
  c.relkind = 'p', o.coninhcount > 0 and not o.conislocal, c.relispartition,
  coalesce((select i.indisclustered from pg_index i where i.indexrelid = o.conindid and o.contype in ('p', 'u', 'x')), false)
from pg_constraint o
join pg_class c on c.oid = o.conrelid
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p')
  and n.nspname = any ($1::text[])
  and o.contype in ('p', 'u', 'c', 'f', 'x')
  and (o.conparentid = 0 or o.contype in ('p', 'u', 'x'))
  and not exists (
    select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
  )

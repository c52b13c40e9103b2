-- tables with rows of their own: columns that take values, how many overwrite an identity, what they refer to
select c.oid::int8, n.nspname, c.relname,
  array(
    select a.attname::text from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum
  ),
  exists (select from pg_attribute a where a.attrelid = c.oid and a.attidentity = 'a' and not a.attisdropped),
  array(
    select distinct r.child::int8
    from pg_constraint k
    cross join lateral (
      select k.confrelid as child
      union
      select t.relid from pg_partition_tree(k.confrelid) t
    ) r
    where k.conrelid = c.oid and k.contype = 'f' and r.child <> c.oid
  )
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r'
  and c.relpersistence <> 't'
  and case when $1::text[] is null then n.nspname <> all ($2::text[]) else n.nspname = any ($1::text[]) end
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  and n.nspname !~ '^pg_(temp|toast_temp)_'
  and format('%s.%s', n.nspname, c.relname) <> all ($3::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
  )
order by n.nspname, c.relname

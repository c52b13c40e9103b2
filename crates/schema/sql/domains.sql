select t.oid::int8, n.nspname, t.typname, obj_description(t.oid, 'pg_type'),
  pg_get_userbyid(t.typowner), coalesce(t.typacl, acldefault('T', t.typowner))::text[],
  format_type(t.typbasetype, t.typtypmod),
  (
    select format('%I.%I', k.nspname, c.collname)
    from pg_collation c
    join pg_namespace k on k.oid = c.collnamespace
    join pg_type b on b.oid = t.typbasetype
    where c.oid = t.typcollation and c.oid <> b.typcollation
  ),
  t.typnotnull,
  coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault),
  array(
    select c.conname::text from pg_constraint c
    where c.contypid = t.oid and c.contype = 'c' order by c.conname
  ),
  array(
    select pg_get_constraintdef(c.oid) from pg_constraint c
    where c.contypid = t.oid and c.contype = 'c' order by c.conname
  )
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'd'
  and n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_type'::regclass and e.objid = t.oid and e.deptype = 'e'
  )

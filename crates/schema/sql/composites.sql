select t.oid::int8, n.nspname, t.typname, obj_description(t.oid, 'pg_type'),
  pg_get_userbyid(t.typowner), coalesce(t.typacl, acldefault('T', t.typowner))::text[],
  c.oid::int8,
  array(
    select a.attname::text from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum
  ),
  array(
    select format_type(a.atttypid, a.atttypmod) || coalesce((
      select format(' collate %I.%I', k.nspname, l.collname)
      from pg_collation l
      join pg_namespace k on k.oid = l.collnamespace
      join pg_type b on b.oid = a.atttypid
      where l.oid = a.attcollation and l.oid <> b.typcollation
    ), '')
    from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum
  )
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
join pg_class c on c.oid = t.typrelid and c.relkind = 'c'
where n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_type'::regclass and e.objid = t.oid and e.deptype = 'e'
  )

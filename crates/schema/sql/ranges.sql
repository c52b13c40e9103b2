select t.oid::int8, n.nspname, t.typname, obj_description(t.oid, 'pg_type'),
  pg_get_userbyid(t.typowner), coalesce(t.typacl, acldefault('T', t.typowner))::text[],
  array_remove(array[
    'subtype = ' || format_type(r.rngsubtype, null),
    (
      select format('subtype_opclass = %I.%I', k.nspname, o.opcname)
      from pg_opclass o join pg_namespace k on k.oid = o.opcnamespace
      where o.oid = r.rngsubopc and not o.opcdefault
    ),
    (
      select format('collation = %I.%I', k.nspname, l.collname)
      from pg_collation l
      join pg_namespace k on k.oid = l.collnamespace
      join pg_type b on b.oid = r.rngsubtype
      where l.oid = r.rngcollation and l.oid <> b.typcollation
    ),
    case when r.rngsubdiff <> 0 then 'subtype_diff = ' || r.rngsubdiff::regproc end,
    (
      select format('multirange_type_name = %I.%I', k.nspname, m.typname)
      from pg_type m join pg_namespace k on k.oid = m.typnamespace
      where m.oid = r.rngmultitypid
    )
  ], null)
from pg_type t
join pg_range r on r.rngtypid = t.oid
join pg_namespace n on n.oid = t.typnamespace
where n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_type'::regclass and e.objid = t.oid and e.deptype = 'e'
  )

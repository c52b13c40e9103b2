select t.oid::int8, n.nspname, t.typname, obj_description(t.oid, 'pg_type'),
  pg_get_userbyid(t.typowner), coalesce(t.typacl, acldefault('T', t.typowner))::text[],
  array(select enumlabel::text from pg_enum where enumtypid = t.oid order by enumsortorder)
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'e'
  and n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_type'::regclass and e.objid = t.oid and e.deptype = 'e'
  )

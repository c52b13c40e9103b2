select p.oid::int8, n.nspname, p.proname, obj_description(p.oid, 'pg_proc'),
  pg_get_userbyid(p.proowner), coalesce(p.proacl, acldefault('f', p.proowner))::text[],
  oidvectortypes(p.proargtypes), p.prokind::text, pg_get_functiondef(p.oid),
  pg_get_function_result(p.oid), pg_get_function_arguments(p.oid)
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where p.prokind <> 'a'
  and n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e
    where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype in ('e', 'i')
  )

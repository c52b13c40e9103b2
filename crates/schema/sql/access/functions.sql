-- Functions and procedures that could be called, with who may.
select
  n.nspname,
  format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
  p.prosecdef,
  exists (select from unnest(p.proconfig) as setting where setting like 'search\_path=%'),
  array(
    select has_schema_privilege(r.role, n.oid, 'usage') and has_function_privilege(r.role, p.oid, 'execute')
    from unnest($1::text[]) with ordinality r (role, place) order by r.place
  ),
  p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype)
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where p.prokind in ('f', 'p')
  and n.nspname = any ($2::text[])
  and not exists (
    select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
  )
order by 1, 2

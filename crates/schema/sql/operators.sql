select o.oid::int8, n.nspname, o.oprname, obj_description(o.oid, 'pg_operator'),
  pg_get_userbyid(o.oprowner), null,
  case when o.oprleft = 0 then 'none' else format_type(o.oprleft, null) end
    || ', ' || case when o.oprright = 0 then 'none' else format_type(o.oprright, null) end,
  array_remove(array[
    'function = ' || o.oprcode::regproc,
    case when o.oprleft <> 0 then 'leftarg = ' || format_type(o.oprleft, null) end,
    case when o.oprright <> 0 then 'rightarg = ' || format_type(o.oprright, null) end,
    (
      select format('commutator = operator(%I.%s)', k.nspname, x.oprname)
      from pg_operator x join pg_namespace k on k.oid = x.oprnamespace where x.oid = o.oprcom
    ),
    (
      select format('negator = operator(%I.%s)', k.nspname, x.oprname)
      from pg_operator x join pg_namespace k on k.oid = x.oprnamespace where x.oid = o.oprnegate
    ),
    case when o.oprrest <> 0 then 'restrict = ' || o.oprrest::regproc end,
    case when o.oprjoin <> 0 then 'join = ' || o.oprjoin::regproc end,
    case when o.oprcanhash then 'hashes' end,
    case when o.oprcanmerge then 'merges' end
  ], null)
from pg_operator o
join pg_namespace n on n.oid = o.oprnamespace
where o.oprcode <> 0
  and n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_operator'::regclass and e.objid = o.oid and e.deptype = 'e'
  )

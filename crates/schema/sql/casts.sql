-- casts made by people whose types or function are in scope
select c.oid::int8, '', format('%s as %s', format_type(c.castsource, null), format_type(c.casttarget, null)),
  obj_description(c.oid, 'pg_cast'), null, null,
  case c.castmethod
    when 'f' then 'with function ' || c.castfunc::regprocedure
    when 'i' then 'with inout'
    else 'without function'
  end || case c.castcontext when 'a' then ' as assignment' when 'i' then ' as implicit' else '' end
from pg_cast c
join pg_type s on s.oid = c.castsource
join pg_type t on t.oid = c.casttarget
left join pg_proc p on p.oid = c.castfunc
where c.oid >= 16384
  and exists (
    select from pg_namespace n
    where n.oid in (s.typnamespace, t.typnamespace, p.pronamespace) and n.nspname = any ($1::text[])
  )
  and not exists (
    select from pg_depend e where e.classid = 'pg_cast'::regclass and e.objid = c.oid and e.deptype in ('e', 'i')
  )

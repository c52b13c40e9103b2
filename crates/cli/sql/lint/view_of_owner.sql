-- Views that read with their owner's rights: row level security of the tables below does not apply to who asks.
select format('%I.%I', nspname, relname), 'is not `security_invoker`, so it shows rows that the caller''s policies hide'
from pg_class
join pg_namespace on pg_namespace.oid = relnamespace
where relkind = 'v' and nspname = any ($1::text[]) and nspname = any ($2::text[])
  and not coalesce(reloptions, '{}') && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1']
  and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
  and exists (
    select
    from pg_rewrite
    join pg_depend on pg_depend.objid = pg_rewrite.oid and refclassid = 'pg_class'::regclass
    join pg_class as below on below.oid = refobjid
    where ev_class = pg_class.oid and below.relrowsecurity
  )
  and exists (
    select from aclexplode(coalesce(relacl, acldefault('r', relowner))) as granted
    where granted.privilege_type = 'SELECT'
      and granted.grantee in (0, coalesce(to_regrole('anon')::oid, 0), coalesce(to_regrole('authenticated')::oid, 0))
  )
order by 1

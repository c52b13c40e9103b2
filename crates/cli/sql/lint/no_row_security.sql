-- Tables that everybody with a key can reach and that no policy guards.
select format('%I.%I', nspname, relname), 'has no row level security, and its schema is served'
from pg_class
join pg_namespace on pg_namespace.oid = relnamespace
where relkind in ('r', 'p') and not relispartition and not relrowsecurity
  and nspname = any ($1::text[]) and nspname = any ($2::text[])
  and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
  and exists (
    select from aclexplode(coalesce(relacl, acldefault('r', relowner))) as granted
    where granted.grantee in (0, coalesce(to_regrole('anon')::oid, 0), coalesce(to_regrole('authenticated')::oid, 0))
  )
order by 1

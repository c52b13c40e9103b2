-- which of the schemas $1 exist and may be used by the connected role
select n.nspname
from pg_namespace n
where n.nspname = any ($1::text[])
  and not starts_with(n.nspname, 'pg_')
  and (pg_has_role(n.nspowner, 'usage') or has_schema_privilege(n.oid, 'create, usage'))
order by n.nspname

select d.oid::int8, coalesce(n.nspname, ''), pg_get_userbyid(d.defaclrole), null,
  pg_get_userbyid(d.defaclrole), d.defaclacl::text[], d.defaclobjtype::text
from pg_default_acl d
left join pg_namespace n on n.oid = d.defaclnamespace
where d.defaclnamespace = 0
  or n.nspname = any ($1::text[])
  -- in the schemas of others only what those did not say themselves
  or n.nspname = any ($2::text[]) and d.defaclrole <> n.nspowner and not (
    select r.rolsuper from pg_roles r where r.oid = d.defaclrole
  )

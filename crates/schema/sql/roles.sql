-- roles that are not reserved ($1), the roles those are members of, and the settings of these and of those in $2
select r.rolname, r.rolname <> all ($1::text[]),
  array_remove(array[
    case when r.rolsuper then 'superuser' end,
    case when not r.rolinherit then 'noinherit' end,
    case when r.rolcreaterole then 'createrole' end,
    case when r.rolcreatedb then 'createdb' end,
    case when r.rolcanlogin then 'login' end,
    case when r.rolreplication then 'replication' end,
    case when r.rolbypassrls then 'bypassrls' end,
    case when r.rolconnlimit >= 0 then 'connection limit ' || r.rolconnlimit end
  ], null),
  array(
    select g.rolname::text || case when m.admin_option then '*' else '' end
    from pg_auth_members m join pg_roles g on g.oid = m.roleid
    where m.member = r.oid and (r.rolname <> all ($1::text[]) or g.rolname <> all ($1::text[]) and g.rolname !~ '^pg_')
    order by g.rolname
  ),
  coalesce((
    select s.setconfig from pg_db_role_setting s where s.setrole = r.oid and s.setdatabase = 0
  ), '{}')
from pg_roles r
where r.rolname !~ '^pg_' and (r.rolname <> all ($1::text[]) or r.rolname = any ($2::text[]))
order by r.rolname

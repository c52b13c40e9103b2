-- which of the options $1 are set on the connected role, weaker ones first
select
  substr(s, 7, strpos(s, '=') - 7) as option,
  substr(s, strpos(s, '=') + 1) as value
from pg_db_role_setting g
cross join lateral unnest(g.setconfig) s
where g.setrole = (select oid from pg_roles where rolname = current_user)
  and g.setdatabase in (0, (select oid from pg_database where datname = current_database()))
  and s like 'pgrst.%'
  and substr(s, 7, strpos(s, '=') - 7) = any ($1::text[])
order by g.setdatabase

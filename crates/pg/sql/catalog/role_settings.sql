-- settings of the roles that the current role may become, which SET ROLE alone does not apply;
-- without those that the current role is not allowed to set
select json_build_object(
  'role', r.rolname,
  'settings', (
    select coalesce(json_agg(json_build_array(
      substr(s, 1, strpos(s, '=') - 1),
      substr(s, strpos(s, '=') + 1)
    )), '[]')
    from unnest(g.setconfig) s
    where not exists (
      select
      from pg_settings p
      where lower(p.name) = lower(substr(s, 1, strpos(s, '=') - 1))
        and p.context <> 'user'
        and not has_parameter_privilege(p.name, 'set')
    )
  )
)::text
from pg_db_role_setting g
join pg_roles r on r.oid = g.setrole
where g.setdatabase in (0, (select oid from pg_database where datname = current_database()))
  and pg_has_role(current_user, r.oid, 'member')
order by g.setdatabase, r.rolname

-- roles, their connections and their settings
select to_json(report)::text
from (
  select
    r.rolname as role_name,
    (select count(*) from pg_stat_activity a where a.usename = r.rolname) as active_connections,
    case
      when r.rolconnlimit = -1 then current_setting('max_connections')::int
      else r.rolconnlimit
    end as connection_limit,
    array_to_string(r.rolconfig, ',') as custom_config
  from pg_roles r
  where r.rolname !~ '^pg_'
  order by active_connections desc, r.rolname
) report

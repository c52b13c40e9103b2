-- What a clone does not inherit: the rights on the database ($1) and the settings that belong to it. Settings are
-- also taken from the database the clone replaces ($3), since they were made by its name. The clone is $2.
with names as (
  select oid, datname
  from pg_database
  where datname in ($1::text, $3::text)
),
settings as (
  select
    names.datname,
    case when setrole = 0 then format('alter database %I', $2::text)
      else format('alter role %s in database %I', setrole::regrole, $2::text) end as subject,
    split_part(item, '=', 1) as name,
    substr(item, strpos(item, '=') + 1) as value
  from names
  join pg_db_role_setting on setdatabase = names.oid
  cross join unnest(setconfig) as item
)
select format('revoke all on database %I from public', $2::text)
from pg_database
where datname = $1::text and datacl is not null
union all
select format('grant %s on database %I to %s%s', privilege_type, $2::text,
  case when grantee = 0 then 'public' else grantee::regrole::text end,
  case when is_grantable then ' with grant option' else '' end)
from pg_database
cross join aclexplode(datacl)
where datname = $1::text
union all
(select format('%s set %I to %s', subject, name,
  -- these are lists whose elements are quoted one by one already
  case when name in ('search_path', 'temp_tablespaces', 'session_preload_libraries', 'local_preload_libraries')
    then value else quote_literal(value) end)
from settings
order by datname = $1::text)

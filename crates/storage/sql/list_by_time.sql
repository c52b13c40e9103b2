select
  listed.name,
  false,
  to_char(listed.moment at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  json_build_object(
    'id', listed.id, 'name', listed.name, 'metadata', listed.metadata,
    'updated_at', to_char(listed.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'created_at', to_char(listed.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'last_accessed_at', to_char(listed.last_accessed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  )::text
from (
  select
    *,
    case when $5 = 'updated_at' then date_trunc('milliseconds', updated_at)
      else date_trunc('milliseconds', created_at) end as moment
  from storage.objects
  where bucket_id = $1
    and name collate "C" >= $2
    and name collate "C" < storage.key_after_prefix($2)
) as listed
where $3 = ''
  or ($6 = 'asc' and row(listed.moment, listed.name collate "C") > row($7::timestamptz, $3))
  or ($6 = 'desc' and row(listed.moment, listed.name collate "C") < row($7::timestamptz, $3))
order by
  case when $6 = 'asc' then listed.moment end,
  case when $6 = 'desc' then listed.moment end desc,
  case when $6 = 'asc' then listed.name collate "C" end,
  case when $6 = 'desc' then listed.name collate "C" end desc
limit $4

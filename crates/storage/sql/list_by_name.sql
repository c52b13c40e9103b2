select
  o.name,
  false,
  null,
  json_build_object(
    'id', o.id, 'name', o.name, 'metadata', o.metadata,
    'updated_at', to_char(o.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'created_at', to_char(o.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'last_accessed_at', to_char(o.last_accessed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  )::text
from storage.objects as o
where o.bucket_id = $1
  and o.name collate "C" >= $2
  and o.name collate "C" < storage.key_after_prefix($2)
  and ($3 = '' or o.name collate "C" > $3)
order by o.name collate "C" asc
limit $4

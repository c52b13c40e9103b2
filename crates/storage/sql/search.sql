select
  json_build_object(
    'id', listed.id, 'name', listed.name, 'metadata', listed.metadata,
    'updated_at', to_char(listed.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'created_at', to_char(listed.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'last_accessed_at', to_char(listed.last_accessed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  )::text
from storage.search($1, $2, $3, $4, $5, $6, $7, $8) with ordinality as listed(
  name, id, updated_at, created_at, last_accessed_at, metadata, place)
order by listed.place

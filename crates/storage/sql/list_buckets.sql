select
  coalesce(
    json_agg(
      json_build_object(
        'id', id, 'name', name, 'owner', coalesce(owner::text, ''), 'public', public, 'type', type,
        'file_size_limit', file_size_limit, 'allowed_mime_types', allowed_mime_types,
        'created_at', to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'updated_at', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by place),
    '[]')::text
from (
  select *, row_number() over (
    order by
      case when $2 = 'asc' then case $1 when 'id' then id when 'name' then name end end,
      case when $2 = 'desc' then case $1 when 'id' then id when 'name' then name end end desc,
      case when $2 = 'asc' then case $1 when 'created_at' then created_at when 'updated_at' then updated_at end end,
      case when $2 = 'desc' then case $1 when 'created_at' then created_at when 'updated_at' then updated_at end end desc,
      created_at, id
  ) as place
  from storage.buckets
  where name ilike $3
  order by place
  limit $4 offset $5
) as listed

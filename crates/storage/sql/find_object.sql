select
  o.version,
  o.metadata::text,
  json_build_object(
    'id', o.id, 'name', o.name, 'version', o.version, 'bucket_id', o.bucket_id,
    'size', o.metadata -> 'size', 'content_type', o.metadata -> 'mimetype',
    'cache_control', o.metadata -> 'cacheControl', 'etag', o.metadata -> 'eTag', 'metadata', o.user_metadata,
    'last_modified', to_char(o.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'created_at', to_char(o.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  )::text
from storage.objects as o
where o.bucket_id = $1 and o.name = $2

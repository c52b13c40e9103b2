delete from storage.objects
where bucket_id = $1 and name = any($2)
returning
  name,
  version,
  json_build_object(
    'id', id, 'name', name, 'bucket_id', bucket_id, 'owner', owner, 'owner_id', owner_id,
    'version', version, 'metadata', metadata, 'user_metadata', user_metadata,
    'created_at', to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'updated_at', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'last_accessed_at', to_char(last_accessed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  )::text

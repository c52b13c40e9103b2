insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata, user_metadata)
select
  $3, $4, $5, $6, $7,
  coalesce(source.metadata, '{}') || $8::jsonb,
  case when $9::boolean then source.user_metadata else $10::jsonb end
from storage.objects as source
where source.bucket_id = $1 and source.name = $2 and ($11::text is null or source.version = $11)

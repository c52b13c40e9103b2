insert into storage.objects as kept (bucket_id, name, owner, owner_id, version, metadata, user_metadata)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (bucket_id, name) do update
set
  version = excluded.version,
  metadata = excluded.metadata,
  user_metadata = coalesce(excluded.user_metadata, kept.user_metadata),
  owner = coalesce(excluded.owner, kept.owner),
  owner_id = coalesce(excluded.owner_id, kept.owner_id)
returning id

update storage.objects
set
  bucket_id = $3,
  name = $4,
  version = $5,
  owner = coalesce($6, owner),
  owner_id = coalesce($7, owner_id)
where bucket_id = $1 and name = $2 and ($8::text is null or version = $8)
returning id

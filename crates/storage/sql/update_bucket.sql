update storage.buckets
set
  public = case when $2::boolean is null then public else $2::boolean end,
  file_size_limit = case when $3::boolean then $4::bigint else file_size_limit end,
  allowed_mime_types = case when $5::boolean then $6::text[] else allowed_mime_types end
where id = $1
returning id

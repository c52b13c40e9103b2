insert into storage.buckets as b (id, name, public, file_size_limit, allowed_mime_types)
values ($1, $1, coalesce($2, false), $3, $4)
on conflict (id) do update
set public = coalesce($2, b.public),
    file_size_limit = $3,
    allowed_mime_types = coalesce($4, b.allowed_mime_types)
returning b.xmax = 0, b.public

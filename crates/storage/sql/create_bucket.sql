insert into storage.buckets (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types, type)
values ($1, $2, $3, $4, $5, $6, $7, 'STANDARD')

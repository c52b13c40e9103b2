select exists (select from storage.objects where bucket_id = $1)
from storage.buckets
where id = $1

select version from storage.objects where bucket_id = $1 and name = $2 for update

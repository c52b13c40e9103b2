select name from storage.objects where bucket_id = $1 and name = any($2)

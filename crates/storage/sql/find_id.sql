select id from storage.objects where bucket_id = $1 and name = $2

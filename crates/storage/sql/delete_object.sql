delete from storage.objects where bucket_id = $1 and name = $2 returning version

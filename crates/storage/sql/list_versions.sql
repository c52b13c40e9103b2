select id, bucket_id, name, version
from storage.objects
where id > $1
order by id
limit 10000

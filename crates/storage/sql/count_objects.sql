select count(*)
from (select from storage.objects where bucket_id = $1 limit $2) as counted

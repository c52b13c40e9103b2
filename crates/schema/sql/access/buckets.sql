-- The buckets of the project.
select id, coalesce(public, false)
from storage.buckets
order by id

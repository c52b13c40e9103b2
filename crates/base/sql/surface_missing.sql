select asked.name
from unnest($1::text[]) as asked (name)
where not exists (select from pg_available_extensions as available where available.name = asked.name)

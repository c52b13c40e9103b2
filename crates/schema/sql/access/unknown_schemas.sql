select wanted.name
from unnest($1::text[]) as wanted (name)
where not exists (select from pg_namespace where nspname = wanted.name)

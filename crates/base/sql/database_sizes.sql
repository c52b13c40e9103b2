select datname, pg_database_size(oid)
from pg_database
where datname = any ($1::text[])

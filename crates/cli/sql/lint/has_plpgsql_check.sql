select
from pg_available_extensions
where name = 'plpgsql_check'

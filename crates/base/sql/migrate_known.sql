-- The history, once it has its present columns.
select
from information_schema.columns
where table_schema = 'supabase_migrations' and table_name = 'schema_migrations' and column_name = 'statements'

-- The schemas of the project: those that neither the platform nor an extension brought.
select nspname
from pg_namespace
where nspname !~ '^pg_' and nspname <> all (array['information_schema', 'auth', 'storage', 'realtime', 'extensions', 'graphql',
    'graphql_public', 'vault', 'pgbouncer', 'net', 'cron', 'pgmq', 'pgmq_public', 'pgsodium', 'supabase_functions',
    'supabase_migrations', 'ferrobase'])
  and not exists (select from pg_depend where objid = pg_namespace.oid and deptype = 'e')
order by 1

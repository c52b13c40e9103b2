-- the tables and functions of a schema that the current role has any privilege on, as one JSON document
select json_build_object(
  'relations', (
    select coalesce(json_agg(c.relname), '[]')
    from pg_class c
    where c.relnamespace = n.oid
      and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and (
        pg_has_role(c.relowner, 'usage')
        or has_table_privilege(c.oid, 'select, insert, update, delete, truncate, references, trigger')
        or has_any_column_privilege(c.oid, 'select, insert, update, references')
      )
  ),
  'functions', (
    select coalesce(json_agg(distinct p.proname), '[]')
    from pg_proc p
    where p.pronamespace = n.oid
      and has_function_privilege(p.oid, 'execute')
  )
)
from pg_namespace n
where n.nspname = $1

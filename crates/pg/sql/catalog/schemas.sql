-- schemas with their comments
select json_build_object('name', n.nspname, 'comment', obj_description(n.oid, 'pg_namespace'))::text
from pg_namespace n
where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
order by n.nspname

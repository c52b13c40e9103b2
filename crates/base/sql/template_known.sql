select datname, shobj_description(oid, 'pg_database')
from pg_database
where datname like 'template\_%' and length(datname) > 20
order by oid

select x.oid::int8, n.nspname, x.extname, obj_description(x.oid, 'pg_extension'),
  null, null, x.extversion, x.extrelocatable
from pg_extension x
join pg_namespace n on n.oid = x.extnamespace
where x.extname <> 'plpgsql'

select n.oid::int8, n.nspname, n.nspname, obj_description(n.oid, 'pg_namespace'),
  pg_get_userbyid(n.nspowner), coalesce(n.nspacl, acldefault('n', n.nspowner))::text[]
from pg_namespace n
where n.nspname = any ($1::text[])

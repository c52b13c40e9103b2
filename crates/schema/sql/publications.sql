select p.oid::int8, '', p.pubname, obj_description(p.oid, 'pg_publication'),
  pg_get_userbyid(p.pubowner), null,
  p.puballtables,
  array_to_string(array_remove(array[
    case when p.pubinsert then 'insert' end,
    case when p.pubupdate then 'update' end,
    case when p.pubdelete then 'delete' end,
    case when p.pubtruncate then 'truncate' end
  ], null), ', '),
  p.pubviaroot
from pg_publication p

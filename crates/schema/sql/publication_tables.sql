select r.oid::int8, n.nspname, c.relname, null, null, null,
  p.pubname,
  array(
    select a.attname::text from pg_attribute a
    where a.attrelid = c.oid and a.attnum = any (r.prattrs) order by a.attnum
  ),
  pg_get_expr(r.prqual, r.prrelid)
from pg_publication_rel r
join pg_publication p on p.oid = r.prpubid
join pg_class c on c.oid = r.prrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any ($1::text[])

-- Foreign keys, checks and exclusions.
select
  c.conrelid::text,
  c.conname,
  c.contype::text,
  array(
    select a.attname::text from unnest(c.conkey) with ordinality k (number, place)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number
    order by k.place
  ),
  c.confrelid::text,
  array(
    select a.attname::text from unnest(c.confkey) with ordinality k (number, place)
    join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.number
    order by k.place
  ),
  pg_get_constraintdef(c.oid)
from pg_constraint c
join pg_namespace n on n.oid = c.connamespace
where c.contype in ('f', 'c', 'x')
  and c.conrelid <> 0
  and n.nspname not in ('pg_catalog', 'information_schema')
order by c.conrelid, c.conname

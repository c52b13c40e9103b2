-- Unique indexes, of constraints and others. A key over an expression has fewer columns than the index.
select
  i.indrelid::text,
  c.relname,
  i.indisprimary,
  array(
    select a.attname::text from unnest(i.indkey::int2[]) with ordinality k (number, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
    where k.place <= i.indnkeyatts
    order by k.place
  ),
  i.indpred is null and not (0 = any (i.indkey::int2[]))
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
where i.indisunique
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
order by i.indrelid, i.indisprimary desc, c.relname

-- how many transactions tables can still live through without being vacuumed
select to_json(report)::text
from (
  select
    n.nspname || '.' || c.relname as "table",
    age(c.relfrozenxid) as xid_age,
    2000000000 - age(c.relfrozenxid) as transactions_remaining
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm', 't')
    and c.relfrozenxid <> '0'
    and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname !~ '^pg_(toast|temp)'
    and n.nspname <> all ($1::text[])
  order by age(c.relfrozenxid) desc, 1
) report

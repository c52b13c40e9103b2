-- where sequences stand; one that was never used has no value
select n.nspname, c.relname, pg_sequence_last_value(c.oid)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S'
  and case when $1::text[] is null then n.nspname <> all ($2::text[]) else n.nspname = any ($1::text[]) end
  and n.nspname not in ('pg_catalog', 'information_schema')
  and n.nspname !~ '^pg_(temp|toast_temp)_'
  and not exists (
    select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
  )
order by n.nspname, c.relname

-- the stored query of every view; pg::catalog::views follows its columns to the tables below
select c.oid::int8::text, r.ev_action::text
from pg_rewrite r
join pg_class c on c.oid = r.ev_class
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm')
  and r.rulename = '_RETURN'
  and n.nspname not in ('pg_catalog', 'information_schema')
order by c.oid

-- Functions with the rights of their owner that find tables by the caller's search_path: who calls them can put
-- tables of his own in the way.
select pg_proc.oid::regprocedure::text, 'is security definer and has no search_path of its own'
from pg_proc
join pg_namespace on pg_namespace.oid = pronamespace
where prosecdef and nspname = any ($1::text[]) and $2::text[] is not null
  and not exists (select from unnest(proconfig) as setting where setting like 'search_path=%')
  and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
order by 1

-- the schemas to look at: those named, or all but the ones named as not ours
select coalesce(array_agg(n.nspname::text order by n.nspname), '{}')
from pg_namespace n
where case when $1::text[] is null then n.nspname <> all ($2::text[]) else n.nspname = any ($1::text[]) end
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  and n.nspname !~ '^pg_(temp|toast_temp)_'
  and not exists (
    select from pg_depend e
    where e.classid = 'pg_namespace'::regclass and e.objid = n.oid and e.deptype = 'e'
  )

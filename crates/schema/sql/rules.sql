select r.oid::int8, n.nspname, c.relname, obj_description(r.oid, 'pg_rewrite'), null, null,
  r.rulename, pg_get_ruledef(r.oid), r.ev_enabled::text
from pg_rewrite r
join pg_class c on c.oid = r.ev_class
join pg_namespace n on n.oid = c.relnamespace
where r.rulename <> '_RETURN'
  and n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
  )

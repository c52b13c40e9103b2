-- triggers of our tables, and those on the tables of others ($2) that call a function of ours
select t.oid::int8, n.nspname, c.relname, obj_description(t.oid, 'pg_trigger'), null, null,
  t.tgname, pg_get_triggerdef(t.oid), t.tgenabled::text
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_proc p on p.oid = t.tgfoid
join pg_namespace f on f.oid = p.pronamespace
where not t.tgisinternal
  and t.tgparentid = 0
  and (n.nspname = any ($1::text[]) or n.nspname = any ($2::text[]) and f.nspname = any ($1::text[]))
  and not exists (
    select from pg_depend e
    where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
      or e.classid = 'pg_trigger'::regclass and e.objid = t.oid and e.deptype = 'e'
  )

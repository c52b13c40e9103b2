select t.oid::int8, '', t.evtname, obj_description(t.oid, 'pg_event_trigger'),
  pg_get_userbyid(t.evtowner), null,
  t.evtevent, coalesce(t.evttags, '{}'), format('%I.%I', n.nspname, p.proname), t.evtenabled::text
from pg_event_trigger t
join pg_proc p on p.oid = t.evtfoid
join pg_namespace n on n.oid = p.pronamespace
where n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e
    where e.classid = 'pg_event_trigger'::regclass and e.objid = t.oid and e.deptype = 'e'
  )

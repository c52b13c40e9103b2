select s.oid::int8, n.nspname, s.stxname, obj_description(s.oid, 'pg_statistic_ext'),
  pg_get_userbyid(s.stxowner), null,
  c.relname, pg_get_statisticsobjdef(s.oid), case when s.stxstattarget >= 0 then s.stxstattarget end
from pg_statistic_ext s
join pg_namespace n on n.oid = s.stxnamespace
join pg_class c on c.oid = s.stxrelid
where n.nspname = any ($1::text[])

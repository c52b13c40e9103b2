-- all sequences but those of identity columns, with the column that owns each
select c.oid::int8, n.nspname, c.relname, obj_description(c.oid, 'pg_class'),
  pg_get_userbyid(c.relowner), coalesce(c.relacl, acldefault('s', c.relowner))::text[],
  format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
  c.relpersistence = 'u',
  o.nspname, o.relname, o.attname
from pg_class c
join pg_sequence s on s.seqrelid = c.oid
join pg_namespace n on n.oid = c.relnamespace
left join lateral (
  select k.nspname, t.relname, a.attname
  from pg_depend d
  join pg_class t on t.oid = d.refobjid
  join pg_namespace k on k.oid = t.relnamespace
  join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
  where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
    and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype = 'a'
  limit 1
) o on true
where n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e
    where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype in ('e', 'i')
  )

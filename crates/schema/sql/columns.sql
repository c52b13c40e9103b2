select c.oid::int8, n.nspname, c.relname, col_description(c.oid, a.attnum),
  pg_get_userbyid(c.relowner), a.attacl::text[],
  a.attname, a.attnum, format_type(a.atttypid, a.atttypmod),
  (
    select format('%I.%I', k.nspname, l.collname)
    from pg_collation l join pg_namespace k on k.oid = l.collnamespace
    where l.oid = a.attcollation and l.oid <> t.typcollation
  ),
  a.attnotnull, a.attgenerated::text, d.oid::int8, pg_get_expr(d.adbin, d.adrelid),
  case when a.attstorage <> t.typstorage then a.attstorage::text end,
  nullif(a.attcompression::text, ''),
  case when a.attstattarget >= 0 then a.attstattarget end,
  -- a minor release keeps a version of its own among the options
  array(select o from unnest(a.attoptions) o where o not like 'pg\_attver=%'),
  a.attislocal, a.attinhcount > 0,
  a.attidentity::text, q.oid::int8, q.nspname, q.relname,
  q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle,
  coalesce(q.relacl, acldefault('s', c.relowner))::text[], q.comment
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
left join lateral (
  select s.oid, k.nspname, s.relname, s.relacl, o.*, obj_description(s.oid, 'pg_class') as comment
  from pg_depend e
  join pg_class s on s.oid = e.objid and s.relkind = 'S'
  join pg_namespace k on k.oid = s.relnamespace
  join pg_sequence o on o.seqrelid = s.oid
  where a.attidentity <> '' and e.classid = 'pg_class'::regclass and e.refclassid = 'pg_class'::regclass
    and e.refobjid = c.oid and e.refobjsubid = a.attnum and e.deptype = 'i'
) q on true
where c.relkind in ('r', 'p')
  and n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
  )

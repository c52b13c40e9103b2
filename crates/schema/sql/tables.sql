select c.oid::int8, n.nspname, c.relname, obj_description(c.oid, 'pg_class'),
  pg_get_userbyid(c.relowner), coalesce(c.relacl, acldefault('r', c.relowner))::text[],
  case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
  c.relpersistence = 'u',
  coalesce(c.reloptions, '{}') || array(
    select 'toast.' || o from pg_class t, unnest(t.reloptions) o where t.oid = c.reltoastrelid
  ),
  array(
    select format('"%s"."%s"', replace(k.nspname, '"', '""'), replace(p.relname, '"', '""'))
    from pg_inherits i
    join pg_class p on p.oid = i.inhparent
    join pg_namespace k on k.oid = p.relnamespace
    where i.inhrelid = c.oid and not c.relispartition
    order by i.inhseqno
  ),
  c.relrowsecurity, c.relforcerowsecurity,
  case when m.amname <> 'heap' then m.amname end,
  k.nspname, p.relname, case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end,
  c.relreplident::text,
  (
    select x.relname from pg_index i join pg_class x on x.oid = i.indexrelid
    where i.indrelid = c.oid and i.indisreplident
  ),
  case when c.reloftype <> 0 then format_type(c.reloftype, null) end
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_am m on m.oid = c.relam
left join pg_inherits h on h.inhrelid = c.oid and c.relispartition
left join pg_class p on p.oid = h.inhparent
left join pg_namespace k on k.oid = p.relnamespace
where c.relkind in ('r', 'p')
  and n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
  )

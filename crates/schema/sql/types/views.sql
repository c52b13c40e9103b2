-- the stored queries of the views in the schemas $1 and of all views below them, one JSON document per row
with recursive closure (oid) as (
  select c.oid
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any ($1::text[]) and c.relkind in ('v', 'm')
  union
  select d.refobjid
  from closure v
  join pg_rewrite w on w.ev_class = v.oid and w.rulename = '_RETURN'
  join pg_depend d
    on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
  join pg_class c on c.oid = d.refobjid and c.relkind in ('v', 'm')
)
select json_build_object(
  'id', v.oid::int8,
  'schema', n.nspname,
  'name', c.relname,
  'definition', w.ev_action::text,
  'columns', (
    select coalesce(json_agg(json_build_array(a.attnum, a.attname) order by a.attnum), '[]')
    from pg_attribute a
    where a.attrelid = v.oid and a.attnum > 0
  ),
  'never_null', (
    select coalesce(json_agg(json_build_array(d.refobjid::int8, d.refobjsubid)), '[]')
    from pg_depend d
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    join pg_type t on t.oid = a.atttypid
    where d.classid = 'pg_rewrite'::regclass
      and d.objid = w.oid
      and d.refclassid = 'pg_class'::regclass
      and d.refobjsubid > 0
      and (a.attnotnull or t.typtype = 'd' and t.typnotnull)
  )
)::text
from closure v
join pg_class c on c.oid = v.oid
join pg_namespace n on n.oid = c.relnamespace
join pg_rewrite w on w.ev_class = v.oid and w.rulename = '_RETURN'

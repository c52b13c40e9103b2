-- tables and views of the schemas $1 with the columns that the connected role may see, one JSON document per row
with relations as (
  select
    c.oid, n.nspname, c.relname, c.relkind, c.relowner,
    c.relkind in ('v', 'f') and (pg_relation_is_updatable(c.oid, false) & 20) = 20 as is_updatable,
    case when c.relkind = 'v' then pg_relation_is_updatable(c.oid, true) else 0 end as events,
    exists (
      select
      from pg_trigger g
      where g.tgrelid = c.oid and g.tgtype & 64 <> 0 and g.tgtype & 20 <> 0 and not g.tgisinternal
    ) or exists (
      select
      from pg_rewrite w
      where w.ev_class = c.oid and w.is_instead and w.ev_type in ('2', '3') and w.ev_qual::text = '<>'
    ) as is_written_for
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any ($1::text[])
    and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not pg_is_other_temp_schema(n.oid)
    and (
      c.relkind not in ('r', 'p')
      or pg_has_role(c.relowner, 'usage')
      or has_table_privilege(c.oid, 'select, insert, update, delete, truncate, references, trigger')
      or has_any_column_privilege(c.oid, 'select, insert, update, references')
    )
),
columns as (
  select
    a.attrelid,
    json_agg(json_build_object(
      'number', a.attnum,
      'name', a.attname,
      'type', a.atttypid::int8,
      'format', coalesce(b.typname, t.typname),
      'type_schema', coalesce(bn.nspname, tn.nspname),
      'has_default', a.atthasdef,
      'identity', nullif(a.attidentity, ''),
      'is_generated', a.attgenerated <> '',
      'is_nullable', not (a.attnotnull or t.typtype = 'd' and t.typnotnull),
      'is_updatable', r.relkind in ('r', 'p') or r.relkind in ('v', 'f') and pg_column_is_updatable(r.oid, a.attnum, false),
      'comment', col_description(r.oid, a.attnum)
    ) order by a.attnum) as list
  from relations r
  join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  join pg_namespace tn on tn.oid = t.typnamespace
  left join pg_type b on t.typtype = 'd' and b.oid = t.typbasetype
  left join pg_namespace bn on bn.oid = b.typnamespace
  where pg_has_role(r.relowner, 'usage')
    or has_column_privilege(r.oid, a.attnum, 'select, insert, update, references')
  group by a.attrelid
)
select json_build_object(
  'id', r.oid::int8,
  'schema', r.nspname,
  'name', r.relname,
  'kind', r.relkind,
  'is_updatable', r.is_updatable,
  'accepts_insert', r.events & 8 <> 0,
  'accepts_update', r.events & 4 <> 0,
  'is_written_for', r.is_written_for,
  'comment', obj_description(r.oid, 'pg_class'),
  'columns', coalesce(k.list, '[]')
)::text
from relations r
left join columns k on k.attrelid = r.oid

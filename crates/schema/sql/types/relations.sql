-- tables and views of the schemas $1 that the connected role may see, one JSON document per row
with relations as (
  select
    c.oid, n.nspname, c.relname, c.relkind,
    c.relkind in ('v', 'f') and (pg_relation_is_updatable(c.oid, false) & 20) = 20 as is_updatable,
    case when c.relkind = 'v' then pg_relation_is_updatable(c.oid, true) else 0 end as events,
    c.relkind in ('v', 'f') and (exists (
      select
      from pg_trigger g
      where g.tgrelid = c.oid and g.tgtype & 64 <> 0 and g.tgtype & 20 <> 0 and not g.tgisinternal
    ) or exists (
      select
      from pg_rewrite w
      where w.ev_class = c.oid and w.is_instead and w.ev_type in ('2', '3') and w.ev_qual::text = '<>'
    )) as is_written_for
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
  'comment', obj_description(r.oid, 'pg_class')
)::text
from relations r

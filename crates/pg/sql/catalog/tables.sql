-- every relation that can be read by name outside the system schemas, one JSON document per row
with recursive domains as (
  select t.oid, t.typbasetype as base, t.typtypmod as modifier
  from pg_type t
  where t.typtype = 'd'
  union all
  select d.oid, t.typbasetype, t.typtypmod
  from domains d
  join pg_type t on t.oid = d.base and t.typtype = 'd'
),
base_types as (
  select d.oid, d.base, d.modifier
  from domains d
  join pg_type t on t.oid = d.base and t.typtype <> 'd'
),
enums as (
  select enumtypid, json_agg(enumlabel order by enumsortorder) as labels
  from pg_enum
  group by enumtypid
),
identities as (
  select refobjid as relation, refobjsubid as number, objid as sequence
  from pg_depend
  where classid = 'pg_class'::regclass
    and refclassid = 'pg_class'::regclass
    and refobjsubid > 0
    and deptype = 'i'
),
relations as (
  select
    c.oid, c.relname, c.relkind, c.relispartition, c.reltype, n.nspname,
    case
      when c.relkind in ('r', 'p') then 28
      when c.relkind = 'm' then 0
      else pg_relation_is_updatable(c.oid, true)
    end as events
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    and n.nspname !~ '^pg_(temp|toast_temp)_'
),
columns as (
  select
    a.attrelid,
    json_agg(json_build_object(
      'number', a.attnum,
      'name', a.attname,
      'data_type', format_type(a.atttypid, a.atttypmod),
      'type_name', format_type(a.atttypid, null),
      'base_type', format_type(coalesce(b.base, a.atttypid), null),
      'is_nullable', not (a.attnotnull or t.typnotnull),
      'default', case
        when a.attidentity = 'd' then format('nextval(%L::regclass)', i.sequence::regclass)
        when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid)
      end,
      'is_identity', a.attidentity <> '',
      'is_generated', a.attgenerated <> '',
      'max_length', information_schema._pg_char_max_length(
        coalesce(b.base, a.atttypid), coalesce(b.modifier, a.atttypmod)),
      'enum_labels', e.labels,
      'comment', col_description(a.attrelid, a.attnum)
    ) order by a.attnum) as list
  from relations r
  join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  left join base_types b on b.oid = t.oid
  left join enums e on e.enumtypid = coalesce(b.base, a.atttypid)
  left join identities i on i.relation = a.attrelid and i.number = a.attnum
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  group by a.attrelid
)
select json_build_object(
  'oid', r.oid::int8,
  'row_type', r.reltype::int8,
  'schema', r.nspname,
  'name', r.relname,
  'kind', r.relkind,
  'is_partition', r.relispartition,
  'is_insertable', r.events & 8 <> 0,
  'is_updatable', r.events & 4 <> 0,
  'is_deletable', r.events & 16 <> 0,
  'comment', obj_description(r.oid, 'pg_class'),
  'columns', coalesce(k.list, '[]')
)::text
from relations r
left join columns k on k.attrelid = r.oid
order by r.nspname, r.relname

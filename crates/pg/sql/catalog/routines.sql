-- functions and procedures of the schemas $1, one JSON document per row
with recursive domains as (
  select t.oid, t.typbasetype as base
  from pg_type t
  where t.typtype = 'd'
  union all
  select d.oid, t.typbasetype
  from domains d
  join pg_type t on t.oid = d.base and t.typtype = 'd'
),
base_types as (
  select d.oid, d.base
  from domains d
  join pg_type t on t.oid = d.base and t.typtype <> 'd'
),
parameters as (
  select
    p.oid,
    json_agg(json_build_object(
      'name', coalesce(a.name, ''),
      'data_type', format_type(a.type, null),
      'is_required', a.input_position <= p.pronargs - p.pronargdefaults,
      'is_variadic', coalesce(a.mode, 'i') = 'v'
    ) order by a.position) filter (where coalesce(a.mode, 'i') in ('i', 'b', 'v')) as list,
    json_agg(json_build_object(
      'name', coalesce(a.name, ''),
      'data_type', format_type(a.type, null)
    ) order by a.position) filter (where a.mode in ('o', 'b', 't')) as outputs
  from pg_proc p
  cross join lateral (
    select
      u.name, u.type, u.mode, u.position,
      count(*) filter (where coalesce(u.mode, 'i') in ('i', 'b', 'v')) over (order by u.position) as input_position
    from unnest(
      p.proargnames,
      coalesce(p.proallargtypes, p.proargtypes::oid[]),
      p.proargmodes::text[]
    ) with ordinality u (name, type, mode, position)
    where u.type is not null
  ) a
  where p.pronamespace in (select oid from pg_namespace where nspname = any ($1::text[]))
  group by p.oid
)
select json_build_object(
  'schema', n.nspname,
  'name', p.proname,
  'comment', obj_description(p.oid, 'pg_proc'),
  'kind', p.prokind,
  'parameters', coalesce(a.list, '[]'),
  'outputs', coalesce(a.outputs, '[]'),
  'single_argument_type', case when p.pronargs = 1 then p.proargtypes[0]::int8 end,
  'return_type', json_build_object(
    'schema', tn.nspname,
    'name', t.typname,
    'data_type', format_type(t.oid, null),
    'relation', nullif(coalesce(bt.typrelid, t.typrelid), 0)::int8,
    'relation_schema', rn.nspname,
    'relation_name', rc.relname,
    'is_domain', t.typtype = 'd',
    'is_binary', coalesce(bt.oid, t.oid) = 'pg_catalog.bytea'::regtype
  ),
  'is_composite', coalesce(bt.typtype, t.typtype) = 'c'
    or exists (select from unnest(p.proargmodes) m where m in ('o', 'b', 't')),
  'returns_set', p.proretset,
  'returns_void', t.oid = 'pg_catalog.void'::regtype,
  'expected_rows', p.prorows,
  'volatility', p.provolatile,
  'has_variadic', p.provariadic <> 0,
  'settings', coalesce((
    select json_agg(json_build_array(
      substr(s, 1, strpos(s, '=') - 1),
      substr(s, strpos(s, '=') + 1)
    ))
    from unnest(p.proconfig) s
  ), '[]')
)::text
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_type t on t.oid = p.prorettype
join pg_namespace tn on tn.oid = t.typnamespace
left join base_types b on b.oid = t.oid
left join pg_type bt on bt.oid = b.base
left join pg_class rc on rc.oid = coalesce(bt.typrelid, t.typrelid)
left join pg_namespace rn on rn.oid = rc.relnamespace
left join parameters a on a.oid = p.oid
where p.prokind in ('f', 'p')
  and t.oid not in ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
  and n.nspname = any ($1::text[])
order by n.nspname, p.proname, p.oid

-- The columns of those tables: type, whether and how they are filled, and what the API roles may do with each.
select
  a.attrelid::text,
  a.attname,
  format_type(a.atttypid, a.atttypmod),
  format_type(coalesce(nullif(t.typbasetype, 0), t.oid), coalesce(nullif(t.typtypmod, -1), a.atttypmod)),
  coalesce(b.typcategory, t.typcategory)::text,
  a.attnotnull or t.typnotnull,
  a.atthasdef or a.attidentity <> '' or t.typdefault is not null,
  a.attgenerated <> '' or a.attidentity = 'a',
  array(
    select e.enumlabel::text from pg_enum e
    where e.enumtypid = coalesce(nullif(t.typbasetype, 0), t.oid) order by e.enumsortorder
  ),
  array(select pg_get_constraintdef(d.oid) from pg_constraint d where d.contypid = t.oid),
  array(
    select has_column_privilege(r.role, c.oid, a.attnum, 'select')
    from unnest($1::text[]) with ordinality r (role, place) order by r.place
  ),
  array(
    select has_column_privilege(r.role, c.oid, a.attnum, 'insert')
    from unnest($1::text[]) with ordinality r (role, place) order by r.place
  ),
  array(
    select has_column_privilege(r.role, c.oid, a.attnum, 'update')
    from unnest($1::text[]) with ordinality r (role, place) order by r.place
  ),
  coalesce(pg_get_expr(d.adbin, d.adrelid), '')
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_type t on t.oid = a.atttypid
left join pg_type b on b.oid = t.typbasetype
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0
  and not a.attisdropped
  and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname not in ('pg_catalog', 'information_schema')
  and n.nspname not like 'pg\_t%'
order by a.attrelid, a.attnum

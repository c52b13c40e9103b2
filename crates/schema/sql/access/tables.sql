-- Every table and view that is not the server's own, with what the API roles were granted on it.
select
  c.oid::text,
  n.nspname,
  c.relname,
  c.relkind::text,
  c.relrowsecurity,
  exists (select from pg_policy p where p.polrelid = c.oid),
  coalesce((
    select o.option_value in ('true', 'on', '1', 'yes')
    from pg_options_to_table(c.reloptions) o where o.option_name = 'security_invoker'
  ), false),
  (select i.inhparent::text from pg_inherits i where i.inhrelid = c.oid and c.relispartition),
  array(
    select has_schema_privilege(r.role, n.oid, 'usage')
    from unnest($1::text[]) with ordinality r (role, place) order by r.place
  ),
  array(
    select has_table_privilege(r.role, c.oid, 'delete')
    from unnest($1::text[]) with ordinality r (role, place) order by r.place
  ),
  array(
    select has_table_privilege(r.role, c.oid, 'truncate')
    from unnest($1::text[]) with ordinality r (role, place) order by r.place
  )
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname not in ('pg_catalog', 'information_schema')
  and n.nspname not like 'pg\_t%'
  and not exists (
    select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
order by n.nspname, c.relname

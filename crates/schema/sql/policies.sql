-- policies on our tables and on those of others ($2)
select o.oid::int8, n.nspname, c.relname, obj_description(o.oid, 'pg_policy'), null, null,
  o.polname, o.polpermissive, o.polcmd::text,
  array(
    select case when r = 0 then 'public' else quote_ident(pg_get_userbyid(r)) end
    from unnest(o.polroles) r order by 1
  ),
  pg_get_expr(o.polqual, o.polrelid), pg_get_expr(o.polwithcheck, o.polrelid)
from pg_policy o
join pg_class c on c.oid = o.polrelid
join pg_namespace n on n.oid = c.relnamespace
where (n.nspname = any ($1::text[]) or n.nspname = any ($2::text[]))
  and not exists (
    select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
  )

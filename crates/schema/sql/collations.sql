-- the columns that hold a locale differ between versions, their names in JSON do not matter
select c.oid::int8, n.nspname, c.collname, obj_description(c.oid, 'pg_collation'),
  pg_get_userbyid(c.collowner), null,
  array_remove(array[
    'provider = ' || case c.collprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
    case
      when c.collprovider = 'c' and c.collcollate = c.collctype then 'locale = ' || quote_literal(c.collcollate)
      when c.collprovider <> 'c' then
        'locale = ' || quote_literal(coalesce(j.doc ->> 'colllocale', j.doc ->> 'colliculocale', c.collcollate))
    end,
    case when c.collprovider = 'c' and c.collcollate <> c.collctype then 'lc_collate = ' || quote_literal(c.collcollate) end,
    case when c.collprovider = 'c' and c.collcollate <> c.collctype then 'lc_ctype = ' || quote_literal(c.collctype) end,
    case when not c.collisdeterministic then 'deterministic = false' end,
    'rules = ' || quote_literal(j.doc ->> 'collicurules')
  ], null)
from pg_collation c
cross join lateral (select to_jsonb(c) as doc) j
join pg_namespace n on n.oid = c.collnamespace
where n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_collation'::regclass and e.objid = c.oid and e.deptype = 'e'
  )

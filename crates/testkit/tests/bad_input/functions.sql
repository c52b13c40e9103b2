-- The functions of the API with the roles that may call them, an argument a row.
select p.proname,
    (select string_agg(r, ' ') from unnest(array['anon', 'authenticated', 'service_role']) as r where has_function_privilege(r, p.oid, 'execute')),
    coalesce(nullif(p.proargnames[a.at], ''), a.at::text), format_type(a.type, null), t.typtype::text || t.typcategory::text,
    coalesce(p.proargnames[a.at], '') <> '', a.at > p.pronargs - p.pronargdefaults
from pg_proc as p
left join lateral unnest(p.proargtypes::oid[]) with ordinality as a (type, at) on true
left join pg_type as t on t.oid = a.type
where p.pronamespace = 'public'::regnamespace and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
    and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
order by p.proname, p.oid, a.at

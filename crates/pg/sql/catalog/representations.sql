-- casts that present a domain as json or text, or read it from them
select json_build_object(
  'source', format_type(k.castsource, null),
  'target', format_type(k.casttarget, null),
  'function_schema', n.nspname,
  'function_name', p.proname
)::text
from pg_cast k
join pg_type s on s.oid = k.castsource
join pg_type t on t.oid = k.casttarget
join pg_proc p on p.oid = k.castfunc
join pg_namespace n on n.oid = p.pronamespace
where k.castcontext = 'i'
  and k.castmethod = 'f'
  and (
    (s.typtype = 'd' and k.casttarget in ('json'::regtype, 'text'::regtype))
    or (t.typtype = 'd' and k.castsource in ('json'::regtype, 'text'::regtype))
  )
order by 1

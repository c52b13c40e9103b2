select p.oid::int8, n.nspname, p.proname, obj_description(p.oid, 'pg_proc'),
  pg_get_userbyid(p.proowner), coalesce(p.proacl, acldefault('f', p.proowner))::text[],
  oidvectortypes(p.proargtypes), pg_get_function_identity_arguments(p.oid),
  array_remove(array[
    'sfunc = ' || a.aggtransfn::regproc,
    'stype = ' || format_type(a.aggtranstype, null),
    case when a.aggtransspace <> 0 then 'sspace = ' || a.aggtransspace end,
    case when a.aggfinalfn <> 0 then 'finalfunc = ' || a.aggfinalfn::regproc end,
    case when a.aggfinalextra then 'finalfunc_extra' end,
    case
      when a.aggfinalfn = 0 or a.aggfinalmodify = case when a.aggkind = 'n' then 'r' else 'w' end then null
      else 'finalfunc_modify = ' || case a.aggfinalmodify
        when 'r' then 'read_only' when 's' then 'shareable' else 'read_write' end
    end,
    case when a.aggcombinefn <> 0 then 'combinefunc = ' || a.aggcombinefn::regproc end,
    case when a.aggserialfn <> 0 then 'serialfunc = ' || a.aggserialfn::regproc end,
    case when a.aggdeserialfn <> 0 then 'deserialfunc = ' || a.aggdeserialfn::regproc end,
    'initcond = ' || quote_literal(a.agginitval),
    case when a.aggmtransfn <> 0 then 'msfunc = ' || a.aggmtransfn::regproc end,
    case when a.aggminvtransfn <> 0 then 'minvfunc = ' || a.aggminvtransfn::regproc end,
    case when a.aggmtranstype <> 0 then 'mstype = ' || format_type(a.aggmtranstype, null) end,
    case when a.aggmtransspace <> 0 then 'msspace = ' || a.aggmtransspace end,
    case when a.aggmfinalfn <> 0 then 'mfinalfunc = ' || a.aggmfinalfn::regproc end,
    case when a.aggmfinalextra then 'mfinalfunc_extra' end,
    'minitcond = ' || quote_literal(a.aggminitval),
    case when a.aggsortop <> 0 then 'sortop = operator(' || a.aggsortop::regoper || ')' end,
    case p.proparallel when 's' then 'parallel = safe' when 'r' then 'parallel = restricted' end,
    case when a.aggkind = 'h' then 'hypothetical' end
  ], null)
from pg_proc p
join pg_aggregate a on a.aggfnoid = p.oid
join pg_namespace n on n.oid = p.pronamespace
where n.nspname = any ($1::text[])
  and not exists (
    select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e'
  )

-- objects that are part of another one: what refers to the first refers to the second
select 2618::int8, r.oid::int8, 1259::int8, r.ev_class::int8
from pg_rewrite r where r.oid >= 16384 and r.rulename = '_RETURN'
union all
select 1247, t.oid::int8, 1259, t.typrelid::int8
from pg_type t join pg_class c on c.oid = t.typrelid where t.oid >= 16384 and c.relkind <> 'c'
union all
select 1247, t.typarray::int8, 1247, t.oid::int8 from pg_type t where t.oid >= 16384 and t.typarray <> 0
union all
select 1247, r.rngmultitypid::int8, 1247, r.rngtypid::int8 from pg_range r where r.rngtypid >= 16384
union all
select 1255, d.objid::int8, 1247, d.refobjid::int8
from pg_depend d
where d.classid = 1255 and d.refclassid = 1247 and d.deptype = 'i' and d.objid >= 16384
union all
select 2606, c.oid::int8, 1247, c.contypid::int8 from pg_constraint c where c.contypid <> 0 and c.oid >= 16384

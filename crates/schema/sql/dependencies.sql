-- which object needs which; 'e' (member of an extension), 'P' (part of a partitioned index or constraint)
-- and pins are told apart by their type
select d.classid::int8, d.objid::int8, d.objsubid, d.refclassid::int8, d.refobjid::int8, d.refobjsubid, d.deptype::text
from pg_depend d
where d.objid >= 16384 and d.deptype in ('n', 'a', 'i', 'S', 'e')

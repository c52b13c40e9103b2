-- which index of a partition is part of which index of the partitioned table
select x.oid::int8, n.nspname, c.relname, null, null, null, x.relname, k.nspname, p.relname, p.oid::int8
from pg_inherits h
join pg_class x on x.oid = h.inhrelid and x.relkind in ('i', 'I')
join pg_index i on i.indexrelid = x.oid
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_class p on p.oid = h.inhparent
join pg_namespace k on k.oid = p.relnamespace
where n.nspname = any ($1::text[])

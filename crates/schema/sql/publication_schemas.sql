select r.oid::int8, n.nspname, n.nspname, null, null, null, p.pubname
from pg_publication_namespace r
join pg_publication p on p.oid = r.pnpubid
join pg_namespace n on n.oid = r.pnnspid
where n.nspname = any ($1::text[])

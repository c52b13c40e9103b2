select rolname, rolpassword
from pg_authid
where rolname = any ($1::text[])

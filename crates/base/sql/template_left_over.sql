-- Databases that were replaced, and those whose making was interrupted: whoever makes one holds the lock.
select datname
from pg_database
where datname like 'replaced\_%'
   or datname like 'building\_%' and not exists (
     select
     from pg_locks
     where locktype = 'advisory' and (classid::bigint << 32) + objid::bigint = 7226318529406514
   )

-- Databases of tests (the caller asks whether their process lives), half-made templates, and all but the
-- newest templates.
select datname
from pg_database
where datname like 'test\_%' or datname like 'building\_%'
union all
(select datname
 from pg_database
 where datname like 'template\_%' and length(datname) > 20
 order by oid desc
 offset 20)

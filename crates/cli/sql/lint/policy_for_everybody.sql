-- Policies without `to`: they are evaluated for every role, anon included.
select format('%s, policy %I', polrelid::regclass, polname), 'names no role, so it is evaluated for every one of them'
from pg_policy
join pg_class on pg_class.oid = polrelid
join pg_namespace on pg_namespace.oid = relnamespace
where polroles = '{0}' and nspname = any ($1::text[]) and $2::text[] is not null
order by 1

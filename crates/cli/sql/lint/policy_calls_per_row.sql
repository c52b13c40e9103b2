-- Policies that ask who the caller is once for each row. In `(select auth.uid())` it is asked once for each query.
with expressions as (
  select polrelid, polname,
    coalesce(pg_get_expr(polqual, polrelid), '') || ' ' || coalesce(pg_get_expr(polwithcheck, polrelid), '') as text
  from pg_policy
)
select format('%s, policy %I', polrelid::regclass, polname),
  format('calls %s for each row; `(select %s)` is evaluated once', found[1], found[1])
from expressions
join pg_class on pg_class.oid = polrelid
join pg_namespace on pg_namespace.oid = relnamespace
cross join lateral regexp_match(
  regexp_replace(text, 'SELECT (auth\.(uid|jwt|role|email)\(\)|current_setting\()', '', 'gi'),
  '(auth\.(?:uid|jwt|role|email)\(\)|current_setting\()') as found
where found is not null and nspname = any ($1::text[]) and $2::text[] is not null
order by 1

-- For tests: what the API roles hold, a row for each role and table or view of which it holds something, with the columns
-- where it is not all of them, and one for each role with the functions that it may call.
create temporary view rights as
select role, c.oid::regclass::text as object, string_agg(
    case when has_table_privilege(role, c.oid, verb) then verb
        else format('%s (%s)', verb, (
            select string_agg(attname, ', ' order by attnum) from pg_attribute
            where attrelid = c.oid and attnum > 0 and not attisdropped and has_column_privilege(role, c.oid, attnum, verb)))
    end, '; ' order by n) as rights
from unnest('{anon,authenticated,service_role}'::text[]) as role, pg_class as c,
    unnest('{select,insert,update,delete}'::text[]) with ordinality as verbs (verb, n)
where c.relnamespace in ('public'::regnamespace, to_regnamespace('private')) and c.relkind in ('r', 'p', 'v', 'm')
    and not c.relispartition
    and (has_table_privilege(role, c.oid, verb) or verb <> 'delete' and has_any_column_privilege(role, c.oid, verb))
group by role, c.oid
union all
select role, 'functions of ' || pronamespace::regnamespace, string_agg(proname, ', ' order by proname, oid)
from unnest('{anon,authenticated,service_role}'::text[]) as role, pg_proc
where pronamespace in ('public'::regnamespace, to_regnamespace('private')) and has_function_privilege(role, oid, 'execute')
group by role, pronamespace;

-- The rules that every foundation includes; what breaks them is found.
begin;
create extension if not exists pgtap with schema extensions;
select plan(16);

-- The example is smaller than a foundation has to be: what the rules would object to is put right first.
alter table public.counters enable row level security;
alter table public.jobs enable row level security;
alter table public.files enable row level security;
alter table public.notes enable row level security;
alter table public.orgs enable row level security;
create index on public.jobs (user_id);
create index on public.files (user_id);
create index on public.notes (person_id);
create index on public.notes (job_id);
create index on public.orgs (owner_id);
create index on public.org_members (user_id);

-- from common/catalogue_rules.sql
-- What holds for every table, view, function and policy of a foundation, whatever its name: fifteen tests. The search
-- path is empty but for pgTAP, so that definitions name every schema.
set local search_path = extensions;
select is_empty($$
    select c.oid::regclass from pg_class as c
    where c.relnamespace in ('public'::regnamespace, to_regnamespace('private')) and c.relkind in ('r', 'p') and not c.relrowsecurity$$,
    'Sx-C2 every table has row level security');
select is_empty($$
    select policyname from pg_policies where schemaname in ('public', 'storage')
        and (roles && '{public,service_role}'::name[] or concat(qual, with_check) ~ 'jwt\(\)|current_setting')$$,
    'C32 Sx-C6 Sx-C7 no policy for the service role, none without a role');
select is_empty($$
    select policyname from pg_policies where schemaname in ('public', 'storage')
        and replace(concat(qual, with_check), '( SELECT auth.uid() AS uid)', '') like '%auth.uid()%'$$,
    'Sx-C6 Sx-C7 every policy asks for the user once, not for each row');
select is_empty($$
    select policyname from pg_policies, unnest(array[qual, with_check]) as condition
    where schemaname = 'storage' and condition is not null
        and (tablename <> 'objects' or condition not like '%bucket_id = %' or condition not like '%auth.uid()%=%foldername(name))[1]%')$$,
    'Sx-C6 every policy on files is about one bucket and the folder of its user');
select is_empty($$
    select policyname, qual, with_check from pg_policies where schemaname in ('public', 'storage')
        -- a call whose arguments are constants, and no SELECT before it
        and concat(qual, ' ', with_check) ~ '(?<!SELECT )\mprivate\.\w+\((''[^'']*''::[^()]*|NULL::[^()]*)?\)'$$,
    'Sx-C7 every policy asks what is the same for all rows once');
select is_empty($$
    select distinct d.refobjid::regprocedure from pg_depend as d join pg_proc as f on f.oid = d.refobjid
    where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass
        and f.prosecdef and f.prolang = (select oid from pg_language where lanname = 'sql')$$,
    'Sx-C7 what a policy asks is not planned again for each statement');
select is_empty($$
    with recursive reads as (
        select distinct p.polrelid as reader, d.refobjid as read
        from pg_policy as p join pg_depend as d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
        where d.refclassid = 'pg_class'::regclass and d.refobjid <> p.polrelid
        union
        -- a policy depends on its own table in any case
        select p.polrelid, p.polrelid from pg_policy as p
        where concat(pg_get_expr(p.polqual, p.polrelid), ' ', pg_get_expr(p.polwithcheck, p.polrelid))
            ~ format('(FROM|JOIN) \(*%s\M', p.polrelid::regclass)
    ), reached as (
        select reader, read from reads union select r.reader, n.read from reached as r join reads as n on n.reader = r.read
    )
    select reader::regclass from reached where reader = read$$,
    'Sx-C7 no policy leads back to its own table');
select is_empty($$
    select c.relname, r.rolname from pg_class as c, pg_roles as r
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p')
        and r.rolname in ('anon', 'authenticated', 'service_role')
        and (has_table_privilege(r.oid, c.oid, 'truncate') or has_table_privilege(r.oid, c.oid, 'references')
            or has_table_privilege(r.oid, c.oid, 'trigger'))$$,
    'Sx-C2 no API role may truncate, refer to or put triggers on a table');
select is_empty($$
    select oid::regprocedure from pg_proc
    where pronamespace in ('public'::regnamespace, to_regnamespace('private'))
        and (proconfig is null or not 'search_path=""' = any (proconfig))$$,
    'Sx-C3 every function has a fixed, empty search path');
select is_empty($$
    select t.tgname, f.oid::regprocedure from pg_trigger as t
    join pg_class as c on c.oid = t.tgrelid join pg_proc as f on f.oid = t.tgfoid
    where c.relnamespace in ('auth'::regnamespace, 'storage'::regnamespace)
        and f.pronamespace in ('public'::regnamespace, to_regnamespace('private')) and not f.prosecdef$$,
    'Sx-C3 Auth and Storage, which may do nothing here, get past the triggers on their tables');
select is_empty($$
    select oid::regprocedure from pg_proc
    where pronamespace in ('public'::regnamespace, to_regnamespace('private')) and has_function_privilege('anon', oid, 'execute')
        and oid::regprocedure::text <> all ('{ }')$$,
    'Sx-C4 anon may call nothing');
select is_empty($$
    select oid::regprocedure from pg_proc
    where pronamespace in ('public'::regnamespace, to_regnamespace('private'))
        and prorettype = 'trigger'::regtype and has_function_privilege('service_role', oid, 'execute')$$,
    'Sx-C4 no trigger function can be called');
select is_empty($$
    select c.relname from pg_class as c
    where c.relnamespace = 'public'::regnamespace and (
        c.relkind = 'v' and not coalesce('security_invoker=on' = any (c.reloptions), false)
        or c.relkind = 'm' and (has_table_privilege('anon', c.oid, 'select') or has_table_privilege('authenticated', c.oid, 'select')))$$,
    'Sx-C5 every view runs as its caller');
select is_empty($$
    select k.conrelid::regclass, k.conname from pg_constraint as k
    where k.contype = 'f' and k.connamespace in ('public'::regnamespace, to_regnamespace('private')) and k.conparentid = 0
        and not exists (
            select from pg_index as i
            where i.indrelid = k.conrelid
                -- of all rows, or of those that refer to something
                and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', (
                    select attname from pg_attribute where attrelid = i.indrelid and attnum = i.indkey[0])))
                and (
                    (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey
                    -- or begins with the column that names the row by itself: the tenant beside it finds nothing more
                    or exists (
                        select from pg_index as u
                        where u.indrelid = k.confrelid and u.indisunique and u.indpred is null and u.indnkeyatts = 1
                            and u.indkey[0] = k.confkey[array_position(k.conkey, i.indkey[0])])))$$,
    'Sx-C8 every foreign key has an index');
select is_empty($$
    select a.indexrelid::regclass, b.indexrelid::regclass
    from pg_index as a join pg_index as b on a.indrelid = b.indrelid and a.indexrelid <> b.indexrelid
    join pg_class as t on t.oid = a.indrelid and t.relnamespace = 'public'::regnamespace
    join pg_class as ai on ai.oid = a.indexrelid join pg_class as bi on bi.oid = b.indexrelid and bi.relam = ai.relam
    where not a.indisunique and not a.indisexclusion
        -- of the same rows: one of some rows is repeated only by the same again, because a promise may name a longer one, too
        and pg_get_expr(a.indpred, a.indrelid) is not distinct from pg_get_expr(b.indpred, b.indrelid)
        and (a.indpred is null or a.indkey::smallint[] = b.indkey::smallint[])
        and a.indexprs is null and b.indexprs is null
        and (b.indkey::smallint[])[0:a.indnkeyatts - 1] = (a.indkey::smallint[])[0:a.indnkeyatts - 1]
        and (a.indkey::smallint[]) <@ (b.indkey::smallint[])
        and (b.indoption::smallint[])[0:a.indnkeyatts - 1] = (a.indoption::smallint[])[0:a.indnkeyatts - 1]$$,
    'Sx-C9 no index repeats another');
-- end common/catalogue_rules.sql

-- from common/rights.sql
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
-- end common/rights.sql
grant select on public.orgs to anon;
grant update (owner_id) on public.orgs to anon;
select is((select rights from rights where role = 'anon' and object = 'public.orgs'), 'select; update (owner_id)',
    'rights says what a role holds, with the columns where it is some of them');
select * from finish();
rollback;

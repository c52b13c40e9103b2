-- The schema as promised, compared with the catalogue: one row of data for each item of the acceptance list.
-- Where an item was resolved differently from its first wording, the defect that decided it stands beside its id.
begin;
create extension if not exists pgtap with schema extensions;
select plan(81);

select ok(c.relrowsecurity, item || ' table ' || name || ' with row level security')
from (values
    ('A1-001', 'users'),
    ('A1-012', 'subscriptions'),
    ('A1-034', 'usage_counters')
) as expected (item, name)
left join pg_class as c on c.oid = to_regclass('public.' || name);

select is(
    (select format('%s, not null %s, default %s', format_type(a.atttypid, a.atttypmod), a.attnotnull,
        coalesce(pg_get_expr(d.adbin, d.adrelid), 'none'))
    from pg_attribute as a
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = to_regclass('public.' || tab) and a.attname = col),
    format('%s, not null %s, default %s', type, required, coalesce(standard, 'none')),
    item || ' column ' || tab || '.' || col)
from (values
    ('A1-002', 'users', 'id', 'uuid', true, null),
    ('A1-003', 'users', 'email', 'text', true, null),
    ('A1-004', 'users', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A1-005', 'users', 'updated_at', 'timestamp with time zone', true, 'now()'),
    ('A1-013', 'subscriptions', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A1-014', 'subscriptions', 'user_id', 'uuid', true, null),
    ('A1-015', 'subscriptions', 'status', 'text', true, null),
    ('A1-016', 'subscriptions', 'plan', 'text', true, null),
    ('A1-017 A1-063', 'subscriptions', 'lemon_squeezy_id', 'text', false, null),
    ('A1-018 A1-064', 'subscriptions', 'current_period_start', 'timestamp with time zone', false, null),
    ('A1-019 A1-064', 'subscriptions', 'current_period_end', 'timestamp with time zone', false, null),
    ('A1-020 A1-064', 'subscriptions', 'trial_ends_at', 'timestamp with time zone', false, null),
    ('A1-021', 'subscriptions', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A1-022', 'subscriptions', 'updated_at', 'timestamp with time zone', true, 'now()'),
    ('A1-035', 'usage_counters', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A1-036', 'usage_counters', 'user_id', 'uuid', true, null),
    ('A1-037', 'usage_counters', 'metric', 'text', true, null),
    ('S1-5 A1-038', 'usage_counters', 'count', 'bigint', true, '0'),
    ('A1-039', 'usage_counters', 'window_start', 'timestamp with time zone', true, null),
    ('A1-040', 'usage_counters', 'window_end', 'timestamp with time zone', true, null),
    ('A1-041', 'usage_counters', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A1-042', 'usage_counters', 'updated_at', 'timestamp with time zone', true, 'now()')
) as expected (item, tab, col, type, required, standard);

-- so that definitions name every schema
set local search_path = extensions;
select ok(exists (
        select from pg_constraint
        where conrelid = to_regclass('public.' || tab) and pg_get_constraintdef(oid) = definition),
    item || ' constraint of ' || tab || ': ' || definition)
from (values
    ('A1-006', 'users', 'FOREIGN KEY (id) REFERENCES auth.users(id) ON DELETE CASCADE'),
    ('A1-007', 'users', 'PRIMARY KEY (id)'),
    ('A1-023 A1-063', 'subscriptions', 'CHECK ((plan = ANY (ARRAY[''free''::text, ''basic''::text, ''pro''::text])))'),
    ('A1-024 A1-063 S1-6 C17', 'subscriptions', 'CHECK ((status = ANY (ARRAY[''trial''::text, ''active''::text, ''paused''::text, ''past_due''::text, ''unpaid''::text, ''cancelled''::text, ''expired''::text])))'),
    ('A1-025', 'subscriptions', 'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE'),
    ('A1-026', 'subscriptions', 'PRIMARY KEY (id)'),
    ('A1-027 A1-063', 'subscriptions', 'UNIQUE (user_id)'),
    ('S1-6', 'subscriptions', 'UNIQUE (lemon_squeezy_id)'),
    ('A1-043', 'usage_counters', 'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE'),
    ('A1-044', 'usage_counters', 'PRIMARY KEY (id)'),
    ('A1-045 A1-066', 'usage_counters', 'UNIQUE (user_id, metric, window_start)'),
    ('S1-5', 'usage_counters', 'CHECK ((count >= 0))'),
    ('S1-5', 'usage_counters', 'CHECK ((window_end > window_start))'),
    ('S1-5', 'usage_counters', 'FOREIGN KEY (metric) REFERENCES public.usage_metrics(metric)'),
    ('S1-5', 'usage_counters', 'EXCLUDE USING gist (user_id WITH =, metric WITH =, tstzrange(window_start, window_end) WITH &&)')
) as expected (item, tab, definition);

select is(
    (select regexp_replace(pg_get_indexdef(indexrelid), '^.* USING ', '') || case when indisvalid then '' else ' invalid' end
    from pg_index where indexrelid = to_regclass('public.' || name) and indrelid = to_regclass('public.' || tab)),
    'btree ' || columns, item || ' index ' || name)
from (values
    ('A1-028 S1-11 Sx-C9', 'idx_subscriptions_user_id', 'subscriptions', '(user_id)'),
    ('A1-029', 'idx_subscriptions_status', 'subscriptions', '(status)'),
    ('A1-030', 'idx_subscriptions_plan', 'subscriptions', '(plan)'),
    ('A1-046 S1-11 Sx-C9', 'idx_usage_counters_user_metric', 'usage_counters', '(user_id, metric, window_start)'),
    ('A1-047', 'idx_usage_counters_window', 'usage_counters', '(window_start, window_end)'),
    ('A1-048', 'idx_usage_counters_metric', 'usage_counters', '(metric)'),
    ('A1-049', 'idx_usage_counters_user_window', 'usage_counters', '(user_id, window_start, window_end)')
) as expected (item, name, tab, columns);

select ok(exists (
        select from pg_trigger as t join pg_proc as p on p.oid = t.tgfoid
        where tgrelid = to_regclass(tab) and tgname = name and proname = function and tgenabled = 'O'
            and pronamespace = schema::regnamespace),
    item || ' trigger ' || name)
from (values
    ('A1-008', 'update_users_updated_at', 'public.users', 'update_updated_at_column', 'public'),
    ('A1-031', 'update_subscriptions_updated_at', 'public.subscriptions', 'update_updated_at_column', 'public'),
    ('A1-050', 'update_usage_counters_updated_at', 'public.usage_counters', 'update_updated_at_column', 'public'),
    ('S1-1', 'on_auth_user_created', 'auth.users', 'handle_new_user', 'public'),
    ('S1-1 S1-6', 'users_begin_free_plan', 'public.users', 'begin_free_plan', 'private'),
    ('S1-2', 'on_auth_user_email_changed', 'auth.users', 'handle_user_email_change', 'public')
) as expected (item, name, tab, function, schema);

select is(
    (select row(cmd, roles, qual, with_check)::text from pg_policies
    where schemaname = split_part(tab, '.', 1) and tablename = split_part(tab, '.', 2) and policyname = name),
    row(verb, '{authenticated}'::name[], rows, new_rows)::text, item || ' policy ' || name)
from (values
    ('A1-009', 'public.users', 'Users can read own profile', 'SELECT', '(( SELECT auth.uid() AS uid) = id)', null),
    ('A1-010', 'public.users', 'Users can update own profile', 'UPDATE', '(( SELECT auth.uid() AS uid) = id)', '(( SELECT auth.uid() AS uid) = id)'),
    ('A1-032', 'public.subscriptions', 'Users can read own subscription', 'SELECT', '(( SELECT auth.uid() AS uid) = user_id)', null),
    ('A1-051', 'public.usage_counters', 'Users can read own usage', 'SELECT', '(( SELECT auth.uid() AS uid) = user_id)', null),
    ('A1-055 S1-9', 'storage.objects', 'Users can upload own files', 'INSERT', null, '((bucket_id = ''user-files''::text) AND ((( SELECT auth.uid() AS uid))::text = (storage.foldername(name))[1]) AND private.is_user_file_name(name))'),
    ('A1-056', 'storage.objects', 'Users can read own files', 'SELECT', '((bucket_id = ''user-files''::text) AND ((( SELECT auth.uid() AS uid))::text = (storage.foldername(name))[1]))', null),
    ('A1-057 S1-9', 'storage.objects', 'Users can update own files', 'UPDATE', '((bucket_id = ''user-files''::text) AND ((( SELECT auth.uid() AS uid))::text = (storage.foldername(name))[1]))', '((bucket_id = ''user-files''::text) AND ((( SELECT auth.uid() AS uid))::text = (storage.foldername(name))[1]) AND private.is_user_file_name(name))'),
    ('A1-058', 'storage.objects', 'Users can delete own files', 'DELETE', '((bucket_id = ''user-files''::text) AND ((( SELECT auth.uid() AS uid))::text = (storage.foldername(name))[1]))', null)
) as expected (item, tab, name, verb, rows, new_rows);

select is(
    (select pg_get_function_result(oid) from pg_proc where oid = to_regprocedure('public.update_updated_at_column()')),
    'trigger', 'A1-053 function update_updated_at_column()');

select results_eq(
    $$select public, file_size_limit, array_to_string(allowed_mime_types, ' ') from storage.buckets where id = 'user-files'$$,
    $$values (false, 52428800::bigint, 'image/jpeg image/png image/gif image/webp application/pdf text/plain text/csv')$$,
    'A1-054 the bucket user-files');

select is_empty($$
    select 1 from pg_attribute as a
    where a.attrelid in ('public.users'::regclass, 'public.subscriptions'::regclass, 'public.usage_counters'::regclass)
        and has_column_privilege('authenticated', a.attrelid, a.attnum, 'insert,update') and a.attnum > 0$$,
    'A1-069 S1-2 a user may write no column of the three tables');
select is_empty($$
    select policyname from pg_policies where policyname ilike 'service role%'$$,
    'A1-011 A1-033 A1-052 A1-059 S1-3 C32 no policy for the service role: it passes over them');
select results_eq(
    $$select count(*) from pg_attribute where attname in ('created_at', 'user_id') and attnum > 0
        and attrelid in ('public.subscriptions'::regclass, 'public.usage_counters'::regclass, 'public.usage_ledger'::regclass)$$,
    $$values (6::bigint)$$, 'A1-072 S1-12 each row says whose it is and since when');

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
select * from finish();
rollback;

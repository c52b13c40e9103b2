-- The schema as promised, compared with the catalogue: one row of data for each item of the acceptance list.
-- Where an item was resolved differently from its first wording, the defect that decided it stands beside its id.
begin;
create extension if not exists pgtap with schema extensions;
select plan(119);

select ok(c.relrowsecurity, item || ' table ' || name || ' with row level security')
from (values
    ('A0-001', 'users'),
    ('A0-022', 'subscriptions'),
    ('A0-045', 'jobs'),
    ('A0-068', 'assets'),
    ('A0-085', 'subscription_audit')
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
    ('A0-002', 'users', 'id', 'uuid', true, null),
    ('S0-6 A0-003', 'users', 'email', 'text', false, null),
    ('A0-004', 'users', 'name', 'text', false, null),
    ('A0-005', 'users', 'avatar_url', 'text', false, null),
    ('A0-006', 'users', 'subscription_tier', 'text', true, '''free''::text'),
    ('A0-007', 'users', 'subscription_status', 'text', false, null),
    ('A0-008', 'users', 'monthly_usage', 'integer', true, '0'),
    ('A0-009', 'users', 'usage_reset_at', 'timestamp with time zone', true, 'now()'),
    ('A0-010', 'users', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A0-011', 'users', 'updated_at', 'timestamp with time zone', true, 'now()'),
    ('A0-023', 'subscriptions', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A0-024', 'subscriptions', 'user_id', 'uuid', true, null),
    ('A0-025', 'subscriptions', 'stripe_subscription_id', 'text', true, null),
    ('A0-026', 'subscriptions', 'stripe_customer_id', 'text', true, null),
    ('A0-027', 'subscriptions', 'tier', 'text', true, null),
    ('A0-028', 'subscriptions', 'status', 'text', true, null),
    ('A0-029', 'subscriptions', 'current_period_start', 'timestamp with time zone', true, null),
    ('A0-030', 'subscriptions', 'current_period_end', 'timestamp with time zone', true, null),
    ('A0-031', 'subscriptions', 'cancel_at_period_end', 'boolean', true, 'false'),
    ('A0-032', 'subscriptions', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A0-033', 'subscriptions', 'updated_at', 'timestamp with time zone', true, 'now()'),
    ('A0-046', 'jobs', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A0-047', 'jobs', 'user_id', 'uuid', true, null),
    ('A0-048', 'jobs', 'job_type', 'text', true, null),
    ('A0-049', 'jobs', 'status', 'text', true, '''queued''::text'),
    ('A0-050', 'jobs', 'progress', 'integer', true, '0'),
    ('A0-051', 'jobs', 'error_message', 'text', false, null),
    ('A0-052', 'jobs', 'parameters', 'jsonb', false, null),
    ('A0-053', 'jobs', 'result', 'jsonb', false, null),
    ('A0-054', 'jobs', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A0-055', 'jobs', 'updated_at', 'timestamp with time zone', true, 'now()'),
    ('A0-056', 'jobs', 'completed_at', 'timestamp with time zone', false, null),
    ('A0-069', 'assets', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A0-070', 'assets', 'job_id', 'uuid', true, null),
    ('A0-071', 'assets', 'user_id', 'uuid', true, null),
    ('A0-072', 'assets', 'asset_type', 'text', true, null),
    ('A0-073', 'assets', 'url', 'text', true, null),
    ('A0-074', 'assets', 'storage_path', 'text', true, null),
    ('S0-9 A0-075', 'assets', 'file_size', 'bigint', true, null),
    ('A0-076', 'assets', 'metadata', 'jsonb', false, null),
    ('A0-077', 'assets', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A0-086', 'subscription_audit', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A0-087', 'subscription_audit', 'subscription_id', 'uuid', false, null),
    ('S0-12 A0-088', 'subscription_audit', 'user_id', 'uuid', false, null),
    ('A0-089', 'subscription_audit', 'action', 'text', true, null),
    ('A0-090', 'subscription_audit', 'stripe_event_id', 'text', false, null),
    ('A0-091', 'subscription_audit', 'details', 'jsonb', false, null),
    ('A0-092', 'subscription_audit', 'created_at', 'timestamp with time zone', true, 'now()')
) as expected (item, tab, col, type, required, standard);

-- so that definitions name every schema
set local search_path = extensions;
select ok(exists (
        select from pg_constraint
        where conrelid = to_regclass('public.' || tab) and pg_get_constraintdef(oid) = definition),
    item || ' constraint of ' || tab || ': ' || definition)
from (values
    ('A0-012 S0-13', 'users', 'CHECK ((subscription_status = ANY (''{active,past_due,canceled,incomplete,incomplete_expired,trialing,unpaid,paused}''::text[])))'),
    ('A0-013', 'users', 'CHECK ((subscription_tier = ANY (''{free,pro,studio,enterprise}''::text[])))'),
    ('A0-014', 'users', 'FOREIGN KEY (id) REFERENCES auth.users(id) ON DELETE CASCADE'),
    ('A0-015', 'users', 'PRIMARY KEY (id)'),
    ('S0-11', 'users', 'CHECK ((monthly_usage >= 0))'),
    ('A0-034 S0-13', 'subscriptions', 'CHECK ((status = ANY (ARRAY[''active''::text, ''past_due''::text, ''canceled''::text, ''incomplete''::text, ''incomplete_expired''::text, ''trialing''::text, ''unpaid''::text, ''paused''::text])))'),
    ('A0-035', 'subscriptions', 'CHECK ((tier = ANY (ARRAY[''free''::text, ''pro''::text, ''studio''::text, ''enterprise''::text])))'),
    ('A0-036', 'subscriptions', 'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE'),
    ('A0-037', 'subscriptions', 'PRIMARY KEY (id)'),
    ('A0-038', 'subscriptions', 'UNIQUE (stripe_subscription_id)'),
    ('A0-039', 'subscriptions', 'UNIQUE (user_id)'),
    ('A0-057', 'jobs', 'CHECK (private.jobs_holds(job_type, status, progress, completed_at))'),
    ('A0-058 C18', 'jobs', 'CHECK ((status = ANY (''{queued,processing,completed,failed,partial,cancelled}''::text[])))'),
    ('A0-059', 'jobs', 'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE'),
    ('A0-060', 'jobs', 'PRIMARY KEY (id)'),
    ('A0-078 S0-9', 'assets', 'FOREIGN KEY (job_id, user_id) REFERENCES public.jobs(id, user_id) ON DELETE CASCADE'),
    ('A0-079', 'assets', 'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE'),
    ('A0-080', 'assets', 'PRIMARY KEY (id)'),
    ('S0-9', 'assets', 'CHECK ((file_size >= 0))'),
    ('A0-093', 'subscription_audit', 'FOREIGN KEY (subscription_id) REFERENCES public.subscriptions(id) ON DELETE SET NULL'),
    ('A0-094 S0-12 C29', 'subscription_audit', 'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL'),
    ('A0-095', 'subscription_audit', 'PRIMARY KEY (id)')
) as expected (item, tab, definition);

select is(
    (select regexp_replace(pg_get_indexdef(indexrelid), '^.* USING ', '') || case when indisvalid then '' else ' invalid' end
    from pg_index where indexrelid = to_regclass('public.' || name) and indrelid = to_regclass('public.' || tab)),
    'btree ' || columns, item || ' index ' || name)
from (values
    ('A0-017', 'idx_users_subscription', 'users', '(subscription_tier, subscription_status)'),
    ('A0-040 Sx-C9', 'idx_subscriptions_stripe', 'subscriptions', '(stripe_subscription_id)'),
    ('A0-041', 'idx_subscriptions_customer', 'subscriptions', '(stripe_customer_id)'),
    ('A0-061', 'idx_jobs_user_status', 'jobs', '(user_id, status)'),
    ('A0-062', 'idx_jobs_created', 'jobs', '(created_at DESC)'),
    ('A0-063', 'idx_jobs_type_status', 'jobs', '(job_type, status)'),
    ('A0-081', 'idx_assets_job', 'assets', '(job_id) INCLUDE (user_id)'),
    ('A0-082', 'idx_assets_user', 'assets', '(user_id)'),
    ('A0-096', 'idx_subscription_audit_user', 'subscription_audit', '(user_id)'),
    ('A0-097 S0-12', 'idx_subscription_audit_stripe', 'subscription_audit', '(stripe_event_id)'),
    ('Sx-C8', 'idx_subscription_audit_subscription', 'subscription_audit', '(subscription_id)')
) as expected (item, name, tab, columns);

select ok(exists (
        select from pg_trigger as t join pg_proc as p on p.oid = t.tgfoid
        where tgrelid = to_regclass(tab) and tgname = name and proname = function and tgenabled = 'O'
            and pronamespace = 'public'::regnamespace),
    item || ' trigger ' || name)
from (values
    ('A0-018', 'users_updated_at', 'public.users', 'update_updated_at'),
    ('A0-042', 'subscriptions_updated_at', 'public.subscriptions', 'update_updated_at'),
    ('A0-064', 'jobs_updated_at', 'public.jobs', 'update_updated_at'),
    ('A0-100', 'on_auth_user_created', 'auth.users', 'handle_new_user'),
    ('S0-7', 'on_auth_user_email_changed', 'auth.users', 'handle_user_email_change')
) as expected (item, name, tab, function);

select is(
    (select row(cmd, roles, qual, with_check)::text from pg_policies
    where schemaname = 'public' and tablename = tab and policyname = name),
    row(verb, '{authenticated}'::name[], rows, new_rows)::text, item || ' policy ' || name)
from (values
    ('A0-019 Sx-C6 Sx-C7', 'users', 'Users can read own profile', 'SELECT', '(( SELECT auth.uid() AS uid) = id)', null),
    ('A0-020 Sx-C6 Sx-C7', 'users', 'Users can update own profile', 'UPDATE', '(( SELECT auth.uid() AS uid) = id)', '(( SELECT auth.uid() AS uid) = id)'),
    ('A0-043 Sx-C6 Sx-C7', 'subscriptions', 'Users can read own subscription', 'SELECT', '(( SELECT auth.uid() AS uid) = user_id)', null),
    ('A0-065 Sx-C6 Sx-C7', 'jobs', 'Users can read own jobs', 'SELECT', '(( SELECT auth.uid() AS uid) = user_id)', null),
    ('A0-066 Sx-C6 Sx-C7', 'jobs', 'Users can create own jobs', 'INSERT', null, '(( SELECT auth.uid() AS uid) = user_id)'),
    ('A0-083 Sx-C6 Sx-C7', 'assets', 'Users can read own assets', 'SELECT', '(( SELECT auth.uid() AS uid) = user_id)', null),
    ('A0-098 Sx-C6 Sx-C7', 'subscription_audit', 'Users can read own audit logs', 'SELECT', '(( SELECT auth.uid() AS uid) = user_id)', null)
) as expected (item, tab, name, verb, rows, new_rows);

select is(
    (select pg_get_function_result(oid) from pg_proc where oid = to_regprocedure(name)), result, item || ' function ' || name)
from (values
    ('A0-101', 'public.update_updated_at()', 'trigger'),
    ('A0-102', 'public.handle_new_user()', 'trigger'),
    ('A0-103', 'public.seed_test_data(uuid)', 'void')
) as expected (item, name, result);

select is(
    (select array_agg(attname::text order by attnum) from pg_attribute
    where attrelid = to_regclass('public.dev_user_summary') and attnum > 0),
    '{id,email,name,subscription_tier,monthly_usage,completed_jobs,processing_jobs,queued_jobs,total_assets}'::text[],
    'A0-112 columns of dev_user_summary');

select is_empty($$
    select policyname from pg_policies where schemaname = 'public' and roles <> '{authenticated}'$$,
    'A0-021 A0-044 A0-067 A0-084 A0-099 no policy for the service role, each names authenticated');
select is_empty($$
    select 1 from pg_index as i join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = 'public.users'::regclass and i.indisunique and a.attname = 'email'$$,
    'A0-016 S0-5 S0-6 users.email is not unique');

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

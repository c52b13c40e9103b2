-- The schema as promised, compared with the catalogue: one row of data for each item of the acceptance list.
-- Where an item was resolved differently from its first wording, what decided it stands beside its id.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

select ok(c.relrowsecurity, item || ' A2-169 A2-170 table ' || name || ' with row level security')
from (values
    ('A2-001', 'users'),
    ('A2-019', 'brand_kits'),
    ('A2-038', 'generation_jobs'),
    ('A2-063', 'assets'),
    ('A2-088', 'platform_connections'),
    ('A2-104', 'subscriptions')
) as expected (item, name)
left join pg_class as c on c.oid = to_regclass('public.' || name);

select is(
    (select format_type(a.atttypid, a.atttypmod) from pg_attribute as a
    where a.attrelid = to_regclass('public.' || tab) and a.attname = col),
    type, item || ' column ' || tab || '.' || col)
from (values
    ('A2-002', 'users', 'id', 'uuid'),
    ('A2-003', 'users', 'email', 'text'),
    ('A2-004', 'users', 'email_verified', 'boolean'),
    ('A2-005', 'users', 'password_hash', 'text'),
    ('A2-006', 'users', 'display_name', 'text'),
    ('A2-007', 'users', 'avatar_url', 'text'),
    ('A2-008', 'users', 'subscription_tier', 'text'),
    ('A2-009', 'users', 'subscription_status', 'text'),
    ('A2-010', 'users', 'stripe_customer_id', 'text'),
    ('A2-011', 'users', 'assets_generated_this_month', 'integer'),
    ('A2-012', 'users', 'created_at', 'timestamp with time zone'),
    ('A2-013', 'users', 'updated_at', 'timestamp with time zone'),
    ('A2-020', 'brand_kits', 'id', 'uuid'),
    ('A2-021', 'brand_kits', 'user_id', 'uuid'),
    ('A2-022', 'brand_kits', 'name', 'text'),
    ('A2-023', 'brand_kits', 'is_active', 'boolean'),
    ('A2-024', 'brand_kits', 'primary_colors', 'text[]'),
    ('A2-025', 'brand_kits', 'accent_colors', 'text[]'),
    ('A2-026', 'brand_kits', 'fonts', 'jsonb'),
    ('A2-027', 'brand_kits', 'logo_url', 'text'),
    ('A2-028', 'brand_kits', 'tone', 'text'),
    ('A2-029', 'brand_kits', 'style_reference', 'text'),
    ('A2-030', 'brand_kits', 'extracted_from', 'text'),
    ('A2-031', 'brand_kits', 'created_at', 'timestamp with time zone'),
    ('A2-032', 'brand_kits', 'updated_at', 'timestamp with time zone'),
    ('A2-039', 'generation_jobs', 'id', 'uuid'),
    ('A2-040', 'generation_jobs', 'user_id', 'uuid'),
    ('A2-041', 'generation_jobs', 'parent_job_id', 'uuid'),
    ('A2-042', 'generation_jobs', 'status', 'text'),
    ('A2-043', 'generation_jobs', 'job_type', 'text'),
    ('A2-044', 'generation_jobs', 'asset_type', 'text'),
    ('A2-045', 'generation_jobs', 'custom_prompt', 'text'),
    ('A2-046', 'generation_jobs', 'brand_kit_id', 'uuid'),
    ('A2-047', 'generation_jobs', 'platform_context', 'jsonb'),
    ('A2-048', 'generation_jobs', 'total_assets', 'integer'),
    ('A2-049', 'generation_jobs', 'completed_assets', 'integer'),
    ('A2-050', 'generation_jobs', 'failed_assets', 'integer'),
    ('A2-051', 'generation_jobs', 'queued_at', 'timestamp with time zone'),
    ('A2-052', 'generation_jobs', 'started_at', 'timestamp with time zone'),
    ('A2-053', 'generation_jobs', 'completed_at', 'timestamp with time zone'),
    ('A2-054', 'generation_jobs', 'error_message', 'text'),
    ('A2-055', 'generation_jobs', 'retry_count', 'integer'),
    ('A2-064', 'assets', 'id', 'uuid'),
    ('A2-065', 'assets', 'user_id', 'uuid'),
    ('A2-066', 'assets', 'job_id', 'uuid'),
    ('A2-067', 'assets', 'brand_kit_id', 'uuid'),
    ('A2-068', 'assets', 'asset_type', 'text'),
    ('A2-069', 'assets', 'width', 'integer'),
    ('A2-070', 'assets', 'height', 'integer'),
    ('A2-071', 'assets', 'format', 'text'),
    ('A2-072', 'assets', 'cdn_url', 'text'),
    ('A2-073', 'assets', 'storage_key', 'text'),
    ('A2-074', 'assets', 'shareable_url', 'text'),
    ('A2-075', 'assets', 'is_public', 'boolean'),
    ('A2-076', 'assets', 'prompt_used', 'text'),
    ('A2-077', 'assets', 'generation_params', 'jsonb'),
    ('A2-078', 'assets', 'viral_score', 'integer'),
    ('A2-079', 'assets', 'viral_suggestions', 'text[]'),
    ('A2-080', 'assets', 'created_at', 'timestamp with time zone'),
    ('A2-081', 'assets', 'expires_at', 'timestamp with time zone'),
    ('A2-089', 'platform_connections', 'id', 'uuid'),
    ('A2-090', 'platform_connections', 'user_id', 'uuid'),
    ('A2-091', 'platform_connections', 'platform', 'text'),
    ('A2-092', 'platform_connections', 'platform_user_id', 'text'),
    ('A2-093', 'platform_connections', 'platform_username', 'text'),
    ('A2-094', 'platform_connections', 'access_token_encrypted', 'text'),
    ('A2-095', 'platform_connections', 'refresh_token_encrypted', 'text'),
    ('A2-096', 'platform_connections', 'token_expires_at', 'timestamp with time zone'),
    ('A2-097', 'platform_connections', 'cached_metadata', 'jsonb'),
    ('A2-098', 'platform_connections', 'metadata_updated_at', 'timestamp with time zone'),
    ('A2-099', 'platform_connections', 'is_active', 'boolean'),
    ('A2-105', 'subscriptions', 'id', 'uuid'),
    ('A2-106', 'subscriptions', 'user_id', 'uuid'),
    ('A2-107', 'subscriptions', 'tier', 'text'),
    ('A2-108', 'subscriptions', 'status', 'text'),
    ('A2-109', 'subscriptions', 'stripe_subscription_id', 'text'),
    ('A2-110', 'subscriptions', 'stripe_price_id', 'text'),
    ('A2-111', 'subscriptions', 'current_period_start', 'timestamp with time zone'),
    ('A2-112', 'subscriptions', 'current_period_end', 'timestamp with time zone'),
    ('A2-113', 'subscriptions', 'cancel_at_period_end', 'boolean'),
    ('A2-114', 'subscriptions', 'assets_limit', 'integer'),
    ('A2-115', 'subscriptions', 'assets_used', 'integer'),
    ('A2-116', 'subscriptions', 'platforms_limit', 'integer'),
    ('S2-7 C21', 'generation_jobs', 'created_at', 'timestamp with time zone'),
    ('S2-7 C21', 'generation_jobs', 'updated_at', 'timestamp with time zone'),
    ('S2-7', 'assets', 'updated_at', 'timestamp with time zone'),
    ('S2-7', 'platform_connections', 'created_at', 'timestamp with time zone'),
    ('S2-7', 'platform_connections', 'updated_at', 'timestamp with time zone'),
    ('S2-7', 'subscriptions', 'created_at', 'timestamp with time zone'),
    ('S2-7', 'subscriptions', 'updated_at', 'timestamp with time zone')
) as expected (item, tab, col, type);

-- so that definitions name every schema
set local search_path = extensions;
select is(
    (select string_agg(a.attname || case when a.attnotnull then '' else '?' end || coalesce(' = ' || pg_get_expr(d.adbin, d.adrelid), ''), ', ' order by a.attnum)
    from pg_attribute as a left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = to_regclass(tab) and a.attnum > 0 and not a.attisdropped),
    columns, 'S2-14 what may be missing in ' || tab || ' (?), and what it is then')
from (values
    ('private.plans', 'tier, assets_limit, platforms_limit, asset_retention?'),
    ('private.storage_purges', 'storage_key, queued_at = now()'),
    ('private.stripe_events', 'id, type, created_at, stripe_subscription_id?, subscription_created_at?, user_id?, says?, outcome = ''ignored''::text, received_at = now()'),
    ('public.users', 'id, email?, email_verified = false, password_hash?, display_name?, avatar_url?, subscription_tier = ''free''::text, subscription_status = ''none''::text, assets_generated_this_month = 0, stripe_customer_id?, created_at = now(), updated_at = now()'),
    ('public.brand_kits', 'id = gen_random_uuid(), user_id, name, is_active = false, primary_colors = ''{}''::text[], accent_colors = ''{}''::text[], fonts = ''{}''::jsonb, logo_url?, tone?, style_reference?, extracted_from?, created_at = now(), updated_at = now()'),
    ('public.generation_jobs', 'id = gen_random_uuid(), user_id, parent_job_id?, status = ''queued''::text, job_type = ''single''::text, asset_type, custom_prompt?, brand_kit_id?, platform_context = ''{}''::jsonb, total_assets = 1, completed_assets = 0, failed_assets = 0, queued_at = now(), started_at?, completed_at?, error_message?, retry_count = 0, created_at = now(), updated_at = now()'),
    ('public.assets', 'id = gen_random_uuid(), user_id, job_id?, brand_kit_id?, asset_type, width?, height?, format?, cdn_url?, storage_key?, shareable_url?, is_public = false, prompt_used?, generation_params = ''{}''::jsonb, viral_score?, viral_suggestions = ''{}''::text[], created_at = now(), updated_at = now(), expires_at?'),
    ('public.platform_connections', 'id = gen_random_uuid(), user_id, platform, platform_user_id, platform_username?, access_token_encrypted?, refresh_token_encrypted?, token_expires_at?, cached_metadata = ''{}''::jsonb, metadata_updated_at?, is_active = true, created_at = now(), updated_at = now()'),
    ('public.subscriptions', 'id = gen_random_uuid(), user_id, tier = ''free''::text, status = ''active''::text, stripe_subscription_id?, stripe_price_id?, current_period_start?, current_period_end?, cancel_at_period_end = false, assets_limit = 5, assets_used = 0, platforms_limit = 1, usage_reset_at = now(), created_at = now(), updated_at = now()')
) as expected (tab, columns);
select ok(exists (
        select from pg_constraint
        where conrelid = to_regclass('public.' || tab) and pg_get_constraintdef(oid) = definition),
    item || ' constraint of ' || tab || ': ' || definition)
from (values
    ('S2-4', 'users', 'FOREIGN KEY (id) REFERENCES auth.users(id) ON DELETE CASCADE'),
    ('S2-5 C3', 'users', 'CHECK (private.users_holds(password_hash, display_name, avatar_url, assets_generated_this_month, stripe_customer_id))'),
    ('S2-11', 'subscriptions', 'CHECK (private.subscriptions_holds(stripe_subscription_id, current_period_start, current_period_end, assets_limit, assets_used, platforms_limit))'),
    ('S2-8', 'generation_jobs', 'CHECK (((completed_assets + failed_assets) <= total_assets))'),
    ('S2-9', 'platform_connections', 'UNIQUE (platform, platform_user_id)'),
    ('A2-014 S2-11 C17', 'users', 'CHECK ((subscription_status = ANY (''{active,past_due,canceled,none,trialing,incomplete,incomplete_expired,unpaid,paused}''::text[])))'),
    ('A2-015', 'users', 'CHECK ((subscription_tier = ANY (''{free,pro,studio}''::text[])))'),
    ('A2-016', 'users', 'PRIMARY KEY (id)'),
    ('A2-017', 'users', 'UNIQUE (email)'),
    ('A2-033', 'brand_kits', 'CHECK ((tone = ANY (ARRAY[''competitive''::text, ''casual''::text, ''educational''::text, ''comedic''::text, ''professional''::text])))'),
    ('A2-034', 'brand_kits', 'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE'),
    ('A2-035', 'brand_kits', 'PRIMARY KEY (id)'),
    ('A2-056', 'generation_jobs', 'CHECK ((asset_type = ANY (ARRAY[''thumbnail''::text, ''overlay''::text, ''banner''::text, ''story_graphic''::text, ''clip_cover''::text])))'),
    ('A2-057', 'generation_jobs', 'CHECK ((job_type = ANY (ARRAY[''single''::text, ''batch''::text, ''variation''::text])))'),
    ('A2-058 C18', 'generation_jobs', 'CHECK ((status = ANY (ARRAY[''queued''::text, ''processing''::text, ''completed''::text, ''failed''::text, ''partial''::text, ''cancelled''::text])))'),
    ('A2-059 S2-8 S2-12', 'generation_jobs', 'FOREIGN KEY (brand_kit_id, user_id) REFERENCES public.brand_kits(id, user_id) ON DELETE SET NULL (brand_kit_id)'),
    ('A2-060 S2-8', 'generation_jobs', 'FOREIGN KEY (parent_job_id, user_id) REFERENCES public.generation_jobs(id, user_id) ON DELETE SET NULL (parent_job_id)'),
    ('A2-061', 'generation_jobs', 'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE'),
    ('A2-062', 'generation_jobs', 'PRIMARY KEY (id)'),
    ('A2-082', 'assets', 'CHECK ((format = ANY (ARRAY[''png''::text, ''jpeg''::text, ''webp''::text])))'),
    ('A2-083', 'assets', 'CHECK (((viral_score >= 0) AND (viral_score <= 100)))'),
    ('A2-084 S2-12', 'assets', 'FOREIGN KEY (brand_kit_id, user_id) REFERENCES public.brand_kits(id, user_id) ON DELETE SET NULL (brand_kit_id)'),
    ('A2-085 S2-8', 'assets', 'FOREIGN KEY (job_id, user_id) REFERENCES public.generation_jobs(id, user_id) ON DELETE SET NULL (job_id)'),
    ('A2-086', 'assets', 'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE'),
    ('A2-087', 'assets', 'PRIMARY KEY (id)'),
    ('A2-100', 'platform_connections', 'CHECK ((platform = ANY (ARRAY[''twitch''::text, ''youtube''::text, ''tiktok''::text])))'),
    ('A2-101', 'platform_connections', 'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE'),
    ('A2-102', 'platform_connections', 'PRIMARY KEY (id)'),
    ('A2-103', 'platform_connections', 'UNIQUE (user_id, platform)'),
    ('A2-117 S2-11 C17', 'subscriptions', 'CHECK ((status = ANY (''{active,past_due,canceled,trialing,incomplete,incomplete_expired,unpaid,paused}''::text[])))'),
    ('A2-118', 'subscriptions', 'CHECK ((tier = ANY (''{free,pro,studio}''::text[])))'),
    ('A2-119', 'subscriptions', 'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE'),
    ('A2-120', 'subscriptions', 'PRIMARY KEY (id)'),
    ('A2-121', 'subscriptions', 'UNIQUE (user_id)')
) as expected (item, tab, definition);

select is(
    (select pg_get_indexdef(indexrelid) from pg_index where indexrelid = to_regclass('public.idx_brand_kits_one_active')),
    'CREATE UNIQUE INDEX idx_brand_kits_one_active ON public.brand_kits USING btree (user_id) WHERE (is_active = true)',
    'A2-036 A2-157 one active brand kit');

select is(
    (select pg_get_triggerdef(t.oid) from pg_trigger as t
    where t.tgrelid = to_regclass('public.' || tab) and t.tgname = 'update_' || tab || '_updated_at'),
    format('CREATE TRIGGER update_%s_updated_at BEFORE UPDATE ON public.%s FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column()', tab, tab),
    item || ' A2-164 A2-173 trigger of ' || tab)
from (values
    ('A2-018', 'users'),
    ('A2-037', 'brand_kits'),
    ('S2-7', 'generation_jobs'),
    ('S2-7', 'assets'),
    ('S2-7', 'platform_connections'),
    ('S2-7', 'subscriptions')
) as expected (item, tab);

select is(pg_get_function_result(to_regprocedure('public.' || name)), result, item || ' A2-172 function ' || name)
from (values
    ('A2-122', 'update_updated_at_column()', 'trigger'),
    ('A2-123', 'increment_user_usage(uuid)', 'void'),
    ('A2-124', 'reset_monthly_usage(uuid)', 'void')
) as expected (item, name, result);
select is((select proargnames from pg_proc where oid = to_regprocedure('public.' || name)), array['p_user_id'],
    item || ' the argument is p_user_id')
from (values ('A2-123', 'increment_user_usage(uuid)'), ('A2-124', 'reset_monthly_usage(uuid)')) as expected (item, name);

-- the verification queries of the document
reset search_path;
select is(
    (select array_agg(table_name::text order by table_name) from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'),
    array['assets', 'brand_kits', 'generation_jobs', 'platform_connections', 'subscriptions', 'users'],
    'A2-169 six base tables');
select is_empty(
    $$select tablename from pg_tables where schemaname = 'public' and not rowsecurity$$,
    'A2-170 row level security everywhere');
select ok(
    (select array_agg(indexname::text) from pg_indexes where schemaname = 'public')
        @> array['users_pkey', 'users_email_key', 'idx_brand_kits_one_active', 'idx_generation_jobs_user_created',
            'platform_connections_user_id_platform_key', 'subscriptions_user_id_key'],
    'A2-171 the index list');
select ok(
    (select array_agg(routine_name::text) from information_schema.routines
     where routine_schema = 'public' and routine_type = 'FUNCTION')
        @> array['increment_user_usage', 'reset_monthly_usage', 'update_updated_at_column'],
    'A2-172 the functions');
select ok(
    (select array_agg(trigger_name::text) from information_schema.triggers where trigger_schema = 'public')
        @> array['update_users_updated_at', 'update_brand_kits_updated_at'],
    'A2-173 the triggers');

-- what every foundation keeps to, and no view beside the policies
select is_empty(
    $$select c.oid::regclass from pg_class as c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')$$,
    'Sx-C5 no view stands beside the policies');
select is(
    (select count(*) from pg_publication_tables
    where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'generation_jobs'), 1::bigint,
    'A2-168 A2-186 jobs are published');
select is((select relreplident from pg_class where oid = 'public.generation_jobs'::regclass), 'f'::"char",
    'S2-13 with their old rows');

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
select set_eq('select * from rights', $$values
    ('service_role', 'private.plans', 'select; insert; update; delete'),
    ('service_role', 'private.stripe_events', 'select; insert; update'),
    ('anon', 'public.assets', 'select (id, asset_type, width, height, format, cdn_url, shareable_url, is_public, viral_score, created_at, expires_at)'),
    ('authenticated', 'public.assets', 'select (id, user_id, job_id, brand_kit_id, asset_type, width, height, format, cdn_url, shareable_url, is_public, viral_score, viral_suggestions, created_at, updated_at, expires_at); update (is_public); delete'),
    ('service_role', 'public.assets', 'select; insert; update; delete'),
    ('authenticated', 'public.brand_kits', 'select; insert (user_id, name, is_active, primary_colors, accent_colors, fonts, logo_url, tone, style_reference, extracted_from); update (name, is_active, primary_colors, accent_colors, fonts, logo_url, tone, style_reference, extracted_from); delete'),
    ('service_role', 'public.brand_kits', 'select; insert; update; delete'),
    ('authenticated', 'public.generation_jobs', 'select; insert (user_id, parent_job_id, job_type, asset_type, custom_prompt, brand_kit_id, platform_context, total_assets); update (custom_prompt)'),
    ('service_role', 'public.generation_jobs', 'select; insert; update; delete'),
    ('authenticated', 'public.platform_connections', 'select (id, user_id, platform, platform_user_id, platform_username, token_expires_at, cached_metadata, metadata_updated_at, is_active, created_at, updated_at); update (is_active); delete'),
    ('service_role', 'public.platform_connections', 'select; insert; update; delete'),
    ('authenticated', 'public.subscriptions', 'select'),
    ('service_role', 'public.subscriptions', 'select; insert; update; delete'),
    ('authenticated', 'public.users', 'select (id, email, email_verified, display_name, avatar_url, subscription_tier, subscription_status, assets_generated_this_month, stripe_customer_id, created_at, updated_at); update (display_name, avatar_url)'),
    ('service_role', 'public.users', 'select; insert; update; delete'),
    ('authenticated', 'functions of private', 'are_hex_colors, refuse_row, users_holds'),
    ('service_role', 'functions of private', 'are_hex_colors, refuse_row, settle_stripe_event, subscription_status, subscriptions_holds, users_holds'),
    ('authenticated', 'functions of public', 'activate_brand_kit, asset_generation, cancel_generation_job'),
    ('service_role', 'functions of public', 'apply_stripe_event, claim_generation_jobs, increment_user_usage, platform_tokens, reset_monthly_usage, save_platform_connection, take_storage_purges')$$,
    'Sx-C2 Sx-C4 what each API role holds, and nothing else');

select * from finish();
rollback;

-- The schema as promised, compared with the catalogue: one row of data for each item of the acceptance list.
-- Where an item was resolved differently from its first wording, what decided it stands beside its id.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

select ok(c.relrowsecurity, item || ' table ' || name || ' with row level security')
from (values
    ('A3-001', 'profiles'),
    ('A3-027', 'heroes'),
    ('A3-048', 'projects'),
    ('A3-081', 'pages'),
    ('A3-097', 'page_versions'),
    ('A3-122', 'jobs'),
    ('A3-148', 'job_items'),
    ('A3-166', 'assets'),
    ('A3-190', 'blot_transactions'),
    ('A3-210', 'global_config')
) as expected (item, name)
left join pg_class as c on c.oid = to_regclass('public.' || name);

-- so that definitions name every schema
set local search_path = extensions;
select is(
    (select format('%s, not null %s, default %s', format_type(a.atttypid, a.atttypmod), a.attnotnull,
        coalesce(pg_get_expr(d.adbin, d.adrelid), 'none'))
    from pg_attribute as a
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = to_regclass('public.' || tab) and a.attname = col),
    format('%s, not null %s, default %s', type, required, coalesce(standard, 'none')),
    item || ' column ' || tab || '.' || col)
from (values
    ('A3-002', 'profiles', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A3-003', 'profiles', 'owner_id', 'uuid', true, null),
    ('A3-004', 'profiles', 'plan', 'text', true, '''free''::text'),
    ('A3-005', 'profiles', 'plan_blots', 'integer', true, '50'),
    ('A3-006', 'profiles', 'blots', 'integer', true, '75'),
    ('A3-007', 'profiles', 'commercial_projects_used', 'integer', true, '0'),
    ('A3-008', 'profiles', 'blots_reset_at', 'timestamp with time zone', false, null),
    ('A3-009', 'profiles', 'stripe_customer_id', 'text', false, null),
    ('A3-010', 'profiles', 'stripe_subscription_id', 'text', false, null),
    ('A3-011', 'profiles', 'stripe_price_id', 'text', false, null),
    ('A3-012', 'profiles', 'payment_failed_at', 'timestamp with time zone', false, null),
    ('A3-013', 'profiles', 'storage_used_bytes', 'bigint', true, '0'),
    ('A3-014', 'profiles', 'storage_limit_bytes', 'bigint', true, '''26843545600''::bigint'),
    ('A3-015', 'profiles', 'disabled_at', 'timestamp with time zone', false, null),
    ('A3-016', 'profiles', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A3-017', 'profiles', 'updated_at', 'timestamp with time zone', true, 'now()'),
    ('A3-028', 'heroes', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A3-029', 'heroes', 'owner_id', 'uuid', true, null),
    ('A3-030', 'heroes', 'name', 'text', true, null),
    ('A3-031', 'heroes', 'description', 'text', true, null),
    ('A3-032', 'heroes', 'audience', 'text', true, null),
    ('A3-033', 'heroes', 'compiled_prompt', 'text', true, null),
    ('A3-034', 'heroes', 'negative_prompt', 'text', false, null),
    ('A3-035', 'heroes', 'reference_key', 'text', true, null),
    ('A3-036', 'heroes', 'thumbnail_key', 'text', false, null),
    ('A3-037', 'heroes', 'style_preset', 'text', false, null),
    ('A3-038', 'heroes', 'times_used', 'integer', true, '0'),
    ('A3-039', 'heroes', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A3-040', 'heroes', 'updated_at', 'timestamp with time zone', true, 'now()'),
    ('A3-041', 'heroes', 'deleted_at', 'timestamp with time zone', false, null),
    ('A3-049', 'projects', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A3-050', 'projects', 'owner_id', 'uuid', true, null),
    ('A3-051', 'projects', 'hero_id', 'uuid', false, null),
    ('A3-052', 'projects', 'name', 'text', true, null),
    ('A3-053', 'projects', 'description', 'text', false, null),
    ('A3-054', 'projects', 'page_count', 'integer', true, null),
    ('A3-055', 'projects', 'trim_size', 'text', true, '''8.5x11''::text'),
    ('A3-056', 'projects', 'audience', 'text', true, null),
    ('A3-057', 'projects', 'style_preset', 'text', true, null),
    ('A3-058', 'projects', 'line_weight', 'text', true, null),
    ('A3-059', 'projects', 'complexity', 'text', true, null),
    ('A3-060', 'projects', 'style_anchor_key', 'text', false, null),
    ('A3-061', 'projects', 'style_anchor_description', 'text', false, null),
    ('A3-062', 'projects', 'status', 'text', true, '''draft''::text'),
    ('A3-063', 'projects', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A3-064', 'projects', 'updated_at', 'timestamp with time zone', true, 'now()'),
    ('A3-065', 'projects', 'deleted_at', 'timestamp with time zone', false, null),
    ('A3-082', 'pages', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A3-083', 'pages', 'project_id', 'uuid', true, null),
    ('A3-084', 'pages', 'sort_order', 'integer', true, null),
    ('A3-085', 'pages', 'page_type', 'text', true, '''illustration''::text'),
    ('A3-086', 'pages', 'current_version', 'integer', true, '1'),
    ('A3-087', 'pages', 'scene_brief', 'text', false, null),
    ('A3-088', 'pages', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A3-089', 'pages', 'updated_at', 'timestamp with time zone', true, 'now()'),
    ('A3-098', 'page_versions', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A3-099', 'page_versions', 'page_id', 'uuid', true, null),
    ('A3-100', 'page_versions', 'version', 'integer', true, null),
    ('A3-101', 'page_versions', 'asset_key', 'text', true, null),
    ('A3-102', 'page_versions', 'thumbnail_key', 'text', false, null),
    ('A3-103', 'page_versions', 'compiled_prompt', 'text', true, null),
    ('A3-104', 'page_versions', 'negative_prompt', 'text', false, null),
    ('A3-105', 'page_versions', 'seed', 'text', false, null),
    ('A3-106', 'page_versions', 'compiler_snapshot', 'jsonb', false, null),
    ('A3-107', 'page_versions', 'quality_score', 'real', false, null),
    ('A3-108', 'page_versions', 'quality_status', 'text', false, null),
    ('A3-109', 'page_versions', 'edit_type', 'text', false, null),
    ('A3-110', 'page_versions', 'edit_prompt', 'text', false, null),
    ('A3-111', 'page_versions', 'edit_mask_key', 'text', false, null),
    ('A3-112', 'page_versions', 'blots_spent', 'integer', true, '0'),
    ('A3-113', 'page_versions', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A3-123', 'jobs', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A3-124 C29', 'jobs', 'owner_id', 'uuid', false, null),
    ('A3-125', 'jobs', 'project_id', 'uuid', false, null),
    ('A3-126', 'jobs', 'type', 'public.job_type', true, null),
    ('A3-127', 'jobs', 'status', 'public.job_status', true, '''pending''::public.job_status'),
    ('A3-128', 'jobs', 'total_items', 'integer', true, '0'),
    ('A3-129', 'jobs', 'completed_items', 'integer', true, '0'),
    ('A3-130', 'jobs', 'failed_items', 'integer', true, '0'),
    ('A3-131', 'jobs', 'blots_reserved', 'integer', true, '0'),
    ('A3-132', 'jobs', 'blots_spent', 'integer', true, '0'),
    ('A3-133', 'jobs', 'blots_refunded', 'integer', true, '0'),
    ('A3-134', 'jobs', 'error_message', 'text', false, null),
    ('A3-135', 'jobs', 'error_code', 'text', false, null),
    ('A3-136', 'jobs', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A3-137', 'jobs', 'started_at', 'timestamp with time zone', false, null),
    ('A3-138', 'jobs', 'completed_at', 'timestamp with time zone', false, null),
    ('A3-149', 'job_items', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A3-150', 'job_items', 'job_id', 'uuid', true, null),
    ('A3-151', 'job_items', 'page_id', 'uuid', false, null),
    ('A3-152', 'job_items', 'status', 'public.job_item_status', true, '''pending''::public.job_item_status'),
    ('A3-153', 'job_items', 'retry_count', 'integer', true, '0'),
    ('A3-154', 'job_items', 'asset_key', 'text', false, null),
    ('A3-155', 'job_items', 'error_message', 'text', false, null),
    ('A3-156', 'job_items', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A3-157', 'job_items', 'started_at', 'timestamp with time zone', false, null),
    ('A3-158', 'job_items', 'completed_at', 'timestamp with time zone', false, null),
    ('A3-167', 'assets', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A3-168', 'assets', 'owner_id', 'uuid', true, null),
    ('A3-169', 'assets', 'type', 'text', true, null),
    ('A3-170', 'assets', 'r2_key', 'text', true, null),
    ('A3-171', 'assets', 'size_bytes', 'bigint', true, null),
    ('A3-172', 'assets', 'content_type', 'text', false, null),
    ('A3-173', 'assets', 'project_id', 'uuid', false, null),
    ('A3-174', 'assets', 'hero_id', 'uuid', false, null),
    ('A3-175', 'assets', 'page_id', 'uuid', false, null),
    ('A3-176', 'assets', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A3-191', 'blot_transactions', 'id', 'uuid', true, 'gen_random_uuid()'),
    ('A3-192 C29', 'blot_transactions', 'owner_id', 'uuid', false, null),
    ('A3-193', 'blot_transactions', 'type', 'text', true, null),
    ('A3-194', 'blot_transactions', 'subscription_delta', 'integer', true, '0'),
    ('A3-195', 'blot_transactions', 'pack_delta', 'integer', true, '0'),
    ('A3-196', 'blot_transactions', 'description', 'text', false, null),
    ('A3-197', 'blot_transactions', 'job_id', 'uuid', false, null),
    ('A3-198', 'blot_transactions', 'stripe_session_id', 'text', false, null),
    ('A3-199', 'blot_transactions', 'stripe_invoice_id', 'text', false, null),
    ('A3-200', 'blot_transactions', 'pack_id', 'text', false, null),
    ('A3-201', 'blot_transactions', 'created_at', 'timestamp with time zone', true, 'now()'),
    ('A3-211', 'global_config', 'key', 'text', true, null),
    ('A3-212', 'global_config', 'value', 'jsonb', true, null),
    ('A3-213', 'global_config', 'description', 'text', false, null),
    ('A3-214', 'global_config', 'updated_at', 'timestamp with time zone', true, 'now()'),
    ('S3-6 C1', 'profiles', 'pack_blots', 'integer', true, '0'),
    ('S3-17 C26', 'global_config', 'is_public', 'boolean', true, 'false'),
    ('A3-231', 'profiles', 'billing_interval', 'text', true, '''monthly''::text'),
    ('S3-13', 'pages', 'owner_id', 'uuid', true, null),
    ('S3-13', 'page_versions', 'owner_id', 'uuid', true, null)
) as expected (item, tab, col, type, required, standard);

select is(
    (select string_agg(attname || case when attnotnull then '' else '?' end, ', ' order by attnum) from pg_attribute
    where attrelid = to_regclass('private.' || tab) and attnum > 0 and not attisdropped),
    columns, item || ' columns of private.' || tab || ', with ? what may be missing')
from (values
    ('A3-234', 'job_costs', 'type, blots_per_item, transaction_type?'),
    ('S3-11', 'storage_purges', 'r2_key, queued_at'),
    ('A3-253', 'blot_months', 'owner_id, began_at, stripe_invoice_id?, given'),
    ('S3-5', 'stripe_events', 'id, type, created_at, stripe_subscription_id?, subscription_created_at?, owner_id?, says?, outcome, received_at')
) as expected (item, tab, columns);

select ok(exists (
        select from pg_constraint
        where conrelid = to_regclass('public.' || tab) and pg_get_constraintdef(oid) = definition),
    item || ' constraint of ' || tab || ': ' || definition)
from (values
    ('S3-4 S3-6 C1', 'profiles', 'CHECK (private.profiles_holds(plan_blots, blots, pack_blots, commercial_projects_used, stripe_customer_id, stripe_subscription_id, storage_used_bytes, storage_limit_bytes))'),
    ('S3-6', 'blot_transactions', 'CHECK (private.blot_transactions_holds(stripe_session_id, stripe_invoice_id))'),
    ('S3-11', 'assets', 'CHECK ((size_bytes >= 0))'),
    ('S3-22', 'page_versions', 'CHECK (((quality_score >= (0)::double precision) AND (quality_score <= (1)::double precision)))'),
    ('S3-22', 'page_versions', 'CHECK ((version >= 1))'),
    ('S3-22', 'page_versions', 'CHECK ((blots_spent >= 0))'),
    ('S3-14', 'jobs', 'CHECK ((blots_reserved >= 0))'),
    ('A3-018', 'profiles', 'CHECK ((plan = ANY (''{free,creator,studio}''::text[])))'),
    ('A3-019', 'profiles', 'FOREIGN KEY (owner_id) REFERENCES auth.users(id) ON DELETE CASCADE'),
    ('A3-020', 'profiles', 'PRIMARY KEY (id)'),
    ('A3-021', 'profiles', 'UNIQUE (owner_id)'),
    ('A3-042', 'heroes', 'CHECK ((audience = ANY (ARRAY[''toddler''::text, ''children''::text, ''tween''::text, ''teen''::text, ''adult''::text])))'),
    ('A3-043', 'heroes', 'FOREIGN KEY (owner_id) REFERENCES auth.users(id) ON DELETE CASCADE'),
    ('A3-044', 'heroes', 'PRIMARY KEY (id)'),
    ('A3-066', 'projects', 'CHECK ((audience = ANY (ARRAY[''toddler''::text, ''children''::text, ''tween''::text, ''teen''::text, ''adult''::text])))'),
    ('A3-067', 'projects', 'CHECK ((complexity = ANY (ARRAY[''minimal''::text, ''moderate''::text, ''detailed''::text, ''intricate''::text])))'),
    ('A3-068', 'projects', 'CHECK ((line_weight = ANY (ARRAY[''thick''::text, ''medium''::text, ''fine''::text])))'),
    ('A3-069', 'projects', 'CHECK (((page_count >= 1) AND (page_count <= 45)))'),
    ('A3-070', 'projects', 'CHECK ((status = ANY (ARRAY[''draft''::text, ''calibrating''::text, ''generating''::text, ''ready''::text, ''exported''::text])))'),
    ('A3-071', 'projects', 'CHECK ((style_preset = ANY (ARRAY[''bold-simple''::text, ''kawaii''::text, ''whimsical''::text, ''cartoon''::text, ''botanical''::text])))'),
    ('A3-072', 'projects', 'CHECK ((trim_size = ANY (ARRAY[''8.5x11''::text, ''8.5x8.5''::text, ''6x9''::text])))'),
    ('A3-073 S3-13', 'projects', 'FOREIGN KEY (hero_id, owner_id) REFERENCES public.heroes(id, owner_id) ON DELETE SET NULL (hero_id)'),
    ('A3-074', 'projects', 'FOREIGN KEY (owner_id) REFERENCES auth.users(id) ON DELETE CASCADE'),
    ('A3-075', 'projects', 'PRIMARY KEY (id)'),
    ('A3-090', 'pages', 'CHECK ((page_type = ANY (ARRAY[''illustration''::text, ''text-focus''::text, ''pattern''::text, ''educational''::text])))'),
    ('A3-091 S3-13', 'pages', 'FOREIGN KEY (project_id, owner_id) REFERENCES public.projects(id, owner_id) ON DELETE CASCADE'),
    ('A3-092', 'pages', 'PRIMARY KEY (id)'),
    ('A3-093 S3-18', 'pages', 'UNIQUE (project_id, sort_order) DEFERRABLE'),
    ('A3-114', 'page_versions', 'CHECK ((edit_type = ANY (ARRAY[''initial''::text, ''regenerate''::text, ''inpaint''::text, ''quick_action''::text])))'),
    ('A3-115', 'page_versions', 'CHECK ((quality_status = ANY (ARRAY[''pass''::text, ''needs_review''::text, ''fail''::text])))'),
    ('A3-116 S3-13', 'page_versions', 'FOREIGN KEY (page_id, owner_id) REFERENCES public.pages(id, owner_id) ON DELETE CASCADE'),
    ('A3-117', 'page_versions', 'PRIMARY KEY (id)'),
    ('A3-118', 'page_versions', 'UNIQUE (page_id, version)'),
    ('A3-139 C29 S3-26', 'jobs', 'FOREIGN KEY (owner_id) REFERENCES auth.users(id) ON DELETE SET NULL'),
    ('A3-140 C29 S3-26 S3-13', 'jobs', 'FOREIGN KEY (project_id, owner_id) REFERENCES public.projects(id, owner_id) ON DELETE SET NULL (project_id)'),
    ('A3-141', 'jobs', 'PRIMARY KEY (id)'),
    ('A3-159', 'job_items', 'FOREIGN KEY (job_id) REFERENCES public.jobs(id) ON DELETE CASCADE'),
    ('A3-160 S3-13 S3-26', 'job_items', 'FOREIGN KEY (page_id, owner_id) REFERENCES public.pages(id, owner_id) ON DELETE SET NULL (page_id)'),
    ('A3-161', 'job_items', 'PRIMARY KEY (id)'),
    ('A3-177', 'assets', 'CHECK ((type = ANY (ARRAY[''page''::text, ''thumbnail''::text, ''hero''::text, ''hero_thumbnail''::text, ''style_anchor''::text, ''export_pdf''::text, ''export_svg''::text])))'),
    ('A3-178 S3-13', 'assets', 'FOREIGN KEY (hero_id, owner_id) REFERENCES public.heroes(id, owner_id) ON DELETE SET NULL (hero_id)'),
    ('A3-179', 'assets', 'FOREIGN KEY (owner_id) REFERENCES auth.users(id) ON DELETE CASCADE'),
    ('A3-180 S3-13', 'assets', 'FOREIGN KEY (page_id, owner_id) REFERENCES public.pages(id, owner_id) ON DELETE SET NULL (page_id)'),
    ('A3-181 S3-13', 'assets', 'FOREIGN KEY (project_id, owner_id) REFERENCES public.projects(id, owner_id) ON DELETE SET NULL (project_id)'),
    ('A3-182', 'assets', 'PRIMARY KEY (id)'),
    ('A3-183', 'assets', 'UNIQUE (r2_key)'),
    ('A3-202 S3-7 C2', 'blot_transactions', 'CHECK ((type = ANY (''{subscription_reset,subscription_upgrade,pack_purchase,generation,edit,hero,calibration,refund,signup_grant}''::text[])))'),
    ('A3-203', 'blot_transactions', 'FOREIGN KEY (job_id) REFERENCES public.jobs(id) ON DELETE SET NULL'),
    ('A3-204 C29', 'blot_transactions', 'FOREIGN KEY (owner_id) REFERENCES auth.users(id) ON DELETE SET NULL'),
    ('A3-205', 'blot_transactions', 'PRIMARY KEY (id)'),
    ('A3-215', 'global_config', 'PRIMARY KEY (key)')
) as expected (item, tab, definition);

select is(
    (select regexp_replace(pg_get_indexdef(indexrelid), '^.* USING ', '')
    from pg_index where indexrelid = to_regclass('public.' || name) and indrelid = to_regclass('public.' || tab)),
    definition, item || ' index ' || name)
from (values
    ('A3-022 Sx-C9 S3-21', 'profiles_owner_idx', 'profiles', 'btree (owner_id)'),
    ('A3-023 S3-28', 'profiles_stripe_customer_idx', 'profiles', 'btree (stripe_customer_id)'),
    ('A3-024', 'profiles_plan_idx', 'profiles', 'btree (plan)'),
    ('A3-045', 'heroes_owner_idx', 'heroes', 'btree (owner_id) WHERE (deleted_at IS NULL)'),
    ('A3-046', 'heroes_audience_idx', 'heroes', 'btree (audience)'),
    ('A3-076', 'projects_owner_idx', 'projects', 'btree (owner_id) WHERE (deleted_at IS NULL)'),
    ('A3-077', 'projects_owner_status_idx', 'projects', 'btree (owner_id, status) WHERE (deleted_at IS NULL)'),
    ('A3-078', 'projects_hero_idx', 'projects', 'btree (hero_id)'),
    ('A3-095 Sx-C9 S3-21', 'pages_sort_idx', 'pages', 'btree (project_id, sort_order)'),
    ('A3-120 Sx-C9 S3-21', 'page_versions_page_version_idx', 'page_versions', 'btree (page_id, version)'),
    ('A3-143', 'jobs_owner_status_idx', 'jobs', 'btree (owner_id, status)'),
    ('A3-144', 'jobs_project_idx', 'jobs', 'btree (project_id)'),
    ('A3-145', 'jobs_status_idx', 'jobs', 'btree (status) WHERE (status = ANY (ARRAY[''pending''::public.job_status, ''processing''::public.job_status]))'),
    ('A3-163', 'job_items_status_idx', 'job_items', 'btree (job_id, status)'),
    ('A3-164', 'job_items_page_idx', 'job_items', 'btree (page_id)'),
    ('A3-184', 'assets_owner_idx', 'assets', 'btree (owner_id)'),
    ('A3-185', 'assets_project_idx', 'assets', 'btree (project_id)'),
    ('A3-186', 'assets_hero_idx', 'assets', 'btree (hero_id)'),
    ('A3-187', 'assets_type_idx', 'assets', 'btree (type)'),
    ('A3-206', 'blot_transactions_owner_idx', 'blot_transactions', 'btree (owner_id)'),
    ('A3-207', 'blot_transactions_created_idx', 'blot_transactions', 'btree (created_at DESC)'),
    ('A3-208', 'blot_transactions_type_idx', 'blot_transactions', 'btree (type)')
) as expected (item, name, tab, definition);

-- these would be redundant: a longer one begins with the same column
select ok(
    to_regclass('public.' || name) is null
    and pg_get_indexdef(to_regclass('public.' || instead)) ~ (' ON public.' || tab || ' USING btree \(' || col || ','),
    item || ' ' || instead || ' serves for ' || name)
from (values
    ('A3-094 Sx-C9 S3-21', 'pages_project_idx', 'pages_sort_idx', 'pages', 'project_id'),
    ('A3-119 Sx-C9 S3-21', 'page_versions_page_idx', 'page_versions_page_version_idx', 'page_versions', 'page_id'),
    ('A3-142 Sx-C9 S3-21', 'jobs_owner_idx', 'jobs_owner_status_idx', 'jobs', 'owner_id'),
    ('A3-162 Sx-C9 S3-21', 'job_items_job_idx', 'job_items_status_idx', 'job_items', 'job_id')
) as expected (item, name, instead, tab, col);

select is(
    (select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum as e
    where e.enumtypid = to_regtype('public.' || name)), labels, item || ' enum ' || name)
from (values
    ('A3-226', 'job_item_status', 'pending, processing, completed, failed, skipped'),
    ('A3-227', 'job_status', 'pending, processing, completed, failed, cancelled'),
    ('A3-228', 'job_type', 'generation, export, hero_creation, calibration')
) as expected (item, name, labels);

select is(
    (select format('%s -> %s', pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid))
    from pg_proc as p where p.pronamespace = 'public'::regnamespace and p.proname = name),
    signature, item || ' function ' || name)
from (values
    ('A3-218', 'handle_new_user', ' -> trigger'),
    ('A3-219', 'derive_project_dna', ' -> trigger'),
    ('A3-220', 'update_storage_used', ' -> trigger'),
    ('A3-221', 'get_available_blots', 'user_id uuid -> integer'),
    ('A3-222', 'deduct_blots', 'user_id uuid, amount integer, tx_type text, tx_description text, tx_job_id uuid -> boolean'),
    ('A3-223', 'reset_subscription_blots', 'user_id uuid, new_amount integer, invoice_id text -> void'),
    ('A3-224', 'add_upgrade_blots', 'user_id uuid, blot_difference integer, invoice_id text -> void'),
    ('A3-225', 'refund_blots', 'user_id uuid, amount integer, p_job_id uuid, reason text -> void'),
    ('S3-6', 'add_pack_blots', 'user_id uuid, amount integer, pack_id text, session_id text -> void')
) as expected (item, name, signature);

select is(
    (select regexp_replace(pg_get_triggerdef(t.oid), '^CREATE TRIGGER ', '') from pg_trigger as t where t.tgname = name),
    definition, item || ' trigger ' || name)
from (values
    ('A3-079', 'set_project_dna', 'set_project_dna BEFORE INSERT ON public.projects FOR EACH ROW EXECUTE FUNCTION public.derive_project_dna()'),
    ('A3-188 S3-11', 'track_storage', 'track_storage AFTER INSERT OR DELETE OR UPDATE OF size_bytes, owner_id ON public.assets FOR EACH ROW EXECUTE FUNCTION public.update_storage_used()'),
    ('A3-217 S3-1', 'on_auth_user_created', 'on_auth_user_created AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.handle_new_user()')
) as expected (item, name, definition);

select ok(exists (
        select from pg_trigger as t where t.tgrelid = to_regclass('public.' || tab) and t.tgname = tab || '_updated_at'),
    'S3-15 updated_at of ' || tab)
from unnest(array['profiles', 'projects', 'heroes', 'pages', 'global_config']) as tab;

select is((select value from public.global_config where key = name), wanted::jsonb, item || ' config ' || name)
from (values
    ('A3-254', 'generation_enabled', 'true'),
    ('A3-255', 'export_enabled', 'true'),
    ('A3-256', 'signup_enabled', 'true'),
    ('A3-257', 'maintenance_mode', 'false'),
    ('A3-258', 'rate_limits', '{"generation": 5, "export": 10}'),
    ('A3-259', 'safety_thresholds', '{"toddler": {"violence": 0.05, "sexual": 0.01}, "children": {"violence": 0.10, "sexual": 0.05}, "tween": {"violence": 0.20, "sexual": 0.10}, "teen": {"violence": 0.30, "sexual": 0.15}, "adult": {"violence": 0.50, "sexual": 0.30}}')
) as expected (item, name, wanted);
reset search_path;

-- what every foundation keeps to, and no view beside the policies
select is_empty(
    $$select c.oid::regclass from pg_class as c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')$$,
    'Sx-C5 no view stands beside the policies');

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
    ('service_role', 'private.blot_months', 'select'),
    ('service_role', 'private.job_costs', 'select; insert; update; delete'),
    ('service_role', 'private.stripe_events', 'select; insert; update'),
    ('authenticated', 'public.assets', 'select'),
    ('service_role', 'public.assets', 'select; insert; update; delete'),
    ('authenticated', 'public.blot_transactions', 'select'),
    ('service_role', 'public.blot_transactions', 'select; insert'),
    ('anon', 'public.global_config', 'select (key, value, description, updated_at)'),
    ('authenticated', 'public.global_config', 'select (key, value, description, updated_at)'),
    ('service_role', 'public.global_config', 'select; insert; update; delete'),
    ('authenticated', 'public.heroes', 'select; insert (owner_id, name, description, audience, compiled_prompt, negative_prompt, reference_key, thumbnail_key, style_preset); update (name, description, style_preset)'),
    ('service_role', 'public.heroes', 'select; insert; update; delete'),
    ('authenticated', 'public.job_items', 'select'),
    ('service_role', 'public.job_items', 'select; insert; update; delete'),
    ('authenticated', 'public.jobs', 'select'),
    ('service_role', 'public.jobs', 'select; insert; update; delete'),
    ('authenticated', 'public.page_versions', 'select'),
    ('service_role', 'public.page_versions', 'select; insert'),
    ('authenticated', 'public.pages', 'select; insert (project_id, sort_order, page_type, scene_brief); update (sort_order, page_type, current_version, scene_brief); delete'),
    ('service_role', 'public.pages', 'select; insert; update; delete'),
    ('authenticated', 'public.profiles', 'select'),
    ('service_role', 'public.profiles', 'select; insert; update; delete'),
    ('authenticated', 'public.projects', 'select; insert (owner_id, hero_id, name, description, page_count, trim_size, audience, style_preset); update (hero_id, name, description)'),
    ('service_role', 'public.projects', 'select; insert; update; delete'),
    ('authenticated', 'functions of private', 'active, deleted_projects'),
    ('service_role', 'functions of private', 'blot_transactions_holds, profiles_holds, refuse_row'),
    ('authenticated', 'functions of public', 'cancel_job, create_job, delete_hero, delete_project'),
    ('service_role', 'functions of public', 'add_pack_blots, add_upgrade_blots, apply_stripe_event, claim_jobs, deduct_blots, finish_job, get_available_blots, refund_blots, reset_subscription_blots, take_storage_purges')$$,
    'Sx-C2 Sx-C4 S3-R1 what each API role holds, and nothing else');

select * from finish();
rollback;

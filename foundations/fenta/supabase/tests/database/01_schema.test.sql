-- The schema as promised, compared with the catalogue: one row of data for each item of the acceptance list.
-- Where an item was resolved differently from its first wording, what decided it stands beside its id.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

select ok(c.relrowsecurity, item || ' A4-389 table ' || name || ' with row level security')
from (values
    ('A4-001', 'profiles'),
    ('A4-015', 'orgs'),
    ('A4-032', 'org_members'),
    ('A4-045', 'projects'),
    ('A4-056', 'api_keys'),
    ('A4-073', 'templates'),
    ('A4-094', 'workflows'),
    ('A4-112', 'workflow_versions'),
    ('A4-123', 'assets'),
    ('A4-148', 'asset_versions'),
    ('A4-159', 'jobs'),
    ('A4-192', 'job_logs'),
    ('A4-205', 'renders'),
    ('A4-223', 'schedules'),
    ('A4-240', 'webhooks'),
    ('A4-252', 'webhook_deliveries'),
    ('A4-269', 'usage_records'),
    ('A4-294', 'quota_limits'),
    ('A4-314', 'invoices'),
    ('A4-329', 'credit_packs'),
    ('A4-344', 'integrations'),
    ('A4-358', 'kai_generations')
) as expected (item, name)
left join pg_class as c on c.oid = to_regclass('public.' || name);
select is((select relkind from pg_class where oid = 'public.usage_records'::regclass), 'p'::"char", 'A4-269 usage_records is partitioned');

select is(
    (select format_type(a.atttypid, a.atttypmod) from pg_attribute as a
    where a.attrelid = to_regclass('public.' || tab) and a.attname = col),
    type, item || ' column ' || tab || '.' || col)
from (values
    ('A4-002', 'profiles', 'id', 'uuid'),
    ('A4-003', 'profiles', 'name', 'text'),
    ('A4-004', 'profiles', 'avatar_url', 'text'),
    ('A4-005', 'profiles', 'role', 'text'),
    ('A4-006', 'profiles', 'status', 'text'),
    ('A4-007', 'profiles', 'metadata', 'jsonb'),
    ('A4-008', 'profiles', 'created_at', 'timestamp with time zone'),
    ('A4-009', 'profiles', 'updated_at', 'timestamp with time zone'),
    ('A4-016', 'orgs', 'id', 'uuid'),
    ('A4-017', 'orgs', 'name', 'text'),
    ('A4-018', 'orgs', 'slug', 'text'),
    ('A4-019', 'orgs', 'owner_id', 'uuid'),
    ('A4-020', 'orgs', 'plan', 'text'),
    ('A4-021', 'orgs', 'billing_email', 'text'),
    ('A4-022', 'orgs', 'stripe_customer_id', 'text'),
    ('A4-023', 'orgs', 'settings', 'jsonb'),
    ('A4-024', 'orgs', 'deleted_at', 'timestamp with time zone'),
    ('A4-025', 'orgs', 'created_at', 'timestamp with time zone'),
    ('A4-026', 'orgs', 'updated_at', 'timestamp with time zone'),
    ('A4-033', 'org_members', 'id', 'uuid'),
    ('A4-034', 'org_members', 'org_id', 'uuid'),
    ('A4-035', 'org_members', 'user_id', 'uuid'),
    ('A4-036', 'org_members', 'role', 'text'),
    ('A4-037', 'org_members', 'created_at', 'timestamp with time zone'),
    ('A4-038', 'org_members', 'updated_at', 'timestamp with time zone'),
    ('A4-046', 'projects', 'id', 'uuid'),
    ('A4-047', 'projects', 'org_id', 'uuid'),
    ('A4-048', 'projects', 'name', 'text'),
    ('A4-049', 'projects', 'description', 'text'),
    ('A4-050', 'projects', 'settings', 'jsonb'),
    ('A4-051', 'projects', 'created_at', 'timestamp with time zone'),
    ('A4-052', 'projects', 'updated_at', 'timestamp with time zone'),
    ('A4-057', 'api_keys', 'id', 'uuid'),
    ('A4-058', 'api_keys', 'user_id', 'uuid'),
    ('A4-059', 'api_keys', 'org_id', 'uuid'),
    ('A4-060', 'api_keys', 'name', 'text'),
    ('A4-061', 'api_keys', 'key_hash', 'text'),
    ('A4-062', 'api_keys', 'key_prefix', 'text'),
    ('A4-063', 'api_keys', 'scopes', 'jsonb'),
    ('A4-064', 'api_keys', 'expires_at', 'timestamp with time zone'),
    ('A4-065', 'api_keys', 'revoked_at', 'timestamp with time zone'),
    ('A4-066', 'api_keys', 'created_at', 'timestamp with time zone'),
    ('A4-067', 'api_keys', 'updated_at', 'timestamp with time zone'),
    ('A4-074', 'templates', 'id', 'uuid'),
    ('A4-075', 'templates', 'org_id', 'uuid'),
    ('A4-076', 'templates', 'project_id', 'uuid'),
    ('A4-077', 'templates', 'name', 'text'),
    ('A4-078', 'templates', 'description', 'text'),
    ('A4-079', 'templates', 'aspect', 'text'),
    ('A4-080', 'templates', 'resolution', 'text'),
    ('A4-081', 'templates', 'spec', 'jsonb'),
    ('A4-082', 'templates', 'is_public', 'boolean'),
    ('A4-083', 'templates', 'thumbnail_url', 'text'),
    ('A4-084', 'templates', 'usage_count', 'integer'),
    ('A4-085', 'templates', 'created_at', 'timestamp with time zone'),
    ('A4-086', 'templates', 'updated_at', 'timestamp with time zone'),
    ('A4-095', 'workflows', 'id', 'uuid'),
    ('A4-096', 'workflows', 'org_id', 'uuid'),
    ('A4-097', 'workflows', 'project_id', 'uuid'),
    ('A4-098', 'workflows', 'name', 'text'),
    ('A4-099', 'workflows', 'status', 'text'),
    ('A4-100', 'workflows', 'graph', 'jsonb'),
    ('A4-101', 'workflows', 'variables', 'jsonb'),
    ('A4-102', 'workflows', 'run_count', 'integer'),
    ('A4-103', 'workflows', 'last_run_at', 'timestamp with time zone'),
    ('A4-104', 'workflows', 'created_at', 'timestamp with time zone'),
    ('A4-105', 'workflows', 'updated_at', 'timestamp with time zone'),
    ('A4-113', 'workflow_versions', 'id', 'uuid'),
    ('A4-114', 'workflow_versions', 'workflow_id', 'uuid'),
    ('A4-115', 'workflow_versions', 'version', 'integer'),
    ('A4-116', 'workflow_versions', 'graph', 'jsonb'),
    ('A4-117', 'workflow_versions', 'created_at', 'timestamp with time zone'),
    ('A4-118', 'workflow_versions', 'updated_at', 'timestamp with time zone'),
    ('A4-124', 'assets', 'id', 'uuid'),
    ('A4-125', 'assets', 'org_id', 'uuid'),
    ('A4-126', 'assets', 'project_id', 'uuid'),
    ('A4-127', 'assets', 'type', 'text'),
    ('A4-128', 'assets', 'source', 'text'),
    ('A4-129', 'assets', 'storage_path', 'text'),
    ('A4-130', 'assets', 'url', 'text'),
    ('A4-131', 'assets', 'thumbnail_url', 'text'),
    ('A4-132', 'assets', 'duration_seconds', 'numeric'),
    ('A4-133', 'assets', 'width', 'integer'),
    ('A4-134', 'assets', 'height', 'integer'),
    ('A4-135', 'assets', 'fps', 'numeric'),
    ('A4-136', 'assets', 'metadata', 'jsonb'),
    ('A4-137', 'assets', 'status', 'text'),
    ('A4-138', 'assets', 'created_at', 'timestamp with time zone'),
    ('A4-139', 'assets', 'updated_at', 'timestamp with time zone'),
    ('A4-149', 'asset_versions', 'id', 'uuid'),
    ('A4-150', 'asset_versions', 'asset_id', 'uuid'),
    ('A4-151', 'asset_versions', 'version', 'integer'),
    ('A4-152', 'asset_versions', 'storage_path', 'text'),
    ('A4-153', 'asset_versions', 'created_at', 'timestamp with time zone'),
    ('A4-154', 'asset_versions', 'updated_at', 'timestamp with time zone'),
    ('A4-160', 'jobs', 'id', 'uuid'),
    ('A4-161', 'jobs', 'org_id', 'uuid'),
    ('A4-162', 'jobs', 'project_id', 'uuid'),
    ('A4-163', 'jobs', 'workflow_id', 'uuid'),
    ('A4-164', 'jobs', 'template_id', 'uuid'),
    ('A4-165', 'jobs', 'status', 'text'),
    ('A4-166', 'jobs', 'progress', 'integer'),
    ('A4-167', 'jobs', 'config', 'jsonb'),
    ('A4-168', 'jobs', 'result', 'jsonb'),
    ('A4-169', 'jobs', 'error', 'jsonb'),
    ('A4-170', 'jobs', 'cost_tokens', 'integer'),
    ('A4-171', 'jobs', 'cost_render_seconds', 'numeric'),
    ('A4-172', 'jobs', 'cost_kai_credits', 'numeric'),
    ('A4-173', 'jobs', 'cost_total_usd', 'numeric'),
    ('A4-174', 'jobs', 'queued_at', 'timestamp with time zone'),
    ('A4-175', 'jobs', 'started_at', 'timestamp with time zone'),
    ('A4-176', 'jobs', 'completed_at', 'timestamp with time zone'),
    ('A4-177', 'jobs', 'retry_count', 'integer'),
    ('A4-178', 'jobs', 'parent_job_id', 'uuid'),
    ('A4-179', 'jobs', 'created_at', 'timestamp with time zone'),
    ('A4-180', 'jobs', 'updated_at', 'timestamp with time zone'),
    ('A4-193', 'job_logs', 'id', 'uuid'),
    ('A4-194', 'job_logs', 'job_id', 'uuid'),
    ('A4-195', 'job_logs', 'level', 'text'),
    ('A4-196', 'job_logs', 'stage', 'text'),
    ('A4-197', 'job_logs', 'message', 'text'),
    ('A4-198', 'job_logs', 'data', 'jsonb'),
    ('A4-199', 'job_logs', 'created_at', 'timestamp with time zone'),
    ('A4-200', 'job_logs', 'updated_at', 'timestamp with time zone'),
    ('A4-206', 'renders', 'id', 'uuid'),
    ('A4-207', 'renders', 'job_id', 'uuid'),
    ('A4-208', 'renders', 'video_url', 'text'),
    ('A4-209', 'renders', 'video_storage_path', 'text'),
    ('A4-210', 'renders', 'thumbnail_url', 'text'),
    ('A4-211', 'renders', 'srt_url', 'text'),
    ('A4-212', 'renders', 'duration_seconds', 'numeric'),
    ('A4-213', 'renders', 'resolution', 'text'),
    ('A4-214', 'renders', 'file_size_bytes', 'bigint'),
    ('A4-215', 'renders', 'codec', 'text'),
    ('A4-216', 'renders', 'bitrate_kbps', 'integer'),
    ('A4-217', 'renders', 'fps', 'numeric'),
    ('A4-218', 'renders', 'created_at', 'timestamp with time zone'),
    ('A4-219', 'renders', 'updated_at', 'timestamp with time zone'),
    ('A4-224', 'schedules', 'id', 'uuid'),
    ('A4-225', 'schedules', 'org_id', 'uuid'),
    ('A4-226', 'schedules', 'workflow_id', 'uuid'),
    ('A4-227', 'schedules', 'cron', 'text'),
    ('A4-228', 'schedules', 'timezone', 'text'),
    ('A4-229', 'schedules', 'enabled', 'boolean'),
    ('A4-230', 'schedules', 'last_run_at', 'timestamp with time zone'),
    ('A4-231', 'schedules', 'next_run_at', 'timestamp with time zone'),
    ('A4-232', 'schedules', 'run_count', 'integer'),
    ('A4-233', 'schedules', 'created_at', 'timestamp with time zone'),
    ('A4-234', 'schedules', 'updated_at', 'timestamp with time zone'),
    ('A4-241', 'webhooks', 'id', 'uuid'),
    ('A4-242', 'webhooks', 'org_id', 'uuid'),
    ('A4-243', 'webhooks', 'url', 'text'),
    ('A4-244', 'webhooks', 'events', 'text[]'),
    ('A4-245', 'webhooks', 'secret', 'text'),
    ('A4-246', 'webhooks', 'enabled', 'boolean'),
    ('A4-247', 'webhooks', 'created_at', 'timestamp with time zone'),
    ('A4-248', 'webhooks', 'updated_at', 'timestamp with time zone'),
    ('A4-253', 'webhook_deliveries', 'id', 'uuid'),
    ('A4-254', 'webhook_deliveries', 'webhook_id', 'uuid'),
    ('A4-255', 'webhook_deliveries', 'event', 'text'),
    ('A4-256', 'webhook_deliveries', 'payload', 'jsonb'),
    ('A4-257', 'webhook_deliveries', 'status', 'text'),
    ('A4-258', 'webhook_deliveries', 'http_status', 'integer'),
    ('A4-259', 'webhook_deliveries', 'response_body', 'text'),
    ('A4-260', 'webhook_deliveries', 'attempts', 'integer'),
    ('A4-261', 'webhook_deliveries', 'next_retry_at', 'timestamp with time zone'),
    ('A4-262', 'webhook_deliveries', 'created_at', 'timestamp with time zone'),
    ('A4-263', 'webhook_deliveries', 'updated_at', 'timestamp with time zone'),
    ('A4-270', 'usage_records', 'id', 'uuid'),
    ('A4-271', 'usage_records', 'org_id', 'uuid'),
    ('A4-272', 'usage_records', 'user_id', 'uuid'),
    ('A4-273', 'usage_records', 'job_id', 'uuid'),
    ('A4-274', 'usage_records', 'resource_type', 'text'),
    ('A4-275', 'usage_records', 'llm_tokens_prompt', 'integer'),
    ('A4-276', 'usage_records', 'llm_tokens_output', 'integer'),
    ('A4-277', 'usage_records', 'llm_model', 'text'),
    ('A4-278', 'usage_records', 'kai_credits', 'numeric'),
    ('A4-279', 'usage_records', 'kai_model', 'text'),
    ('A4-280', 'usage_records', 'render_seconds', 'numeric'),
    ('A4-281', 'usage_records', 'render_profile', 'text'),
    ('A4-282', 'usage_records', 'storage_bytes', 'bigint'),
    ('A4-283', 'usage_records', 'cost_usd', 'numeric'),
    ('A4-284', 'usage_records', 'created_at', 'timestamp with time zone'),
    ('A4-285', 'usage_records', 'updated_at', 'timestamp with time zone'),
    ('A4-295', 'quota_limits', 'id', 'uuid'),
    ('A4-296', 'quota_limits', 'org_id', 'uuid'),
    ('A4-297', 'quota_limits', 'tokens_limit', 'bigint'),
    ('A4-298', 'quota_limits', 'render_seconds_limit', 'bigint'),
    ('A4-299', 'quota_limits', 'kai_credits_limit', 'bigint'),
    ('A4-300', 'quota_limits', 'storage_bytes_limit', 'bigint'),
    ('A4-301', 'quota_limits', 'tokens_used', 'bigint'),
    ('A4-302', 'quota_limits', 'render_seconds_used', 'bigint'),
    ('A4-303', 'quota_limits', 'kai_credits_used', 'bigint'),
    ('A4-304', 'quota_limits', 'storage_bytes_used', 'bigint'),
    ('A4-305', 'quota_limits', 'allow_overage', 'boolean'),
    ('A4-306', 'quota_limits', 'overage_cap_usd', 'numeric'),
    ('A4-307', 'quota_limits', 'reset_at', 'timestamp with time zone'),
    ('A4-308', 'quota_limits', 'created_at', 'timestamp with time zone'),
    ('A4-309', 'quota_limits', 'updated_at', 'timestamp with time zone'),
    ('A4-315', 'invoices', 'id', 'uuid'),
    ('A4-316', 'invoices', 'org_id', 'uuid'),
    ('A4-317', 'invoices', 'stripe_invoice_id', 'text'),
    ('A4-318', 'invoices', 'amount_usd', 'numeric'),
    ('A4-319', 'invoices', 'status', 'text'),
    ('A4-320', 'invoices', 'period_start', 'timestamp with time zone'),
    ('A4-321', 'invoices', 'period_end', 'timestamp with time zone'),
    ('A4-322', 'invoices', 'line_items', 'jsonb'),
    ('A4-323', 'invoices', 'created_at', 'timestamp with time zone'),
    ('A4-324', 'invoices', 'updated_at', 'timestamp with time zone'),
    ('A4-330', 'credit_packs', 'id', 'uuid'),
    ('A4-331', 'credit_packs', 'org_id', 'uuid'),
    ('A4-332', 'credit_packs', 'pack_type', 'text'),
    ('A4-333', 'credit_packs', 'credits_purchased', 'integer'),
    ('A4-334', 'credit_packs', 'credits_remaining', 'integer'),
    ('A4-335', 'credit_packs', 'price_usd', 'numeric'),
    ('A4-336', 'credit_packs', 'stripe_payment_id', 'text'),
    ('A4-337', 'credit_packs', 'expires_at', 'timestamp with time zone'),
    ('A4-338', 'credit_packs', 'created_at', 'timestamp with time zone'),
    ('A4-339', 'credit_packs', 'updated_at', 'timestamp with time zone'),
    ('A4-345', 'integrations', 'id', 'uuid'),
    ('A4-346', 'integrations', 'org_id', 'uuid'),
    ('A4-347', 'integrations', 'provider', 'text'),
    ('A4-348', 'integrations', 'status', 'text'),
    ('A4-349', 'integrations', 'credentials', 'jsonb'),
    ('A4-350', 'integrations', 'config', 'jsonb'),
    ('A4-351', 'integrations', 'created_at', 'timestamp with time zone'),
    ('A4-352', 'integrations', 'updated_at', 'timestamp with time zone'),
    ('A4-359', 'kai_generations', 'id', 'uuid'),
    ('A4-360', 'kai_generations', 'org_id', 'uuid'),
    ('A4-361', 'kai_generations', 'job_id', 'uuid'),
    ('A4-362', 'kai_generations', 'type', 'text'),
    ('A4-363', 'kai_generations', 'model', 'text'),
    ('A4-364', 'kai_generations', 'prompt', 'text'),
    ('A4-365', 'kai_generations', 'params', 'jsonb'),
    ('A4-366', 'kai_generations', 'status', 'text'),
    ('A4-367', 'kai_generations', 'result_asset_ids', 'uuid[]'),
    ('A4-368', 'kai_generations', 'credits_used', 'numeric'),
    ('A4-369', 'kai_generations', 'cost_usd', 'numeric'),
    ('A4-370', 'kai_generations', 'external_task_id', 'text'),
    ('A4-371', 'kai_generations', 'created_at', 'timestamp with time zone'),
    ('A4-372', 'kai_generations', 'updated_at', 'timestamp with time zone'),
    ('S4-18 C6 A4-387', 'projects', 'deleted_at', 'timestamp with time zone'),
    ('S4-18 C6 A4-387', 'templates', 'deleted_at', 'timestamp with time zone'),
    ('S4-18 C6 A4-387', 'workflows', 'deleted_at', 'timestamp with time zone'),
    ('S4-18 C6 A4-387', 'assets', 'deleted_at', 'timestamp with time zone'),
    ('S4-23 C7 A4-415', 'asset_versions', 'metadata', 'jsonb')
) as expected (item, tab, col, type);
select ok(exists (select from pg_attribute where attrelid = to_regclass('public.' || tab) and attname = col and atttypid = 'jsonb'::regtype),
    'A4-388 ' || tab || '.' || col)
from (values ('templates', 'spec'), ('workflows', 'graph'), ('assets', 'metadata'), ('jobs', 'config')) as json (tab, col);
select is_empty($$
    select c.relname from pg_class as c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and (select count(*) from pg_attribute as a join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = c.oid and a.attname in ('created_at', 'updated_at') and a.attnotnull
                and a.atttypid = 'timestamptz'::regtype and pg_get_expr(d.adbin, d.adrelid) = 'now()') <> 2$$,
    'A4-386 C5 created_at and updated_at on every table');

-- so that definitions name every schema
set local search_path = extensions;
select is(
    (select string_agg(a.attname || case when a.attnotnull then '' else '?' end || coalesce(' = ' || pg_get_expr(d.adbin, d.adrelid), ''), ', ' order by a.attnum)
    from pg_attribute as a left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = to_regclass(tab) and a.attnum > 0 and not a.attisdropped),
    columns, 'S4-28 what may be missing in ' || tab || ' (?), and what it is then')
from (values
    ('private.plans', 'plan, tokens_limit?, render_seconds_limit?, kai_credits_limit?, storage_bytes_limit?'),
    ('private.overage_prices', 'resource, usd_per_unit'),
    ('private.quota_calls', 'org_id, idempotency_key, created_at = now()'),
    ('private.stripe_events', 'id, type, created_at, stripe_subscription_id?, subscription_created_at?, org_id?, says?, outcome = ''ignored''::text, received_at = now()'),
    ('public.profiles', 'id, name?, avatar_url?, role = ''user''::text, status = ''active''::text, metadata = ''{}''::jsonb, created_at = now(), updated_at = now()'),
    ('public.orgs', 'id = gen_random_uuid(), name, slug, owner_id?, plan = ''free''::text, billing_email?, stripe_customer_id?, settings = ''{}''::jsonb, created_at = now(), updated_at = now(), deleted_at?'),
    ('public.org_members', 'id = gen_random_uuid(), org_id, user_id, role = ''viewer''::text, created_at = now(), updated_at = now()'),
    ('public.projects', 'id = gen_random_uuid(), org_id, name, description?, settings = ''{}''::jsonb, created_at = now(), updated_at = now(), deleted_at?'),
    ('public.api_keys', 'id = gen_random_uuid(), user_id, org_id, name, key_hash, key_prefix?, scopes = ''["read"]''::jsonb, expires_at?, revoked_at?, created_at = now(), updated_at = now()'),
    ('public.templates', 'id = gen_random_uuid(), org_id, project_id?, name, description?, aspect = ''9:16''::text, resolution?, spec = ''{}''::jsonb, is_public = false, thumbnail_url?, usage_count = 0, created_at = now(), updated_at = now(), deleted_at?'),
    ('public.workflows', 'id = gen_random_uuid(), org_id, project_id?, name, status = ''draft''::text, graph = ''{"edges": [], "nodes": []}''::jsonb, variables = ''{}''::jsonb, run_count = 0, last_run_at?, created_at = now(), updated_at = now(), deleted_at?'),
    ('public.workflow_versions', 'id = gen_random_uuid(), workflow_id, org_id, version, graph, created_at = now(), updated_at = now()'),
    ('public.assets', 'id = gen_random_uuid(), org_id, project_id?, type, source = ''upload''::text, storage_path?, url?, thumbnail_url?, duration_seconds?, width?, height?, fps?, metadata = ''{}''::jsonb, status = ''processing''::text, created_at = now(), updated_at = now(), deleted_at?'),
    ('public.asset_versions', 'id = gen_random_uuid(), asset_id, org_id, version, storage_path, metadata = ''{}''::jsonb, created_at = now(), updated_at = now()'),
    ('public.jobs', 'id = gen_random_uuid(), org_id, project_id?, workflow_id?, template_id?, status = ''queued''::text, progress = 0, config = ''{}''::jsonb, result?, error?, cost_tokens = 0, cost_render_seconds = 0, cost_kai_credits = 0, cost_total_usd = 0, queued_at = now(), started_at?, completed_at?, retry_count = 0, parent_job_id?, created_at = now(), updated_at = now()'),
    ('public.job_logs', 'id = gen_random_uuid(), job_id, org_id, level = ''info''::text, stage?, message, data?, created_at = now(), updated_at = now()'),
    ('public.renders', 'id = gen_random_uuid(), job_id, org_id, video_url?, video_storage_path?, thumbnail_url?, srt_url?, duration_seconds?, resolution?, file_size_bytes?, codec?, bitrate_kbps?, fps?, created_at = now(), updated_at = now()'),
    ('public.schedules', 'id = gen_random_uuid(), org_id, workflow_id, cron, timezone = ''UTC''::text, enabled = true, last_run_at?, next_run_at?, run_count = 0, created_at = now(), updated_at = now()'),
    ('public.webhooks', 'id = gen_random_uuid(), org_id, url, events, secret, enabled = true, created_at = now(), updated_at = now()'),
    ('public.webhook_deliveries', 'id = gen_random_uuid(), webhook_id, org_id, event, payload, status = ''pending''::text, http_status?, response_body?, attempts = 0, next_retry_at? = now(), created_at = now(), updated_at = now()'),
    ('public.usage_records', 'id = gen_random_uuid(), org_id, user_id?, job_id?, resource_type, llm_tokens_prompt?, llm_tokens_output?, llm_model?, kai_credits?, kai_model?, render_seconds?, render_profile?, storage_bytes?, cost_usd?, created_at = now(), updated_at = now()'),
    ('public.quota_limits', 'id = gen_random_uuid(), org_id, tokens_limit?, render_seconds_limit?, kai_credits_limit?, storage_bytes_limit?, tokens_used = 0, render_seconds_used = 0, kai_credits_used = 0, storage_bytes_used = 0, allow_overage = false, overage_cap_usd?, overage_usd_used = 0, reset_at = (now() + ''1 mon''::interval), created_at = now(), updated_at = now()'),
    ('public.invoices', 'id = gen_random_uuid(), org_id, stripe_invoice_id?, amount_usd, status = ''draft''::text, period_start?, period_end?, line_items = ''[]''::jsonb, created_at = now(), updated_at = now()'),
    ('public.credit_packs', 'id = gen_random_uuid(), org_id, pack_type, credits_purchased, credits_remaining, price_usd?, stripe_payment_id?, expires_at?, created_at = now(), updated_at = now()'),
    ('public.integrations', 'id = gen_random_uuid(), org_id, provider, status = ''active''::text, credentials?, config = ''{}''::jsonb, created_at = now(), updated_at = now()'),
    ('public.kai_generations', 'id = gen_random_uuid(), org_id, job_id?, type, model?, prompt?, params = ''{}''::jsonb, status = ''queued''::text, result_asset_ids = ''{}''::uuid[], credits_used = 0, cost_usd = 0, external_task_id?, created_at = now(), updated_at = now()')
) as expected (tab, columns);
select ok(exists (
        select from pg_constraint
        where conrelid = to_regclass('public.' || tab) and pg_get_constraintdef(oid) = definition),
    item || ' constraint of ' || tab || ': ' || definition)
from (values
    ('S4-8', 'api_keys', 'UNIQUE (key_hash)'),
    ('S4-28', 'credit_packs', 'CHECK (((credits_remaining >= 0) AND (credits_remaining <= credits_purchased)))'),
    ('S4-28', 'invoices', 'UNIQUE (stripe_invoice_id)'),
    ('S4-28', 'credit_packs', 'UNIQUE (stripe_payment_id)'),
    ('S4-28', 'quota_limits', 'CHECK (private.quota_limits_holds(tokens_limit, render_seconds_limit, kai_credits_limit, storage_bytes_limit, tokens_used, render_seconds_used, kai_credits_used, storage_bytes_used, overage_cap_usd, overage_usd_used))'),
    ('S4-8', 'api_keys', 'FOREIGN KEY (org_id, user_id) REFERENCES public.org_members(org_id, user_id) ON DELETE CASCADE'),
    ('A4-010', 'profiles', 'CHECK ((role = ANY (ARRAY[''user''::text, ''admin''::text])))'),
    ('A4-011', 'profiles', 'CHECK ((status = ANY (ARRAY[''active''::text, ''suspended''::text])))'),
    ('A4-012 S4-29', 'profiles', 'FOREIGN KEY (id) REFERENCES auth.users(id) ON DELETE CASCADE'),
    ('A4-013', 'profiles', 'PRIMARY KEY (id)'),
    ('A4-027', 'orgs', 'CHECK ((plan = ANY (ARRAY[''free''::text, ''starter''::text, ''pro''::text, ''enterprise''::text])))'),
    ('A4-028 S4-29', 'orgs', 'FOREIGN KEY (owner_id) REFERENCES public.profiles(id) ON DELETE SET NULL'),
    ('A4-029', 'orgs', 'PRIMARY KEY (id)'),
    ('A4-030', 'orgs', 'UNIQUE (slug)'),
    ('A4-039', 'org_members', 'CHECK ((role = ANY (ARRAY[''owner''::text, ''admin''::text, ''editor''::text, ''viewer''::text])))'),
    ('A4-040', 'org_members', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-041', 'org_members', 'FOREIGN KEY (user_id) REFERENCES public.profiles(id) ON DELETE CASCADE'),
    ('A4-042', 'org_members', 'PRIMARY KEY (id)'),
    ('A4-043', 'org_members', 'UNIQUE (org_id, user_id)'),
    ('A4-053', 'projects', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-054', 'projects', 'PRIMARY KEY (id)'),
    ('A4-068', 'api_keys', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-069', 'api_keys', 'FOREIGN KEY (user_id) REFERENCES public.profiles(id) ON DELETE CASCADE'),
    ('A4-070', 'api_keys', 'PRIMARY KEY (id)'),
    ('A4-087', 'templates', 'CHECK ((aspect = ANY (ARRAY[''9:16''::text, ''16:9''::text, ''1:1''::text])))'),
    ('A4-088', 'templates', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-089 S4-20', 'templates', 'FOREIGN KEY (project_id, org_id) REFERENCES public.projects(id, org_id) ON DELETE SET NULL (project_id)'),
    ('A4-090', 'templates', 'PRIMARY KEY (id)'),
    ('A4-106', 'workflows', 'CHECK ((status = ANY (ARRAY[''draft''::text, ''confirmed''::text, ''production''::text, ''archived''::text])))'),
    ('A4-107', 'workflows', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-108 S4-20', 'workflows', 'FOREIGN KEY (project_id, org_id) REFERENCES public.projects(id, org_id) ON DELETE SET NULL (project_id)'),
    ('A4-109', 'workflows', 'PRIMARY KEY (id)'),
    ('A4-119 S4-11 S4-20', 'workflow_versions', 'FOREIGN KEY (workflow_id, org_id) REFERENCES public.workflows(id, org_id) ON DELETE CASCADE'),
    ('A4-120', 'workflow_versions', 'PRIMARY KEY (id)'),
    ('A4-121', 'workflow_versions', 'UNIQUE (workflow_id, version)'),
    ('A4-140', 'assets', 'CHECK ((source = ANY (ARRAY[''upload''::text, ''stock''::text, ''kai''::text])))'),
    ('A4-141', 'assets', 'CHECK ((status = ANY (ARRAY[''processing''::text, ''ready''::text, ''failed''::text])))'),
    ('A4-142', 'assets', 'CHECK ((type = ANY (ARRAY[''image''::text, ''video''::text, ''audio''::text])))'),
    ('A4-143', 'assets', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-144 S4-20', 'assets', 'FOREIGN KEY (project_id, org_id) REFERENCES public.projects(id, org_id) ON DELETE SET NULL (project_id)'),
    ('A4-145', 'assets', 'PRIMARY KEY (id)'),
    ('A4-155 S4-11 S4-20', 'asset_versions', 'FOREIGN KEY (asset_id, org_id) REFERENCES public.assets(id, org_id) ON DELETE CASCADE'),
    ('A4-156', 'asset_versions', 'PRIMARY KEY (id)'),
    ('A4-157', 'asset_versions', 'UNIQUE (asset_id, version)'),
    ('A4-181', 'jobs', 'CHECK (((progress >= 0) AND (progress <= 100)))'),
    ('A4-182', 'jobs', 'CHECK ((status = ANY (ARRAY[''queued''::text, ''processing''::text, ''completed''::text, ''failed''::text, ''cancelled''::text])))'),
    ('A4-183', 'jobs', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-184 S4-20', 'jobs', 'FOREIGN KEY (parent_job_id, org_id) REFERENCES public.jobs(id, org_id) ON DELETE SET NULL (parent_job_id)'),
    ('A4-185 S4-20', 'jobs', 'FOREIGN KEY (project_id, org_id) REFERENCES public.projects(id, org_id) ON DELETE SET NULL (project_id)'),
    ('A4-186 S4-20', 'jobs', 'FOREIGN KEY (template_id) REFERENCES public.templates(id) ON DELETE SET NULL'),
    ('A4-187 S4-20', 'jobs', 'FOREIGN KEY (workflow_id, org_id) REFERENCES public.workflows(id, org_id) ON DELETE SET NULL (workflow_id)'),
    ('A4-188', 'jobs', 'PRIMARY KEY (id)'),
    ('A4-201', 'job_logs', 'CHECK ((level = ANY (ARRAY[''debug''::text, ''info''::text, ''warn''::text, ''error''::text])))'),
    ('A4-202 S4-11 S4-20', 'job_logs', 'FOREIGN KEY (job_id, org_id) REFERENCES public.jobs(id, org_id) ON DELETE CASCADE'),
    ('A4-203', 'job_logs', 'PRIMARY KEY (id)'),
    ('A4-220 S4-11 S4-20', 'renders', 'FOREIGN KEY (job_id, org_id) REFERENCES public.jobs(id, org_id) ON DELETE CASCADE'),
    ('A4-221', 'renders', 'PRIMARY KEY (id)'),
    ('A4-235', 'schedules', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-236 S4-20', 'schedules', 'FOREIGN KEY (workflow_id, org_id) REFERENCES public.workflows(id, org_id) ON DELETE CASCADE'),
    ('A4-237', 'schedules', 'PRIMARY KEY (id)'),
    ('A4-249', 'webhooks', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-250', 'webhooks', 'PRIMARY KEY (id)'),
    ('A4-264', 'webhook_deliveries', 'CHECK ((status = ANY (ARRAY[''pending''::text, ''success''::text, ''failed''::text])))'),
    ('A4-265 S4-11 S4-20', 'webhook_deliveries', 'FOREIGN KEY (webhook_id, org_id) REFERENCES public.webhooks(id, org_id) ON DELETE CASCADE'),
    ('A4-266', 'webhook_deliveries', 'PRIMARY KEY (id)'),
    ('A4-286', 'usage_records', 'CHECK ((resource_type = ANY (''{llm_tokens,kai_credits,render_seconds,storage}''::text[])))'),
    ('A4-287 S4-20', 'usage_records', 'FOREIGN KEY (job_id, org_id) REFERENCES public.jobs(id, org_id) ON DELETE SET NULL (job_id)'),
    ('A4-288', 'usage_records', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-289 S4-29', 'usage_records', 'FOREIGN KEY (user_id) REFERENCES public.profiles(id) ON DELETE SET NULL'),
    ('A4-290', 'usage_records', 'PRIMARY KEY (id, created_at)'),
    ('A4-310', 'quota_limits', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-311', 'quota_limits', 'PRIMARY KEY (id)'),
    ('A4-312', 'quota_limits', 'UNIQUE (org_id)'),
    ('A4-325', 'invoices', 'CHECK ((status = ANY (ARRAY[''draft''::text, ''open''::text, ''paid''::text, ''void''::text])))'),
    ('A4-326', 'invoices', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-327', 'invoices', 'PRIMARY KEY (id)'),
    ('A4-340', 'credit_packs', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-341', 'credit_packs', 'PRIMARY KEY (id)'),
    ('A4-353', 'integrations', 'CHECK ((provider = ANY (ARRAY[''kai''::text, ''openai''::text, ''pexels''::text, ''stripe''::text])))'),
    ('A4-354', 'integrations', 'CHECK ((status = ANY (ARRAY[''active''::text, ''expired''::text, ''revoked''::text])))'),
    ('A4-355', 'integrations', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-356', 'integrations', 'PRIMARY KEY (id)'),
    ('A4-373', 'kai_generations', 'CHECK ((type = ANY (ARRAY[''image''::text, ''video''::text, ''edit''::text, ''voice''::text, ''music''::text])))'),
    ('A4-374 S4-20', 'kai_generations', 'FOREIGN KEY (job_id, org_id) REFERENCES public.jobs(id, org_id) ON DELETE SET NULL (job_id)'),
    ('A4-375', 'kai_generations', 'FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON DELETE CASCADE'),
    ('A4-376', 'kai_generations', 'PRIMARY KEY (id)')
) as expected (item, tab, definition);

select is(
    (select regexp_replace(pg_get_indexdef(indexrelid), '^.* USING ', '')
    from pg_index where indexrelid = to_regclass('public.' || name) and indrelid = to_regclass('public.' || tab)),
    definition, item || ' index ' || name)
from (values
    ('A4-071 S4-25', 'idx_api_keys_valid', 'api_keys', 'btree (key_hash) WHERE (revoked_at IS NULL)'),
    ('A4-091 S4-25', 'idx_templates_public', 'templates', 'btree (usage_count DESC, created_at DESC) WHERE (is_public = true)'),
    ('A4-092 S4-25', 'idx_templates_spec', 'templates', 'gin (spec jsonb_path_ops)'),
    ('A4-110 S4-25', 'idx_workflows_graph', 'workflows', 'gin (graph jsonb_path_ops)'),
    ('A4-146 S4-25', 'idx_assets_metadata', 'assets', 'gin (metadata jsonb_path_ops)'),
    ('A4-189 S4-25', 'idx_jobs_config', 'jobs', 'gin (config jsonb_path_ops)'),
    ('A4-190', 'idx_jobs_org_status', 'jobs', 'btree (org_id, status)'),
    ('A4-238', 'idx_schedules_enabled', 'schedules', 'btree (next_run_at) WHERE (enabled = true)'),
    ('A4-267', 'idx_webhook_deliveries_pending', 'webhook_deliveries', 'btree (next_retry_at) WHERE (status = ''pending''::text)'),
    ('A4-291', 'idx_usage_records_org_date', 'usage_records', 'btree (org_id, created_at)'),
    ('A4-342', 'idx_credit_packs_available', 'credit_packs', 'btree (org_id) WHERE (credits_remaining > 0)'),
    ('A4-416 S4-18 C6', 'idx_workflows_active', 'workflows', 'btree (org_id) WHERE (deleted_at IS NULL)')
) as expected (item, name, tab, definition);
select ok((select indisunique from pg_index where indexrelid = 'public.idx_api_keys_valid'::regclass), 'S4-25 S4-8 a hash is one key');
select ok(exists (select from pg_index where indrelid = to_regclass('public.' || tab) and pg_get_indexdef(indexrelid) ~ '[(,] ?status'),
    'A4-391 an index on the status of ' || tab)
from unnest(array['profiles', 'workflows', 'assets', 'jobs', 'webhook_deliveries', 'invoices', 'integrations', 'kai_generations']) as tab;
select ok(exists (select from pg_index where indrelid = to_regclass('public.' || tab) and pg_get_indexdef(indexrelid) ~ 'WHERE \(deleted_at IS NULL\)'),
    'A4-393 an index of what is not deleted in ' || tab)
from unnest(array['projects', 'templates', 'workflows', 'assets']) as tab;
select ok(exists (select from pg_index as i join pg_class as c on c.oid = i.indexrelid join pg_am as m on m.oid = c.relam
    where m.amname = 'gin' and i.indrelid = to_regclass('public.' || tab)), 'A4-392 GIN on ' || tab)
from unnest(array['templates', 'workflows', 'assets', 'jobs']) as tab;

select is(
    (select format('%s %s %s', regexp_replace(pg_get_triggerdef(t.oid), '^CREATE TRIGGER \S+ (\S+ \S+) .*$', '\1'),
        t.tgrelid::regclass, t.tgfoid::regproc)
    from pg_trigger as t where t.tgname = name and t.tgrelid = to_regclass(tab)),
    format('%s %s public.%s', timing, tab, func), item || ' A4-395 trigger ' || name)
from (values
    ('A4-014', 'profiles_updated_at', 'BEFORE UPDATE', 'public.profiles', 'update_updated_at'),
    ('A4-031', 'orgs_updated_at', 'BEFORE UPDATE', 'public.orgs', 'update_updated_at'),
    ('A4-044', 'org_members_updated_at', 'BEFORE UPDATE', 'public.org_members', 'update_updated_at'),
    ('A4-055', 'projects_updated_at', 'BEFORE UPDATE', 'public.projects', 'update_updated_at'),
    ('A4-072', 'api_keys_updated_at', 'BEFORE UPDATE', 'public.api_keys', 'update_updated_at'),
    ('A4-093', 'templates_updated_at', 'BEFORE UPDATE', 'public.templates', 'update_updated_at'),
    ('A4-111', 'workflows_updated_at', 'BEFORE UPDATE', 'public.workflows', 'update_updated_at'),
    ('A4-122', 'workflow_versions_updated_at', 'BEFORE UPDATE', 'public.workflow_versions', 'update_updated_at'),
    ('A4-147', 'assets_updated_at', 'BEFORE UPDATE', 'public.assets', 'update_updated_at'),
    ('A4-158', 'asset_versions_updated_at', 'BEFORE UPDATE', 'public.asset_versions', 'update_updated_at'),
    ('A4-191', 'jobs_updated_at', 'BEFORE UPDATE', 'public.jobs', 'update_updated_at'),
    ('A4-204', 'job_logs_updated_at', 'BEFORE UPDATE', 'public.job_logs', 'update_updated_at'),
    ('A4-222', 'renders_updated_at', 'BEFORE UPDATE', 'public.renders', 'update_updated_at'),
    ('A4-239', 'schedules_updated_at', 'BEFORE UPDATE', 'public.schedules', 'update_updated_at'),
    ('A4-251', 'webhooks_updated_at', 'BEFORE UPDATE', 'public.webhooks', 'update_updated_at'),
    ('A4-268', 'webhook_deliveries_updated_at', 'BEFORE UPDATE', 'public.webhook_deliveries', 'update_updated_at'),
    ('A4-292', 'usage_records_updated_at', 'BEFORE UPDATE', 'public.usage_records', 'update_updated_at'),
    ('A4-293', 'usage_records_quota', 'AFTER INSERT', 'public.usage_records', 'update_quota_usage'),
    ('A4-313', 'quota_limits_updated_at', 'BEFORE UPDATE', 'public.quota_limits', 'update_updated_at'),
    ('A4-328', 'invoices_updated_at', 'BEFORE UPDATE', 'public.invoices', 'update_updated_at'),
    ('A4-343', 'credit_packs_updated_at', 'BEFORE UPDATE', 'public.credit_packs', 'update_updated_at'),
    ('A4-357', 'integrations_updated_at', 'BEFORE UPDATE', 'public.integrations', 'update_updated_at'),
    ('A4-377', 'kai_generations_updated_at', 'BEFORE UPDATE', 'public.kai_generations', 'update_updated_at'),
    ('A4-378', 'on_auth_user_created', 'AFTER INSERT', 'auth.users', 'handle_new_user')
) as expected (item, name, timing, tab, func);

select is(
    (select format('%s -> %s', pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid))
    from pg_proc as p where p.pronamespace = 'public'::regnamespace and p.proname = name),
    signature, item || ' A4-396 function ' || name)
from (values
    ('A4-379', 'handle_new_user', ' -> trigger'),
    ('A4-380', 'update_updated_at', ' -> trigger'),
    ('A4-381', 'update_quota_usage', ' -> trigger'),
    ('A4-382 C8', 'check_quota', 'org_id uuid, tokens integer, kai_credits integer, render_seconds integer -> boolean')
) as expected (item, name, signature);
select is((select relkind from pg_class where oid = to_regclass('public.mv_daily_usage')), 'm'::"char", 'A4-383 mv_daily_usage');
select is((select count(*) from pg_index where indrelid = 'public.mv_daily_usage'::regclass and indisunique), 1::bigint,
    'S4-26 with the unique index of a concurrent refresh');

-- partitions
select is_empty($$select inhrelid::regclass from pg_inherits where inhparent = 'public.usage_records'::regclass
    and (select relnamespace from pg_class where oid = inhrelid) <> 'private'::regnamespace$$, 'S4-2 partitions lie in the private schema');
select is_empty($$select inhrelid::regclass, r.rolname from pg_inherits, pg_roles as r where inhparent = 'public.usage_records'::regclass
    and r.rolname in ('anon', 'authenticated', 'service_role') and has_table_privilege(r.oid, inhrelid, 'select, insert, update, delete')$$,
    'S4-2 and nobody has a grant on them');
select ok(to_regclass('private.usage_records_' || to_char(now() at time zone 'UTC' + make_interval(months => n), 'YYYY_MM')) is not null,
    'A4-397 S4-13 a partition ' || n || ' months ahead')
from generate_series(0, 3) as n;
select ok(to_regclass('private.usage_records_default') is not null, 'S4-13 and one for everything else');
select is((select count(*) from cron.job where jobname in ('create-usage-partitions', 'drop-usage-partitions', 'refresh-daily-usage',
    'reset-due-quotas', 'run-due-schedules', 'fail-stuck-jobs', 'empty-bin', 'forget-quota-calls')), 8::bigint, 'S4-13 S4-26 the clock is set');
reset search_path;

-- from common/catalogue_rules.sql
--   open = private.deleted_orgs()
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
        and oid::regprocedure::text <> all ('{"private.deleted_orgs()" }')$$,
    'Sx-C4 anon may call nothing but what is meant for all');
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
    ('service_role', 'private.overage_prices', 'select; insert; update; delete'),
    ('service_role', 'private.plans', 'select; insert; update; delete'),
    ('service_role', 'private.stripe_events', 'select; insert; update'),
    ('authenticated', 'public.api_keys', 'select (id, user_id, org_id, name, key_prefix, scopes, expires_at, revoked_at, created_at, updated_at)'),
    ('service_role', 'public.api_keys', 'select; insert; update; delete'),
    ('authenticated', 'public.asset_versions', 'select; insert (asset_id, version, storage_path, metadata)'),
    ('service_role', 'public.asset_versions', 'select; insert; update; delete'),
    ('authenticated', 'public.assets', 'select; insert (org_id, project_id, type, source, storage_path, url, thumbnail_url, duration_seconds, width, height, fps, metadata); update (project_id, thumbnail_url, metadata); delete'),
    ('service_role', 'public.assets', 'select; insert; update; delete'),
    ('authenticated', 'public.credit_packs', 'select'),
    ('service_role', 'public.credit_packs', 'select; insert; update; delete'),
    ('authenticated', 'public.integrations', 'select (id, org_id, provider, status, config, created_at, updated_at); update (config); delete'),
    ('service_role', 'public.integrations', 'select; insert; update; delete'),
    ('authenticated', 'public.invoices', 'select'),
    ('service_role', 'public.invoices', 'select; insert; update; delete'),
    ('authenticated', 'public.job_logs', 'select'),
    ('service_role', 'public.job_logs', 'select; insert; update; delete'),
    ('authenticated', 'public.jobs', 'select; insert (org_id, project_id, workflow_id, template_id, config, parent_job_id)'),
    ('service_role', 'public.jobs', 'select; insert; update; delete'),
    ('authenticated', 'public.kai_generations', 'select'),
    ('service_role', 'public.kai_generations', 'select; insert; update; delete'),
    ('service_role', 'public.mv_daily_usage', 'select'),
    ('authenticated', 'public.org_members', 'select; insert (org_id, user_id, role); update (role); delete'),
    ('service_role', 'public.org_members', 'select; insert; update; delete'),
    ('authenticated', 'public.orgs', 'select; insert (name, slug, owner_id, billing_email, settings); update (name, slug, billing_email, settings)'),
    ('service_role', 'public.orgs', 'select; insert; update; delete'),
    ('authenticated', 'public.profiles', 'select; update (name, avatar_url, metadata)'),
    ('service_role', 'public.profiles', 'select; insert; update; delete'),
    ('authenticated', 'public.projects', 'select; insert (org_id, name, description, settings); update (name, description, settings); delete'),
    ('service_role', 'public.projects', 'select; insert; update; delete'),
    ('authenticated', 'public.quota_limits', 'select'),
    ('service_role', 'public.quota_limits', 'select; insert; update; delete'),
    ('authenticated', 'public.renders', 'select'),
    ('service_role', 'public.renders', 'select; insert; update; delete'),
    ('authenticated', 'public.schedules', 'select; insert (org_id, workflow_id, cron, timezone, enabled); update (cron, timezone, enabled); delete'),
    ('service_role', 'public.schedules', 'select; insert; update; delete'),
    ('anon', 'public.templates', 'select'),
    ('authenticated', 'public.templates', 'select; insert (org_id, project_id, name, description, aspect, resolution, spec, is_public, thumbnail_url); update (project_id, name, description, aspect, resolution, spec, is_public, thumbnail_url); delete'),
    ('service_role', 'public.templates', 'select; insert; update; delete'),
    ('authenticated', 'public.usage_records', 'select'),
    ('service_role', 'public.usage_records', 'select; insert; update; delete'),
    ('authenticated', 'public.webhook_deliveries', 'select'),
    ('service_role', 'public.webhook_deliveries', 'select; insert; update; delete'),
    ('authenticated', 'public.webhooks', 'select (id, org_id, url, events, enabled, created_at, updated_at); update (url, events, enabled); delete'),
    ('service_role', 'public.webhooks', 'select; insert; update; delete'),
    ('authenticated', 'public.workflow_versions', 'select; insert (workflow_id, version, graph)'),
    ('service_role', 'public.workflow_versions', 'select; insert; update; delete'),
    ('authenticated', 'public.workflows', 'select; insert (org_id, project_id, name, status, graph, variables); update (project_id, name, status, graph, variables); delete'),
    ('service_role', 'public.workflows', 'select; insert; update; delete'),
    ('anon', 'functions of private', 'deleted_orgs'),
    ('authenticated', 'functions of private', 'active_user, deleted_orgs, is_own_path, is_public_url, my_orgs'),
    ('service_role', 'functions of private', 'is_public_url, quota_limits_holds, refuse_row'),
    ('authenticated', 'functions of public', 'bin, cancel_job, check_quota, create_api_key, create_webhook, daily_usage, delete_org, parse_prefixed_id, prefixed_id, retry_job, revoke_api_key, set_integration, transfer_org'),
    ('service_role', 'functions of public', 'add_credit_pack, apply_stripe_event, check_quota, claim_jobs, claim_webhook_deliveries, consume_quota, finish_webhook_delivery, integration_credentials, parse_prefixed_id, prefixed_id, reset_quota, verify_api_key')$$,
    'Sx-C2 Sx-C4 what each API role holds, and nothing else');

select * from finish();
rollback;

-- Indexes beyond keys: every foreign key and every status, what is looked for among what is not deleted, and JSON.

-- People and organisations
create index idx_profiles_status on public.profiles (status);
create index idx_orgs_owner on public.orgs (owner_id);
create index idx_orgs_deleted on public.orgs (id) where deleted_at is not null;
create index idx_org_members_user on public.org_members (user_id, org_id);
create index idx_projects_org on public.projects (org_id);
create index idx_projects_active on public.projects (org_id) where deleted_at is null;
create index idx_api_keys_user on public.api_keys (user_id);
create index idx_api_keys_org on public.api_keys (org_id, user_id);
create unique index idx_api_keys_valid on public.api_keys (key_hash) where revoked_at is null;

-- Content
create index idx_templates_org on public.templates (org_id);
create index idx_templates_active on public.templates (org_id) where deleted_at is null;
create index idx_templates_project on public.templates (project_id, org_id);
-- In the order of a gallery: an index on is_public itself would hold one value.
create index idx_templates_public on public.templates (usage_count desc, created_at desc) where is_public = true;
create index idx_workflows_org_status on public.workflows (org_id, status);
create index idx_workflows_active on public.workflows (org_id) where deleted_at is null;
create index idx_workflows_project on public.workflows (project_id, org_id);
create index idx_workflow_versions_org on public.workflow_versions (org_id, workflow_id);
create index idx_assets_org_status on public.assets (org_id, status);
create index idx_assets_active on public.assets (org_id) where deleted_at is null;
create index idx_assets_project on public.assets (project_id, org_id);
create index idx_asset_versions_org on public.asset_versions (org_id, asset_id);

-- Jobs
create index idx_jobs_org_status on public.jobs (org_id, status);
create index idx_jobs_org_queued on public.jobs (org_id, queued_at desc);
create index idx_jobs_waiting on public.jobs (queued_at) where status = 'queued';
create index idx_jobs_project on public.jobs (project_id, org_id);
create index idx_jobs_workflow on public.jobs (workflow_id, org_id);
create index idx_jobs_template on public.jobs (template_id);
create index idx_jobs_parent on public.jobs (parent_job_id, org_id);
create index idx_job_logs_job on public.job_logs (job_id, org_id, created_at);
create index idx_job_logs_org on public.job_logs (org_id);
create index idx_renders_job on public.renders (job_id, org_id);
create index idx_renders_org on public.renders (org_id);
create index idx_schedules_org on public.schedules (org_id);
create index idx_schedules_workflow on public.schedules (workflow_id, org_id);
create index idx_schedules_enabled on public.schedules (next_run_at) where enabled = true;
create index idx_webhooks_org on public.webhooks (org_id);
create index idx_webhook_deliveries_webhook on public.webhook_deliveries (webhook_id, org_id, status);
create index idx_webhook_deliveries_org on public.webhook_deliveries (org_id);
create index idx_webhook_deliveries_pending on public.webhook_deliveries (next_retry_at) where status = 'pending';

-- Billing
create index idx_usage_records_org_date on public.usage_records (org_id, created_at);
create index idx_usage_records_user on public.usage_records (user_id) where user_id is not null;
create index idx_usage_records_job on public.usage_records (job_id, org_id) where job_id is not null;
create index idx_quota_limits_reset on public.quota_limits (reset_at);
create index idx_invoices_org_status on public.invoices (org_id, status);
create index idx_credit_packs_org on public.credit_packs (org_id);
create index idx_credit_packs_available on public.credit_packs (org_id) where credits_remaining > 0;
create index idx_integrations_status on public.integrations (status);
create index idx_kai_generations_org_status on public.kai_generations (org_id, status);
create index idx_kai_generations_job on public.kai_generations (job_id, org_id);

-- JSON: containment (`@>`) is what is asked, and this operator class is the smaller and faster one for it
create index idx_templates_spec on public.templates using gin (spec jsonb_path_ops);
create index idx_workflows_graph on public.workflows using gin (graph jsonb_path_ops);
create index idx_assets_metadata on public.assets using gin (metadata jsonb_path_ops);
create index idx_jobs_config on public.jobs using gin (config jsonb_path_ops);

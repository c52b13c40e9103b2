-- Who may do what: grants decide on verbs and columns, policies on rows.
--
--   anon           looks at public templates
--   viewer         reads what belongs to the organisation, without secrets
--   editor         makes and changes content, jobs and schedules
--   admin          also members below admin, webhooks, integrations, and reads invoices
--   owner          also every member and the organisation itself
--   service_role   reads and writes everything (it bypasses row level security, so no policy names it)
--
-- A policy asks private.my_orgs once for each statement; suspended people and deleted organisations have nothing.

-- from common/closed.sql
--   tables = profiles, orgs, org_members, projects, api_keys, templates, workflows, workflow_versions, assets, asset_versions, jobs, job_logs, renders, schedules, webhooks, webhook_deliveries, usage_records, quota_limits, invoices, credit_packs, integrations, kai_generations
-- Nobody has anything on these tables until it is granted, and row level security is on, so that a grant without a
-- policy shows no row. service_role passes over policies (it has BYPASSRLS): no policy names it, since a policy that
-- is OR-ed to the others costs the planner its index.
revoke all on public.profiles from anon, authenticated, service_role;
alter table public.profiles enable row level security;
revoke all on public.orgs from anon, authenticated, service_role;
alter table public.orgs enable row level security;
revoke all on public.org_members from anon, authenticated, service_role;
alter table public.org_members enable row level security;
revoke all on public.projects from anon, authenticated, service_role;
alter table public.projects enable row level security;
revoke all on public.api_keys from anon, authenticated, service_role;
alter table public.api_keys enable row level security;
revoke all on public.templates from anon, authenticated, service_role;
alter table public.templates enable row level security;
revoke all on public.workflows from anon, authenticated, service_role;
alter table public.workflows enable row level security;
revoke all on public.workflow_versions from anon, authenticated, service_role;
alter table public.workflow_versions enable row level security;
revoke all on public.assets from anon, authenticated, service_role;
alter table public.assets enable row level security;
revoke all on public.asset_versions from anon, authenticated, service_role;
alter table public.asset_versions enable row level security;
revoke all on public.jobs from anon, authenticated, service_role;
alter table public.jobs enable row level security;
revoke all on public.job_logs from anon, authenticated, service_role;
alter table public.job_logs enable row level security;
revoke all on public.renders from anon, authenticated, service_role;
alter table public.renders enable row level security;
revoke all on public.schedules from anon, authenticated, service_role;
alter table public.schedules enable row level security;
revoke all on public.webhooks from anon, authenticated, service_role;
alter table public.webhooks enable row level security;
revoke all on public.webhook_deliveries from anon, authenticated, service_role;
alter table public.webhook_deliveries enable row level security;
revoke all on public.usage_records from anon, authenticated, service_role;
alter table public.usage_records enable row level security;
revoke all on public.quota_limits from anon, authenticated, service_role;
alter table public.quota_limits enable row level security;
revoke all on public.invoices from anon, authenticated, service_role;
alter table public.invoices enable row level security;
revoke all on public.credit_packs from anon, authenticated, service_role;
alter table public.credit_packs enable row level security;
revoke all on public.integrations from anon, authenticated, service_role;
alter table public.integrations enable row level security;
revoke all on public.kai_generations from anon, authenticated, service_role;
alter table public.kai_generations enable row level security;
-- end common/closed.sql

grant select, insert, update, delete
    on public.profiles, public.orgs, public.org_members, public.projects, public.api_keys, public.templates,
        public.workflows, public.workflow_versions, public.assets, public.asset_versions, public.jobs, public.job_logs,
        public.renders, public.schedules, public.webhooks, public.webhook_deliveries, public.usage_records,
        public.quota_limits, public.invoices, public.credit_packs, public.integrations, public.kai_generations
    to service_role;

-- ---------------------------------------------------------------------------------------------------------------
-- People and organisations
-- ---------------------------------------------------------------------------------------------------------------

grant select on public.profiles, public.orgs, public.org_members, public.projects to authenticated;
grant update (name, avatar_url, metadata) on public.profiles to authenticated;
grant insert (name, slug, owner_id, billing_email, settings), update (name, slug, billing_email, settings)
    on public.orgs to authenticated;
grant insert (org_id, user_id, role), update (role), delete on public.org_members to authenticated;
grant insert (org_id, name, description, settings), update (name, description, settings), delete
    on public.projects to authenticated;
-- Neither the hash nor anything else that could be tried offline.
grant select (id, user_id, org_id, name, key_prefix, scopes, expires_at, revoked_at, created_at, updated_at)
    on public.api_keys to authenticated;

create policy "Users can view own profile"
    on public.profiles for select
    to authenticated
    using ((select auth.uid()) = id);

create policy "Users can update own profile"
    on public.profiles for update
    to authenticated
    using ((select private.active_user()) = id)
    with check ((select private.active_user()) = id);

-- Or founded by the caller in this transaction: the membership is made a moment after the row that `insert … returning`
-- shows.
create policy "Org members can view"
    on public.orgs for select
    to authenticated
    using (id = any (array(select private.my_orgs()))
        or owner_id = (select auth.uid()) and created_at = now() and deleted_at is null);

create policy "Users can create"
    on public.orgs for insert
    to authenticated
    with check (owner_id = (select private.active_user()));

create policy "Admins can update"
    on public.orgs for update
    to authenticated
    using (id = any (array(select private.my_orgs('{owner,admin}'))))
    with check (id = any (array(select private.my_orgs('{owner,admin}'))));

create policy "Org members can view"
    on public.org_members for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

-- Owners manage everybody, admins those below them.
create policy "Admins can add"
    on public.org_members for insert
    to authenticated
    with check (org_id = any (array(select private.my_orgs('{owner}')))
        or org_id = any (array(select private.my_orgs('{owner,admin}'))) and role in ('editor', 'viewer'));

create policy "Admins can change"
    on public.org_members for update
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner}')))
        or org_id = any (array(select private.my_orgs('{owner,admin}'))) and role in ('editor', 'viewer'))
    with check (org_id = any (array(select private.my_orgs('{owner}')))
        or org_id = any (array(select private.my_orgs('{owner,admin}'))) and role in ('editor', 'viewer'));

create policy "Admins can remove, members can leave"
    on public.org_members for delete
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner}')))
        or org_id = any (array(select private.my_orgs('{owner,admin}'))) and role in ('editor', 'viewer')
        or org_id = any (array(select private.my_orgs())) and user_id = (select auth.uid()));

create policy "Org members can view"
    on public.projects for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())) and deleted_at is null);

create policy "Editors can create"
    on public.projects for insert
    to authenticated
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Editors can update"
    on public.projects for update
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))) and deleted_at is null)
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Editors can delete"
    on public.projects for delete
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))) and deleted_at is null);

create policy "Users can view own, admins all"
    on public.api_keys for select
    to authenticated
    using (user_id = (select private.active_user())
        or org_id = any (array(select private.my_orgs('{owner,admin}'))));

-- ---------------------------------------------------------------------------------------------------------------
-- Content
-- ---------------------------------------------------------------------------------------------------------------

grant select on public.templates to anon;
grant select on public.templates, public.workflows, public.workflow_versions, public.assets, public.asset_versions to authenticated;
grant insert (org_id, project_id, name, description, aspect, resolution, spec, is_public, thumbnail_url),
        update (project_id, name, description, aspect, resolution, spec, is_public, thumbnail_url), delete
    on public.templates to authenticated;
grant insert (org_id, project_id, name, status, graph, variables), update (project_id, name, status, graph, variables), delete
    on public.workflows to authenticated;
-- Versions are added and stay.
grant insert (workflow_id, version, graph) on public.workflow_versions to authenticated;
grant insert (asset_id, version, storage_path, metadata) on public.asset_versions to authenticated;
grant insert (org_id, project_id, type, source, storage_path, url, thumbnail_url, duration_seconds, width, height, fps, metadata),
        update (project_id, thumbnail_url, metadata), delete
    on public.assets to authenticated;

-- Where an editor says a file lies: in the organisation's folder, and nowhere a path could lead elsewhere.
create function private.is_own_path(path text, org uuid)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select path is null
        or octet_length(path) <= 1024 and starts_with(path, org || '/')
            and path !~ '(^|/)\.{0,2}(/|$)' and path !~ '[\\[:cntrl:]]'
$$;

create policy "Anyone can view public templates"
    on public.templates for select
    to anon, authenticated
    using (is_public and deleted_at is null and org_id <> all (array(select private.deleted_orgs())));

create policy "Org members can view"
    on public.templates for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())) and deleted_at is null);

create policy "Editors can create"
    on public.templates for insert
    to authenticated
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Editors can update"
    on public.templates for update
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))) and deleted_at is null)
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Editors can delete"
    on public.templates for delete
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))) and deleted_at is null);

create policy "Org members can view"
    on public.workflows for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())) and deleted_at is null);

create policy "Editors can create"
    on public.workflows for insert
    to authenticated
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Editors can update"
    on public.workflows for update
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))) and deleted_at is null)
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Editors can delete"
    on public.workflows for delete
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))) and deleted_at is null);

create policy "Org members can view"
    on public.workflow_versions for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

create policy "Editors can create"
    on public.workflow_versions for insert
    to authenticated
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Org members can view"
    on public.assets for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())) and deleted_at is null);

create policy "Editors can create"
    on public.assets for insert
    to authenticated
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))) and private.is_own_path(storage_path, org_id));

create policy "Editors can update"
    on public.assets for update
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))) and deleted_at is null)
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Editors can delete"
    on public.assets for delete
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))) and deleted_at is null);

create policy "Org members can view"
    on public.asset_versions for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

create policy "Editors can create"
    on public.asset_versions for insert
    to authenticated
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))) and private.is_own_path(storage_path, org_id));

-- ---------------------------------------------------------------------------------------------------------------
-- Jobs
-- ---------------------------------------------------------------------------------------------------------------

grant select on public.jobs, public.job_logs, public.renders, public.schedules to authenticated;
-- A person asks for a job; its state, result, costs and times belong to whoever runs it.
grant insert (org_id, project_id, workflow_id, template_id, config, parent_job_id) on public.jobs to authenticated;
grant insert (org_id, workflow_id, cron, timezone, enabled), update (cron, timezone, enabled), delete
    on public.schedules to authenticated;
-- Everything but the secret.
grant select (id, org_id, url, events, enabled, created_at, updated_at), update (url, events, enabled), delete
    on public.webhooks to authenticated;
grant select on public.webhook_deliveries to authenticated;

create policy "Org members can view"
    on public.jobs for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

create policy "Editors can create"
    on public.jobs for insert
    to authenticated
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Org members can view"
    on public.job_logs for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

create policy "Org members can view"
    on public.renders for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

create policy "Org members can view"
    on public.schedules for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

create policy "Editors can create"
    on public.schedules for insert
    to authenticated
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Editors can update"
    on public.schedules for update
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))))
    with check (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Editors can delete"
    on public.schedules for delete
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin,editor}'))));

create policy "Admins can view"
    on public.webhooks for select
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin}'))));

create policy "Admins can update"
    on public.webhooks for update
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin}'))))
    with check (org_id = any (array(select private.my_orgs('{owner,admin}'))));

create policy "Admins can delete"
    on public.webhooks for delete
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin}'))));

create policy "Admins can view"
    on public.webhook_deliveries for select
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin}'))));

-- ---------------------------------------------------------------------------------------------------------------
-- Money: read only
-- ---------------------------------------------------------------------------------------------------------------

grant select on public.usage_records, public.quota_limits, public.invoices, public.credit_packs, public.kai_generations
    to authenticated;
-- Everything but the credentials.
grant select (id, org_id, provider, status, config, created_at, updated_at), update (config), delete
    on public.integrations to authenticated;

create policy "Org members can view"
    on public.usage_records for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

create policy "Org members can view"
    on public.quota_limits for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

create policy "Org members can view"
    on public.credit_packs for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

create policy "Org members can view"
    on public.kai_generations for select
    to authenticated
    using (org_id = any (array(select private.my_orgs())));

create policy "Admins can view"
    on public.invoices for select
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin}'))));

create policy "Admins can view"
    on public.integrations for select
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin}'))));

create policy "Admins can update"
    on public.integrations for update
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin}'))))
    with check (org_id = any (array(select private.my_orgs('{owner,admin}'))));

create policy "Admins can delete"
    on public.integrations for delete
    to authenticated
    using (org_id = any (array(select private.my_orgs('{owner,admin}'))));

-- ---------------------------------------------------------------------------------------------------------------
-- Functions
-- ---------------------------------------------------------------------------------------------------------------

revoke all on all functions in schema public from public, anon, authenticated, service_role;
revoke all on all functions in schema private from public, anon, authenticated, service_role;

-- What policies and checks ask as the caller.
grant execute on function private.my_orgs(text[]), private.active_user(), private.is_own_path(text, uuid) to authenticated;
grant execute on function private.deleted_orgs() to anon, authenticated;
grant usage on schema private to anon;
grant execute on function private.is_public_url(text) to authenticated, service_role;
grant execute on function
    private.quota_limits_holds(bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, numeric, numeric),
    private.refuse_row(text, text)
    to service_role;

grant execute on function
    public.transfer_org(uuid, uuid),
    public.delete_org(uuid),
    public.bin(text, uuid, boolean),
    public.create_api_key(uuid, text, jsonb, timestamptz),
    public.revoke_api_key(uuid),
    public.cancel_job(uuid),
    public.retry_job(uuid),
    public.create_webhook(uuid, text, text[]),
    public.set_integration(uuid, text, jsonb, jsonb),
    public.daily_usage(uuid, date, date)
    to authenticated;
grant execute on function
    public.check_quota(uuid, integer, integer, integer),
    public.prefixed_id(text, uuid),
    public.parse_prefixed_id(text, text)
    to authenticated, service_role;
grant execute on function
    public.verify_api_key(text),
    public.claim_jobs(integer),
    public.claim_webhook_deliveries(integer),
    public.finish_webhook_delivery(uuid, integer, text),
    public.integration_credentials(uuid),
    public.consume_quota(uuid, integer, integer, integer, uuid, uuid, text),
    public.reset_quota(uuid),
    public.add_credit_pack(uuid, text, integer, numeric, text, timestamptz),
    public.apply_stripe_event(jsonb)
    to service_role;

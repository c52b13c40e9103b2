-- What keeps the tables true, and what an API role may do that is more than reading and writing rows.

-- ---------------------------------------------------------------------------------------------------------------
-- Sign-up, updated_at
-- ---------------------------------------------------------------------------------------------------------------

-- Runs inside the sign-up, so it must not fail: an error here refuses the account. What a person typed is cut to fit.
create function public.handle_new_user()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    avatar constant text := new.raw_user_meta_data ->> 'avatar_url';
begin
    insert into public.profiles (id, name, avatar_url)
    values (
        new.id,
        left(coalesce(new.raw_user_meta_data ->> 'name', new.raw_user_meta_data ->> 'full_name'), 200),
        case when avatar ~ '^https?://' and length(avatar) <= 2048 then avatar end
    )
    on conflict (id) do nothing;
    return new;
end;
$$;

create trigger on_auth_user_created
    after insert on auth.users
    for each row execute function public.handle_new_user();

-- from common/touch.sql
--   function = update_updated_at
--   tables = profiles, orgs, org_members, projects, api_keys, templates, workflows, workflow_versions, assets, asset_versions, jobs, job_logs, renders, schedules, webhooks, webhook_deliveries, usage_records, quota_limits, invoices, credit_packs, integrations, kai_generations
-- updated_at is the time of the last change, whatever the statement says.
create function public.update_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.updated_at = now();
    return new;
end;
$$;

create trigger profiles_updated_at
    before update on public.profiles
    for each row execute function public.update_updated_at();

create trigger orgs_updated_at
    before update on public.orgs
    for each row execute function public.update_updated_at();

create trigger org_members_updated_at
    before update on public.org_members
    for each row execute function public.update_updated_at();

create trigger projects_updated_at
    before update on public.projects
    for each row execute function public.update_updated_at();

create trigger api_keys_updated_at
    before update on public.api_keys
    for each row execute function public.update_updated_at();

create trigger templates_updated_at
    before update on public.templates
    for each row execute function public.update_updated_at();

create trigger workflows_updated_at
    before update on public.workflows
    for each row execute function public.update_updated_at();

create trigger workflow_versions_updated_at
    before update on public.workflow_versions
    for each row execute function public.update_updated_at();

create trigger assets_updated_at
    before update on public.assets
    for each row execute function public.update_updated_at();

create trigger asset_versions_updated_at
    before update on public.asset_versions
    for each row execute function public.update_updated_at();

create trigger jobs_updated_at
    before update on public.jobs
    for each row execute function public.update_updated_at();

create trigger job_logs_updated_at
    before update on public.job_logs
    for each row execute function public.update_updated_at();

create trigger renders_updated_at
    before update on public.renders
    for each row execute function public.update_updated_at();

create trigger schedules_updated_at
    before update on public.schedules
    for each row execute function public.update_updated_at();

create trigger webhooks_updated_at
    before update on public.webhooks
    for each row execute function public.update_updated_at();

create trigger webhook_deliveries_updated_at
    before update on public.webhook_deliveries
    for each row execute function public.update_updated_at();

create trigger usage_records_updated_at
    before update on public.usage_records
    for each row execute function public.update_updated_at();

create trigger quota_limits_updated_at
    before update on public.quota_limits
    for each row execute function public.update_updated_at();

create trigger invoices_updated_at
    before update on public.invoices
    for each row execute function public.update_updated_at();

create trigger credit_packs_updated_at
    before update on public.credit_packs
    for each row execute function public.update_updated_at();

create trigger integrations_updated_at
    before update on public.integrations
    for each row execute function public.update_updated_at();

create trigger kai_generations_updated_at
    before update on public.kai_generations
    for each row execute function public.update_updated_at();

-- A trigger function runs without this privilege; with it, it would be callable through the API.
revoke all on function public.update_updated_at() from public, anon, authenticated, service_role;
-- end common/touch.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Organisations
-- ---------------------------------------------------------------------------------------------------------------

-- from common/organisations.sql
--   live = o.deleted_at is null and p.status = 'active'
--   people = profiles
--   founder = owner_id
--   alive = deleted_at is null
-- Who belongs to which organisation. A policy that asks the members' table from within that table's own policy would
-- recurse, so it asks these functions, which run as their owner. A policy writes
--     org_id = any (array(select private.my_orgs()))                     -- any role
--     org_id = any (array(select private.my_orgs('{owner,admin}')))      -- one of these
-- The array is made once for each statement and the index on org_id serves it (measured on 200,000 rows in 2,000
-- organisations: 0.08 ms, against 62 ms for `in (select …)`). Deleted organisations and suspended people count for
-- nothing, in every policy at once. PL/pgSQL keeps the plan for the session; a function in SQL that runs as its owner
-- is planned again in every statement that asks it, which costs ten times as much as what it reads.
create function private.my_orgs(roles text[] default null)
returns setof uuid
language plpgsql
stable
security definer
rows 10
set search_path = ''
as $$
begin
    return query
        select m.org_id
        from public.org_members as m
        join public.orgs as o on o.id = m.org_id
        join public.profiles as p on p.id = m.user_id
        where m.user_id = (select auth.uid()) and (roles is null or m.role = any (roles)) and o.deleted_at is null and p.status = 'active';
end;
$$;

revoke all on function private.my_orgs(text[]) from public, anon, authenticated, service_role;
grant execute on function private.my_orgs(text[]) to authenticated;

-- Whoever founds an organisation is its first owner: without this nobody could ever become one.
create function private.add_founder()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.org_members (org_id, user_id, role) values (new.id, new.owner_id, 'owner')
    on conflict (org_id, user_id) do nothing;
    return null;
end;
$$;

create trigger orgs_add_founder
    after insert on public.orgs
    for each row execute function private.add_founder();

revoke all on function private.add_founder() from public, anon, authenticated, service_role;

-- An organisation that exists has an owner, after every statement (or, where constraints are deferred, at the end of
-- the transaction). The lock on its row makes two owners who
-- leave at the same time do it one after the other, so that the second one is refused.
create function private.keep_an_owner()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform from public.orgs where id = old.org_id and deleted_at is null for no key update;
    if found and not exists (
        select from public.org_members where org_id = old.org_id and role = 'owner'
    ) then
        raise exception 'organisation % would be without an owner', old.org_id
            using errcode = 'PT409', hint = 'Make another member owner first.';
    end if;
    return null;
end;
$$;

create constraint trigger org_members_keep_an_owner
    after update or delete on public.org_members
    deferrable
    for each row
    when (old.role = 'owner')
    execute function private.keep_an_owner();

revoke all on function private.keep_an_owner() from public, anon, authenticated, service_role;
-- end common/organisations.sql

-- The caller, when the account is not suspended.
create function private.active_user()
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    return (select id from public.profiles where id = (select auth.uid()) and status = 'active');
end;
$$;

-- Organisations that are deleted: what they made public is not any more.
create function private.deleted_orgs()
returns setof uuid
language plpgsql
stable
security definer
rows 10
set search_path = ''
as $$
begin
    return query select id from public.orgs where deleted_at is not null;
end;
$$;

-- Who pays is an owner among the members. Looked at after the statement: the founder's membership is made after the
-- organisation.
create function private.keep_billing_owner()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    -- of a member that was, or the organisation itself
    of_org constant uuid := coalesce(to_jsonb(old) ->> 'org_id', to_jsonb(new) ->> 'id');
begin
    -- whoever hands the bill over and whoever leaves at the same time look one after the other
    perform from public.orgs where id = of_org for no key update;
    if exists (
        select from public.orgs as o
        where o.id = of_org and o.deleted_at is null
            and not exists (
                select from public.org_members as m where m.org_id = o.id and m.user_id = o.owner_id and m.role = 'owner')
    ) then
        raise exception 'the billing owner of organisation % has to be one of its owners', of_org
            using errcode = 'PT409', hint = 'Hand it over first: transfer_org.';
    end if;
    return null;
end;
$$;

create constraint trigger orgs_billing_owner
    after insert or update of owner_id on public.orgs deferrable
    for each row execute function private.keep_billing_owner();
create constraint trigger org_members_billing_owner
    after update or delete on public.org_members deferrable
    for each row execute function private.keep_billing_owner();

-- An account that goes hands its organisations over: to another owner, else to the longest-standing member of the
-- highest role, who becomes owner. An organisation without anybody else is deleted, and its invoices stay.
create function private.hand_over_orgs()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    org record;
    heir uuid;
begin
    for org in
        select o.id from public.orgs as o
        where o.owner_id = old.id
            or o.id in (select m.org_id from public.org_members as m where m.user_id = old.id and m.role = 'owner')
        order by o.id
        for update
    loop
        select m.user_id into heir from public.org_members as m
        where m.org_id = org.id and m.user_id <> old.id
        order by array_position(array['owner', 'admin', 'editor', 'viewer'], m.role), m.created_at, m.id
        limit 1;
        if heir is null then
            update public.orgs set deleted_at = coalesce(deleted_at, now()), owner_id = null where id = org.id;
        else
            update public.org_members set role = 'owner' where org_id = org.id and user_id = heir;
            update public.orgs set owner_id = heir where id = org.id and owner_id = old.id;
        end if;
    end loop;
    return old;
end;
$$;

create trigger profiles_hand_over_orgs
    before delete on public.profiles
    for each row execute function private.hand_over_orgs();

-- The row of limits comes with the organisation and follows its plan; what is used stays.
create function private.set_plan_limits()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.quota_limits
        (org_id, tokens_limit, render_seconds_limit, kai_credits_limit, storage_bytes_limit)
    select new.id, p.tokens_limit, p.render_seconds_limit, p.kai_credits_limit, p.storage_bytes_limit
    from private.plans as p where p.plan = new.plan
    on conflict (org_id) do update set
        tokens_limit = excluded.tokens_limit,
        render_seconds_limit = excluded.render_seconds_limit,
        kai_credits_limit = excluded.kai_credits_limit,
        storage_bytes_limit = excluded.storage_bytes_limit;
    return null;
end;
$$;

create trigger orgs_set_plan_limits
    after insert or update of plan on public.orgs
    for each row execute function private.set_plan_limits();

-- Whether the caller has one of these roles in an organisation that is there; raises when not.
create function private.require_role(org uuid, roles text[])
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if org is null or org <> all (array(select private.my_orgs(roles))) then
        raise exception 'not for you in organisation %', quote_nullable(org)
            using errcode = 'insufficient_privilege', hint = format('Needs one of the roles %s.', array_to_string(roles, ', '));
    end if;
end;
$$;

-- Makes another owner the one who pays.
create function public.transfer_org(p_org_id uuid, p_user_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_role(p_org_id, '{owner}');
    if not exists (select from public.profiles where id = p_user_id) then
        raise exception 'there is no user %', quote_nullable(p_user_id) using errcode = 'PT404';
    end if;
    update public.orgs set owner_id = p_user_id where id = p_org_id;
end;
$$;

-- Deletes an organisation: it is gone for everybody, and the service can bring it back.
create function public.delete_org(p_org_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_role(p_org_id, '{owner}');
    update public.orgs set deleted_at = now() where id = p_org_id;
end;
$$;

-- Moves a project, template, workflow or asset to the bin; from there `p_restore` brings it back. After 30 days it is
-- purged. False when there is none.
create function public.bin(p_kind text, p_id uuid, p_restore boolean default false)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
    moment constant timestamptz := case when p_restore then null else now() end;
    mine constant uuid[] := array(select private.my_orgs('{owner,admin,editor}'));
begin
    case p_kind
        when 'project' then
            update public.projects set deleted_at = moment
            where id = p_id and org_id = any (mine) and (deleted_at is null) <> p_restore;
        when 'template' then
            update public.templates set deleted_at = moment
            where id = p_id and org_id = any (mine) and (deleted_at is null) <> p_restore;
        when 'workflow' then
            update public.workflows set deleted_at = moment
            where id = p_id and org_id = any (mine) and (deleted_at is null) <> p_restore;
        when 'asset' then
            update public.assets set deleted_at = moment
            where id = p_id and org_id = any (mine) and (deleted_at is null) <> p_restore;
        else
            raise exception 'nothing of the kind %', quote_nullable(p_kind)
                using errcode = 'invalid_parameter_value', hint = 'project, template, workflow or asset.';
    end case;
    return found;
end;
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Ids with a prefix, as they are written at the edge of the API; columns hold plain uuids
-- ---------------------------------------------------------------------------------------------------------------

create function public.prefixed_id(prefix text, id uuid)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
    if prefix is null or prefix not in ('user', 'org', 'wf', 'job', 'tmpl', 'asset') then
        raise exception 'no ids begin with %', quote_nullable(prefix) using errcode = 'invalid_parameter_value';
    end if;
    return prefix || '_' || replace(id::text, '-', '');
end;
$$;

create function public.parse_prefixed_id(prefix text, prefixed text)
returns uuid
language plpgsql
immutable
set search_path = ''
as $$
begin
    if prefixed is null or prefixed !~ '^[a-z]+_[0-9a-f]{32}$' or split_part(prefixed, '_', 1) <> prefix then
        raise exception '% is no id that begins with %_', quote_nullable(prefixed), prefix
            using errcode = 'invalid_parameter_value';
    end if;
    return split_part(prefixed, '_', 2)::uuid;
end;
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Secrets: encrypted with a key that the vault keeps
-- ---------------------------------------------------------------------------------------------------------------

select vault.create_secret(
    encode(extensions.gen_random_bytes(32), 'base64'), 'fenta_secrets_key', 'Encrypts webhook secrets and credentials of integrations'
)
where not exists (select from vault.secrets where name = 'fenta_secrets_key');

create function private.encrypt(plain text)
returns text
language sql
stable
set search_path = ''
as $$
    select extensions.armor(extensions.pgp_sym_encrypt(plain, key.decrypted_secret))
    from vault.decrypted_secrets as key where key.name = 'fenta_secrets_key' and plain is not null
$$;

create function private.decrypt(cipher text)
returns text
language sql
stable
set search_path = ''
as $$
    select extensions.pgp_sym_decrypt(extensions.dearmor(cipher), key.decrypted_secret)
    from vault.decrypted_secrets as key where key.name = 'fenta_secrets_key' and cipher is not null
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- API keys
-- ---------------------------------------------------------------------------------------------------------------

create function private.allowed_scopes(member_role text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select case
        when member_role in ('owner', 'admin') then '["read", "write", "admin"]'
        when member_role = 'editor' then '["read", "write"]'
        when member_role = 'viewer' then '["read"]'
        else '[]'
    end::jsonb
$$;

create function private.hash_api_key(key text)
returns text
language sql
immutable
set search_path = ''
as $$
    select encode(extensions.digest(key, 'sha256'), 'hex')
$$;

-- Makes a key for the caller. The key is in the answer and nowhere else.
create function public.create_api_key(p_org_id uuid, p_name text, p_scopes jsonb default '["read"]',
    p_expires_at timestamptz default null)
returns table (id uuid, key text, key_prefix text)
language plpgsql
security definer
set search_path = ''
as $$
declare
    made constant text := 'fenta_' || encode(extensions.gen_random_bytes(32), 'hex');
    member_role text;
begin
    perform private.require_role(p_org_id, '{owner,admin,editor,viewer}');
    select m.role into member_role from public.org_members as m where m.org_id = p_org_id and m.user_id = (select auth.uid());
    if p_scopes is null or jsonb_typeof(p_scopes) <> 'array' or not p_scopes <@ private.allowed_scopes(member_role) then
        raise exception 'scopes % are more than the role % allows', left(p_scopes::text, 200), member_role
            using errcode = 'insufficient_privilege', hint = format('At most %s.', private.allowed_scopes(member_role));
    end if;
    if p_name is null then
        raise exception 'a key has a name' using errcode = 'invalid_parameter_value';
    end if;
    if p_expires_at <= now() then
        raise exception 'a key that has expired' using errcode = 'invalid_parameter_value';
    end if;
    return query
        insert into public.api_keys as k (user_id, org_id, name, key_hash, key_prefix, scopes, expires_at)
        values ((select auth.uid()), p_org_id, p_name, private.hash_api_key(made), left(made, 12), p_scopes, p_expires_at)
        returning k.id, made, k.key_prefix;
end;
$$;

-- Revokes an own key, or as owner or admin any of the organisation. False when there is none that is valid.
create function public.revoke_api_key(p_key_id uuid)
returns boolean
language sql
security definer
set search_path = ''
as $$
    with revoked as (
        update public.api_keys as k set revoked_at = now()
        where k.id = p_key_id and k.revoked_at is null
            and (k.user_id = (select private.active_user())
                or k.org_id = any (array(select private.my_orgs('{owner,admin}'))))
        returning 1
    )
    select exists (select from revoked)
$$;

-- Whom a key stands for; no row when it is not valid (any more). For the backend that takes keys.
create function public.verify_api_key(p_key text)
returns table (key_id uuid, user_id uuid, org_id uuid, role text, scopes jsonb)
language sql
stable
security definer
set search_path = ''
as $$
    select k.id, k.user_id, k.org_id, m.role, (
        select coalesce(jsonb_agg(scope), '[]') from jsonb_array_elements(k.scopes) as scope
        where private.allowed_scopes(m.role) @> scope)
    from public.api_keys as k
    join public.org_members as m on m.org_id = k.org_id and m.user_id = k.user_id
    join public.profiles as p on p.id = k.user_id and p.status = 'active'
    join public.orgs as o on o.id = k.org_id and o.deleted_at is null
    where k.key_hash = private.hash_api_key(p_key)
        and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Rows that follow a parent
-- ---------------------------------------------------------------------------------------------------------------

create function private.number_workflow_version()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    -- The lock lets two versions get two numbers.
    select w.org_id into new.org_id from public.workflows as w where w.id = new.workflow_id for no key update;
    if new.version is null then
        select coalesce(max(v.version), 0) + 1 into new.version
        from public.workflow_versions as v where v.workflow_id = new.workflow_id;
    end if;
    return new;
end;
$$;
create trigger workflow_versions_number
    before insert on public.workflow_versions
    for each row execute function private.number_workflow_version();

create function private.number_asset_version()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    select a.org_id into new.org_id from public.assets as a where a.id = new.asset_id for no key update;
    if new.version is null then
        select coalesce(max(v.version), 0) + 1 into new.version
        from public.asset_versions as v where v.asset_id = new.asset_id;
    end if;
    return new;
end;
$$;
create trigger asset_versions_number
    before insert on public.asset_versions
    for each row execute function private.number_asset_version();

create function private.follow_job()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    select j.org_id into new.org_id from public.jobs as j where j.id = new.job_id;
    return new;
end;
$$;
create trigger job_logs_follow_job
    before insert on public.job_logs for each row execute function private.follow_job();
create trigger renders_follow_job
    before insert on public.renders for each row execute function private.follow_job();

create function private.follow_webhook()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    select w.org_id into new.org_id from public.webhooks as w where w.id = new.webhook_id;
    return new;
end;
$$;
create trigger webhook_deliveries_follow_webhook
    before insert on public.webhook_deliveries for each row execute function private.follow_webhook();

create function private.check_result_assets()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if exists (
        select from unnest(new.result_asset_ids) as wanted
        where not exists (select from public.assets as a where a.id = wanted and a.org_id = new.org_id)
    ) then
        raise exception 'result_asset_ids names an asset that the organisation does not have'
            using errcode = 'foreign_key_violation';
    end if;
    return new;
end;
$$;
create trigger kai_generations_check_assets
    before insert or update of result_asset_ids, org_id on public.kai_generations
    for each row execute function private.check_result_assets();

-- ---------------------------------------------------------------------------------------------------------------
-- Jobs
-- ---------------------------------------------------------------------------------------------------------------

-- from common/job_states.sql
--   waiting = queued
--   running = processing
--   finished = completed, failed, cancelled
--   abandoned = failed, cancelled
--   fixed = id, org_id, created_at, queued_at
--   clears = project_id, workflow_id, template_id, parent_job_id
--   function = enforce_job_state
-- The states of a job.
--
--   queued ──► processing ──► completed | failed | cancelled
--      └──────────────────────────────► failed | cancelled
--
-- A finished job never changes again; sending the same values once more is not a change, so a worker may repeat a
-- report whose answer it did not get. Two workers that claim a job with `status=eq.queued` in their filter cannot both
-- get it.
create function public.enforce_job_state()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    finished constant text[] := array['completed', 'failed', 'cancelled'];
begin
    if tg_op = 'UPDATE' then
        new.updated_at = old.updated_at; -- the next trigger sets it; not a change of its own
        if old.status = any (finished) and to_jsonb(new) - 'project_id' - 'workflow_id' - 'template_id' - 'parent_job_id' <> to_jsonb(old) - 'project_id' - 'workflow_id' - 'template_id' - 'parent_job_id' then
            -- PT409 is HTTP 409 Conflict to REST clients.
            raise exception 'job % is finished', old.id
                using errcode = 'PT409',
                    detail = format('A job that is %s no longer changes.', old.status),
                    hint = 'Create a new job.';
        end if;
        if (new.id, new.org_id, new.created_at, new.queued_at) is distinct from (old.id, old.org_id, old.created_at, old.queued_at) then
            raise exception 'id, org_id, created_at and queued_at of job % cannot change', old.id
                using errcode = 'PT409';
        end if;
        if new.status <> old.status and not (
            old.status = 'queued' and new.status in ('processing', 'failed', 'cancelled')
            or old.status = 'processing' and new.status = any (finished)
        ) then
            raise exception 'job % cannot go from % to %', old.id, old.status, new.status
                using errcode = 'PT409',
                    hint = 'queued → processing → completed, failed or cancelled.';
        end if;
        -- Completing without a word about progress means all of it.
        if new.status = 'completed' and new.progress = old.progress then
            new.progress = 100;
        end if;
    end if;
    if new.status = any (finished) and new.completed_at is null then
        new.completed_at = now();
    end if;
    return new;
end;
$$;

create trigger jobs_enforce_state
    before insert or update on public.jobs
    for each row execute function public.enforce_job_state();

revoke all on function public.enforce_job_state() from public, anon, authenticated, service_role;
-- end common/job_states.sql

-- A job has an own or a public template, whoever gives it one: no foreign key can say that.
create function private.check_job_template()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'UPDATE' and new.template_id is not distinct from old.template_id then
        return new;
    end if;
    if not exists (
        select from public.templates as t join public.orgs as o on o.id = t.org_id
        where t.id = new.template_id and t.deleted_at is null and (t.org_id = new.org_id or t.is_public and o.deleted_at is null)
    ) then
        raise exception 'there is no template %', new.template_id using errcode = 'foreign_key_violation';
    end if;
    return new;
end;
$$;
create trigger jobs_check_template
    before insert or update of template_id on public.jobs
    for each row when (new.template_id is not null) execute function private.check_job_template();

-- Before the states are looked at (triggers fire in the order of their names): a job counts for its workflow and
-- template, and is only taken while the organisation has something left.
create function private.begin_job()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if not (private.decide_quota((select q from public.quota_limits as q where q.org_id = new.org_id), 0, 0, 1)).allowed then
        raise exception 'quota exceeded'
            using errcode = 'PT402', hint = 'Upgrade the plan, buy credits, or wait for the next month.';
    end if;
    return null;
end;
$$;
-- After the policy: a stranger is refused by that, and does not learn that the quota is used up.
create trigger jobs_begin
    after insert on public.jobs
    for each row execute function private.begin_job();

create function private.count_job()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        update public.workflows set run_count = run_count + 1, last_run_at = now() where id = new.workflow_id;
        update public.templates set usage_count = usage_count + 1 where id = new.template_id;
    elsif new.status <> old.status and new.status in ('completed', 'failed', 'cancelled') then
        perform private.queue_deliveries(new.org_id, 'job.' || new.status,
            jsonb_build_object('id', public.prefixed_id('job', new.id), 'status', new.status, 'result', new.result, 'error', new.error));
    end if;
    return null;
end;
$$;
create trigger jobs_count
    after insert or update of status on public.jobs
    for each row execute function private.count_job();

-- Queued jobs that a worker takes: each goes to one only.
create function public.claim_jobs(most integer default 1)
returns setof public.jobs
language sql
security definer
set search_path = ''
as $$
    update public.jobs
    set status = 'processing', started_at = now()
    where id in (
        select id from public.jobs where status = 'queued'
        order by queued_at limit greatest(least(most, 100), 0) for update skip locked
    )
    returning *
$$;

-- Cancels a job that has not ended, and its parts.
create function public.cancel_job(p_job_id uuid)
returns setof public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
    mine constant uuid[] := array(select private.my_orgs('{owner,admin,editor}'));
begin
    if not exists (select from public.jobs where id = p_job_id and org_id = any (mine)) then
        raise exception 'there is no job %', quote_nullable(p_job_id) using errcode = 'PT404';
    end if;
    return query
        update public.jobs set status = 'cancelled'
        where (id = p_job_id or parent_job_id = p_job_id) and org_id = any (mine) and status in ('queued', 'processing')
        returning *;
    if not found then
        raise exception 'job % has already ended', p_job_id using errcode = 'PT409';
    end if;
end;
$$;

-- Asks for a failed or cancelled job again, as its child.
create function public.retry_job(p_job_id uuid)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
    before public.jobs;
    again public.jobs;
begin
    select * into before from public.jobs
    where id = p_job_id and org_id = any (array(select private.my_orgs('{owner,admin,editor}')));
    if not found then
        raise exception 'there is no job %', quote_nullable(p_job_id) using errcode = 'PT404';
    end if;
    if before.status not in ('failed', 'cancelled') then
        raise exception 'job % is %', p_job_id, before.status
            using errcode = 'PT409', hint = 'Only a failed or cancelled job is asked for again.';
    end if;
    insert into public.jobs (org_id, project_id, workflow_id, template_id, config, parent_job_id, retry_count)
    values (before.org_id, before.project_id, before.workflow_id, before.template_id, before.config, before.id,
        before.retry_count + 1)
    returning * into again;
    return again;
end;
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Schedules
-- ---------------------------------------------------------------------------------------------------------------

-- The numbers a field of a cron line stands for; null when it is none. `*`, lists, ranges and steps.
create function private.cron_field(field text, lowest integer, highest integer)
returns integer[]
language plpgsql
immutable
set search_path = ''
as $$
declare
    part text;
    first integer;
    last integer;
    step integer;
    found_numbers integer[] := '{}';
begin
    foreach part in array coalesce(string_to_array(field, ','), '{}') loop
        if part !~ '^(\*|[0-9]{1,2}(-[0-9]{1,2})?)(/[0-9]{1,2})?$' then
            return null;
        end if;
        step := coalesce(substring(part from '/([0-9]+)$')::integer, 1);
        if part like '*%' then
            first := lowest;
            last := highest;
        else
            first := substring(part from '^[0-9]+')::integer;
            last := coalesce(substring(part from '-([0-9]+)')::integer, case when part like '%/%' then highest else first end);
        end if;
        if first < lowest or last > highest or first > last or step < 1 then
            return null;
        end if;
        found_numbers := found_numbers || array(select n from generate_series(first, last, step) as n);
    end loop;
    return nullif(found_numbers, '{}');
end;
$$;

-- When a cron line is due next after a moment, in its time zone; null when it is no cron line or never due within
-- five years. As in cron, a day has to fit either day field when both are given.
create function private.next_run(cron text, timezone text, after timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
    fields constant text[] := regexp_split_to_array(trim(cron), '\s+');
    minutes constant integer[] := private.cron_field(fields[1], 0, 59);
    hours constant integer[] := private.cron_field(fields[2], 0, 23);
    days constant integer[] := private.cron_field(fields[3], 1, 31);
    months constant integer[] := private.cron_field(fields[4], 1, 12);
    weekdays constant integer[] := private.cron_field(fields[5], 0, 7);
    local constant timestamp := date_trunc('minute', after at time zone timezone) + interval '1 minute';
    day date;
    due timestamptz;
begin
    if cardinality(fields) <> 5 or minutes is null or hours is null or days is null or months is null or weekdays is null then
        return null;
    end if;
    for day in select generate_series(local::date, local::date + 1827, interval '1 day')::date loop
        continue when extract(month from day)::integer <> all (months);
        continue when case
            when fields[3] = '*' then extract(dow from day)::integer <> all (weekdays)
                and (extract(dow from day) <> 0 or 7 <> all (weekdays))
            when fields[5] = '*' then extract(day from day)::integer <> all (days)
            else extract(day from day)::integer <> all (days)
                and extract(dow from day)::integer <> all (weekdays)
                and (extract(dow from day) <> 0 or 7 <> all (weekdays))
        end;
        select min((day + make_time(h, m, 0)) at time zone timezone) into due
        from unnest(hours) as h, unnest(minutes) as m
        where day + make_time(h, m, 0) >= local and (day + make_time(h, m, 0)) at time zone timezone > after;
        if due is not null then
            return due;
        end if;
    end loop;
    return null;
end;
$$;

create function private.plan_schedule()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if not exists (select from pg_catalog.pg_timezone_names where name = new.timezone) then
        raise exception '% is no time zone', quote_nullable(new.timezone)
            using errcode = 'check_violation', hint = 'A name such as Europe/Berlin.';
    end if;
    new.next_run_at := private.next_run(new.cron, new.timezone, now());
    if new.next_run_at is null then
        raise exception '% is no cron line that is ever due', quote_nullable(new.cron)
            using errcode = 'check_violation', hint = 'Minute, hour, day, month, weekday: 0 9 * * 1-5.';
    end if;
    return new;
end;
$$;
create trigger schedules_plan
    before insert or update of cron, timezone, enabled on public.schedules
    for each row execute function private.plan_schedule();

-- Queues a job for each schedule that is due. One that was missed several times runs once. Safe to run twice or late.
create function private.run_due_schedules()
returns integer
language plpgsql
set search_path = ''
as $$
declare
    due record;
    done integer := 0;
begin
    for due in
        select s.*, w.project_id from public.schedules as s
        join public.workflows as w on w.id = s.workflow_id
        join public.orgs as o on o.id = s.org_id
        where s.enabled and s.next_run_at <= now() and w.deleted_at is null and o.deleted_at is null
        order by s.id
        for update of s skip locked
    loop
        begin
            insert into public.jobs (org_id, project_id, workflow_id, config)
            values (due.org_id, due.project_id, due.workflow_id, jsonb_build_object('schedule_id', due.id));
            done := done + 1;
        exception when sqlstate 'PT402' then
            null; -- the organisation has nothing left: it runs again when it is due the next time
        end;
        update public.schedules
        set last_run_at = now(), run_count = run_count + 1, next_run_at = private.next_run(due.cron, due.timezone, now())
        where id = due.id;
    end loop;
    return done;
end;
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Webhooks
-- ---------------------------------------------------------------------------------------------------------------

-- Makes a webhook. What signs its deliveries is in the answer and afterwards only for the backend.
create function public.create_webhook(p_org_id uuid, p_url text, p_events text[])
returns table (id uuid, secret text)
language plpgsql
security definer
set search_path = ''
as $$
declare
    made constant text := 'whsec_' || encode(extensions.gen_random_bytes(24), 'hex');
begin
    perform private.require_role(p_org_id, '{owner,admin}');
    if p_url is null or p_events is null then
        raise exception 'a webhook has a url and events' using errcode = 'invalid_parameter_value';
    end if;
    return query
        insert into public.webhooks as w (org_id, url, events, secret)
        values (p_org_id, p_url, p_events, private.encrypt(made))
        returning w.id, made;
end;
$$;

create function private.queue_deliveries(org uuid, event text, payload jsonb)
returns void
language sql
set search_path = ''
as $$
    insert into public.webhook_deliveries (webhook_id, org_id, event, payload)
    select w.id, w.org_id, event, payload from public.webhooks as w
    where w.org_id = org and w.enabled and (event = any (w.events) or '*' = any (w.events))
$$;

-- Deliveries that are due, with where to and what to sign them with. Each is handed to one worker, and again in ten
-- minutes when nothing is heard of it.
create function public.claim_webhook_deliveries(most integer default 10)
returns table (id uuid, url text, secret text, event text, payload jsonb, attempts integer)
language sql
security definer
set search_path = ''
as $$
    with claimed as (
        update public.webhook_deliveries as d
        set attempts = d.attempts + 1, next_retry_at = now() + interval '10 minutes'
        where d.id in (
            select due.id from public.webhook_deliveries as due
            where due.status = 'pending' and due.next_retry_at <= now()
            order by due.next_retry_at limit greatest(least(most, 100), 0) for update skip locked
        )
        returning d.*
    )
    select c.id, w.url, private.decrypt(w.secret), c.event, c.payload, c.attempts
    from claimed as c join public.webhooks as w on w.id = c.webhook_id
$$;

-- What became of one: success, or another attempt later (1, 2, 4, … minutes), or failed after eight.
create function public.finish_webhook_delivery(p_delivery_id uuid, p_http_status integer, p_response_body text default null)
returns text
language sql
security definer
set search_path = ''
as $$
    update public.webhook_deliveries as d
    set http_status = p_http_status,
        response_body = left(p_response_body, 10000),
        status = case when p_http_status between 200 and 299 then 'success' when d.attempts >= 8 then 'failed' else 'pending' end,
        next_retry_at = case when p_http_status between 200 and 299 or d.attempts >= 8 then null
            else now() + interval '1 minute' * power(2, d.attempts - 1) end
    where d.id = p_delivery_id and d.status = 'pending'
    returning d.status
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Integrations
-- ---------------------------------------------------------------------------------------------------------------

-- Connects a service, or connects it anew. Nobody reads the credentials but the backend.
create function public.set_integration(p_org_id uuid, p_provider text, p_credentials jsonb, p_config jsonb default '{}')
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
    connected uuid;
begin
    perform private.require_role(p_org_id, '{owner,admin}');
    if p_provider is null or p_credentials is null or jsonb_typeof(p_credentials) <> 'object' then
        raise exception 'an integration has a provider, and credentials that are an object' using errcode = 'invalid_parameter_value';
    end if;
    insert into public.integrations as i (org_id, provider, credentials, config)
    values (p_org_id, p_provider, jsonb_build_object('encrypted', private.encrypt(p_credentials::text)), coalesce(p_config, '{}'))
    on conflict (org_id, provider) do update
    set credentials = excluded.credentials, config = excluded.config, status = 'active'
    returning i.id into connected;
    return connected;
end;
$$;

create function public.integration_credentials(p_integration_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
    select private.decrypt(i.credentials ->> 'encrypted')::jsonb from public.integrations as i
    where i.id = p_integration_id and i.status = 'active'
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Quota
-- ---------------------------------------------------------------------------------------------------------------

create type private.quota_decision as (allowed boolean, from_packs integer, overage_usd numeric);

-- What lies beyond a limit when `amount` is added to what is used; nothing where there is no limit.
create function private.beyond(used bigint, "limit" bigint, amount bigint)
returns bigint
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case when $2 is null then 0 else greatest($1 + $3 - greatest($2, $1), 0) end;
end;
$$;

-- Whether an organisation may use so much more: within its limits, then from its credit packs, then as overage up to
-- the cap. No row of limits: no. Who holds the lock on its row decides and acts in one.
create function private.decide_quota(q public.quota_limits, tokens bigint, kai bigint, seconds bigint)
returns private.quota_decision
language plpgsql
stable
set search_path = ''
as $$
declare
    decision private.quota_decision;
    tokens_beyond bigint;
    kai_beyond bigint;
    seconds_beyond bigint;
begin
    if tokens is null or kai is null or seconds is null or least(tokens, kai, seconds) < 0 then
        raise exception 'an amount is a number from 0' using errcode = 'invalid_parameter_value';
    end if;
    if q.org_id is null or exists (select from public.orgs where id = q.org_id and deleted_at is not null) then
        decision.allowed := false;
        return decision;
    end if;
    -- nearly always, and the rest takes as long again
    if q.tokens_used + tokens <= coalesce(q.tokens_limit, 9223372036854775807)
        and q.kai_credits_used + kai <= coalesce(q.kai_credits_limit, 9223372036854775807)
        and q.render_seconds_used + seconds <= coalesce(q.render_seconds_limit, 9223372036854775807) then
        decision.allowed := true;
        return decision;
    end if;
    tokens_beyond := private.beyond(q.tokens_used, q.tokens_limit, tokens);
    kai_beyond := private.beyond(q.kai_credits_used, q.kai_credits_limit, kai);
    seconds_beyond := private.beyond(q.render_seconds_used, q.render_seconds_limit, seconds);
    if kai_beyond > 0 then
        decision.from_packs := least(kai_beyond, coalesce((
            select sum(credits_remaining) from public.credit_packs
            where org_id = q.org_id and credits_remaining > 0 and (expires_at is null or expires_at > now())), 0));
        kai_beyond := kai_beyond - decision.from_packs;
    end if;
    decision.allowed := tokens_beyond + kai_beyond + seconds_beyond = 0;
    if not decision.allowed then
        decision.overage_usd := coalesce((
            select sum(p.usd_per_unit * case p.resource
                when 'llm_tokens' then tokens_beyond when 'kai_credits' then kai_beyond else seconds_beyond end)
            from private.overage_prices as p), 0);
        decision.allowed := q.allow_overage
            and (q.overage_cap_usd is null or q.overage_usd_used + decision.overage_usd <= q.overage_cap_usd);
    end if;
    return decision;
end;
$$;

-- Whether so much more is allowed now, for members of the organisation and the service; false for everybody else. It
-- answers and reserves nothing: consume_quota decides and counts in one.
create function public.check_quota(org_id uuid, tokens integer, kai_credits integer, render_seconds integer)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    if (select auth.uid()) is not null and check_quota.org_id <> all (array(select private.my_orgs())) then
        return false;
    end if;
    return (private.decide_quota((select q from public.quota_limits as q where q.org_id = check_quota.org_id),
        check_quota.tokens, check_quota.kai_credits, check_quota.render_seconds)).allowed;
end;
$$;

-- What the usage records of a statement add, to the rows of their organisations: each row is written once, however many
-- records there are. What consume_quota records it has counted before, and says so for as long as it records.
create function public.update_quota_usage()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    used record;
begin
    -- In a fixed order, so that two statements with records of several organisations cannot deadlock.
    for used in
        select r.org_id, sum(coalesce(r.llm_tokens_prompt, 0)::bigint + coalesce(r.llm_tokens_output, 0)) as tokens,
            sum(ceil(coalesce(r.kai_credits, 0))) as kai_credits, sum(ceil(coalesce(r.render_seconds, 0))) as render_seconds,
            sum(coalesce(r.storage_bytes, 0)) as storage_bytes
        from new_records as r group by r.org_id order by r.org_id
    loop
        update public.quota_limits as q
        set tokens_used = q.tokens_used + used.tokens,
            kai_credits_used = q.kai_credits_used + used.kai_credits,
            render_seconds_used = q.render_seconds_used + used.render_seconds,
            storage_bytes_used = q.storage_bytes_used + used.storage_bytes
        where q.org_id = used.org_id;
        if not found then
            raise exception 'organisation % has no limits', used.org_id
                using errcode = 'PT404', hint = 'An organisation gets its row of quota_limits when it is made.';
        end if;
    end loop;
    return null;
end;
$$;

create trigger usage_records_quota
    after insert on public.usage_records
    referencing new table as new_records
    for each statement
    when (current_setting('private.counted', true) is distinct from 'yes')
    execute function public.update_quota_usage();

-- Takes credits from packs, the one that expires first before the others.
create function private.take_from_packs(org uuid, amount integer)
returns void
language plpgsql
set search_path = ''
as $$
declare
    pack record;
    left_to_take integer := amount;
begin
    for pack in
        select id, credits_remaining from public.credit_packs
        where org_id = org and credits_remaining > 0 and (expires_at is null or expires_at > now())
        order by expires_at nulls last, created_at, id
        for update
    loop
        exit when left_to_take = 0;
        update public.credit_packs set credits_remaining = credits_remaining - least(left_to_take, pack.credits_remaining)
        where id = pack.id;
        left_to_take := left_to_take - least(left_to_take, pack.credits_remaining);
    end loop;
end;
$$;

-- Decides and counts in one: true and a usage record for each resource, or false and nothing. Calls for one
-- organisation queue up on its row. A call with an idempotency key counts once. For a job that the organisation does not
-- have, or a user that nobody has: PT404.
create function public.consume_quota(org_id uuid, tokens integer, kai_credits integer, render_seconds integer,
    p_job_id uuid default null, p_user_id uuid default null, p_idempotency_key text default null)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
    most constant bigint := 9223372036854775807;
    limits public.quota_limits;
    decision private.quota_decision;
    counted text;
begin
    -- Whoever comes second with a key waits here for the first.
    if p_idempotency_key is not null then
        perform from public.quota_limits as q where q.org_id = consume_quota.org_id for no key update;
        if exists (
            select from private.quota_calls as c
            where c.org_id = consume_quota.org_id and c.idempotency_key = p_idempotency_key
        ) then
            return true;
        end if;
    end if;

    -- The foreign keys would refuse the same, in the name of a partition.
    if p_job_id is not null then
        perform from public.jobs as j where j.id = p_job_id and j.org_id = consume_quota.org_id;
        if not found then
            raise exception 'organisation % has no job %', quote_nullable(consume_quota.org_id), p_job_id using errcode = 'PT404';
        end if;
    end if;
    -- anybody: who has left the organisation may still be accounted for
    if p_user_id is not null then
        perform from public.profiles as p where p.id = p_user_id;
        if not found then
            raise exception 'there is no user %', p_user_id using errcode = 'PT404';
        end if;
    end if;

    -- Nearly always it is within every limit: then comparing and counting are one statement.
    update public.quota_limits as q
    set tokens_used = q.tokens_used + tokens,
        kai_credits_used = q.kai_credits_used + kai_credits,
        render_seconds_used = q.render_seconds_used + render_seconds
    where q.org_id = consume_quota.org_id and tokens >= 0 and kai_credits >= 0 and render_seconds >= 0
        and q.tokens_used + tokens <= coalesce(q.tokens_limit, most)
        and q.kai_credits_used + kai_credits <= coalesce(q.kai_credits_limit, most)
        and q.render_seconds_used + render_seconds <= coalesce(q.render_seconds_limit, most)
        and not exists (select from public.orgs as o where o.id = consume_quota.org_id and o.deleted_at is not null);
    if not found then
        select * into limits from public.quota_limits as q where q.org_id = consume_quota.org_id for no key update;
        decision := private.decide_quota(limits, tokens, kai_credits, render_seconds);
        if not decision.allowed then
            return false;
        end if;
        if decision.from_packs > 0 then
            perform private.take_from_packs(consume_quota.org_id, decision.from_packs);
        end if;
        update public.quota_limits as q
        set tokens_used = q.tokens_used + tokens,
            kai_credits_used = q.kai_credits_used + kai_credits,
            render_seconds_used = q.render_seconds_used + render_seconds,
            overage_usd_used = q.overage_usd_used + coalesce(decision.overage_usd, 0)
        where q.org_id = consume_quota.org_id;
    end if;

    -- assigned, because PERFORM would plan and run a query
    counted := set_config('private.counted', 'yes', true);
    insert into public.usage_records (org_id, user_id, job_id, resource_type, llm_tokens_output, kai_credits, render_seconds)
    select consume_quota.org_id, p_user_id, p_job_id, resource, token_amount, kai_amount, second_amount
    from (values
        ('llm_tokens', tokens, null::integer, null::integer),
        ('kai_credits', null, consume_quota.kai_credits, null),
        ('render_seconds', null, null, consume_quota.render_seconds)
    ) as used (resource, token_amount, kai_amount, second_amount)
    where coalesce(token_amount, kai_amount, second_amount) > 0;
    counted := set_config('private.counted', '', true);
    if p_idempotency_key is not null then
        insert into private.quota_calls (org_id, idempotency_key) values (consume_quota.org_id, p_idempotency_key);
    end if;
    return true;
end;
$$;

-- Begins a new month for an organisation; what lies in storage stays counted.
create function public.reset_quota(p_org_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.quota_limits
    set tokens_used = 0, render_seconds_used = 0, kai_credits_used = 0, overage_usd_used = 0, reset_at = now() + interval '1 month'
    where org_id = p_org_id;
    if not found then
        raise exception 'organisation % has no limits', quote_nullable(p_org_id) using errcode = 'PT404';
    end if;
end;
$$;

-- A pack that was paid. A payment counts once; returns the pack.
create function public.add_credit_pack(p_org_id uuid, p_pack_type text, p_credits integer, p_price_usd numeric,
    p_stripe_payment_id text, p_expires_at timestamptz default null)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
    pack public.credit_packs;
begin
    if p_org_id is null or p_pack_type is null or p_stripe_payment_id is null or p_credits is null or p_credits <= 0 then
        raise exception 'a pack has an organisation, a type, credits and a payment' using errcode = 'invalid_parameter_value';
    end if;
    if not exists (select from public.orgs where id = p_org_id) then
        raise exception 'there is no organisation %', p_org_id using errcode = 'PT404';
    end if;
    if p_expires_at <= now() then
        raise exception 'a pack that has expired' using errcode = 'invalid_parameter_value';
    end if;
    insert into public.credit_packs (org_id, pack_type, credits_purchased, credits_remaining, price_usd, stripe_payment_id, expires_at)
    values (p_org_id, p_pack_type, p_credits, p_credits, p_price_usd, p_stripe_payment_id, p_expires_at)
    on conflict (stripe_payment_id) do nothing;
    select * into pack from public.credit_packs where stripe_payment_id = p_stripe_payment_id;
    if pack.org_id <> p_org_id then
        raise exception 'payment % belongs to somebody else', p_stripe_payment_id using errcode = 'PT409';
    end if;
    return pack.id;
end;
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Stripe
-- ---------------------------------------------------------------------------------------------------------------

-- from common/webhook_inbox.sql
--   schema = private
--   table = stripe_events
--   subject = stripe_subscription_id
--   account = org_id
--   accounts = public.orgs
--   final = canceled, incomplete_expired
--   serving = active, trialing, past_due
--   pending = incomplete
--   customer = stripe_customer_id
--   function = settle_stripe_event
-- The inbox of a payment provider's webhooks. A provider delivers an event more than once and in any order: the
-- primary key takes each once, and how an account stands follows from all that happened, not from what came last.

-- Every event that arrived, once, and what became of it. It holds the provider's ids and no personal data, so it
-- survives the account; the event itself can be fetched from the provider again.
create table private.stripe_events (
    id text primary key,
    type text not null,
    created_at timestamptz not null,
    stripe_subscription_id text,
    subscription_created_at timestamptz,
    org_id uuid references public.orgs (id) on delete set null,
    -- What it says, in the words stored here; `status` is the subscription's.
    says jsonb,
    -- applied        the account stands as the event says
    -- ignored        an event that says nothing to us
    -- stale          something newer about the same subscription came before it
    -- superseded     about another subscription than the one that counts
    -- unknown_user   nobody here has that customer (yet, or any more)
    outcome text not null default 'ignored'
        check (outcome in ('applied', 'ignored', 'stale', 'superseded', 'unknown_user')),
    received_at timestamptz not null default now()
);

create index idx_stripe_events_account on private.stripe_events (org_id, stripe_subscription_id);
create index idx_stripe_events_subscription on private.stripe_events (stripe_subscription_id, created_at);
create index idx_stripe_events_unknown on private.stripe_events (received_at) where outcome = 'unknown_user';

revoke all on private.stripe_events from anon, authenticated, service_role;
grant select, insert, update on private.stripe_events to service_role;
alter table private.stripe_events enable row level security;

-- Notes whose event it is and what it says, and returns the event that says how the account stands: of each subscription
-- the latest to happen, and of the subscriptions one that serves before one that does not, then the younger. What
-- could not be told whose it is before is the account's from now on. The caller holds a lock on the account, so that
-- its events are settled one after another.
create function private.settle_stripe_event(event_id text, of_account uuid, saying jsonb)
returns private.stripe_events
language plpgsql
set search_path = ''
as $$
declare
    standing private.stripe_events;
begin
    update private.stripe_events as e
    set org_id = of_account, says = saying, outcome = 'unknown_user'
    where e.id = event_id;
    if of_account is null then
        return null;
    end if;
    update private.stripe_events as e set org_id = of_account
    where e.outcome = 'unknown_user' and e.org_id is null
        and (e.stripe_subscription_id = (select known.stripe_subscription_id from private.stripe_events as known where known.id = event_id)
            or e.says ->> 'stripe_customer_id' = saying ->> 'stripe_customer_id'
        );
    select latest.* into standing
    from (
        select distinct on (e.stripe_subscription_id) e.*
        from private.stripe_events as e
        where e.org_id = of_account and e.stripe_subscription_id is not null and e.says ->> 'status' is not null
        order by e.stripe_subscription_id,
            -- the provider never takes a subscription out of these
            e.says ->> 'status' in ('canceled', 'incomplete_expired') desc,
            e.created_at desc, e.type desc, e.id desc
    ) as latest
    order by latest.says ->> 'status' in ('active', 'trialing', 'past_due') desc,
        latest.says ->> 'status' in ('incomplete') desc,
        latest.subscription_created_at desc nulls last, latest.stripe_subscription_id desc
    limit 1;
    update private.stripe_events as e
    set outcome = case
        when e.stripe_subscription_id is null or e.id = standing.id then 'applied'
        when e.stripe_subscription_id = standing.stripe_subscription_id then 'stale'
        else 'superseded' end
    where e.org_id = of_account and e.outcome = 'unknown_user';
    return standing;
end;
$$;

revoke all on function private.settle_stripe_event(text, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function private.settle_stripe_event(text, uuid, jsonb) to service_role;
-- end common/webhook_inbox.sql

-- from common/stripe_time.sql
-- Seconds since 1970, as Stripe writes a time; null when it is none, or one that no calendar has.
create function private.stripe_time(object jsonb, name text)
returns timestamptz
language sql
immutable
set search_path = ''
as $$
    select case jsonb_typeof(object -> name) when 'number' then
        case when (object ->> name)::numeric between 0 and 253402300799
            then to_timestamp((object ->> name)::double precision) end
    end
$$;
-- end common/stripe_time.sql

-- A whole number of cents as dollars; null when it is none.
create function private.stripe_dollars(object jsonb, name text)
returns numeric
language sql
immutable
set search_path = ''
as $$
    select case when object ->> name ~ '^[0-9]{1,12}$' then (object ->> name)::numeric / 100 end
$$;

-- Whose event it is: metadata.org_id (or client_reference_id) as set at checkout, else who has the subscription or the customer.
create function private.stripe_org(object jsonb)
returns uuid
language sql
stable
set search_path = ''
as $$
    select id from (
        select o.id, 1 as rank from public.orgs as o
        where replace(o.id::text, '-', '') = replace(regexp_replace(
            lower(coalesce(object #>> '{metadata,org_id}', object ->> 'client_reference_id')), '^org_', ''), '-', '')
        union all
        select e.org_id, 2 from private.stripe_events as e
        where e.stripe_subscription_id = object ->> 'id' and e.org_id is not null
        union all
        select o.id, 3 from public.orgs as o
        where o.stripe_customer_id = coalesce(object #>> '{customer,id}', object ->> 'customer')
    ) as candidates
    order by rank
    limit 1
$$;

-- What an event says, in our words and without personal data; null when it says nothing to us. The plan is the metadata
-- field `plan` of the price, a pack the fields `pack_type` and `credits` of the checkout session.
create function private.stripe_says(kind text, object jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
    price constant jsonb := object #> '{items,data,0,price}';
    says constant jsonb := jsonb_build_object('stripe_customer_id', coalesce(object #>> '{customer,id}', object ->> 'customer'));
begin
    if kind like 'customer.subscription.%' then
        if object ->> 'id' is null or coalesce(object ->> 'status', '') not in ('active', 'trialing', 'past_due', 'canceled',
                'incomplete', 'incomplete_expired', 'unpaid', 'paused') then
            raise exception 'unknown subscription state %', quote_nullable(object ->> 'status') using errcode = 'invalid_parameter_value';
        end if;
        if coalesce(price #>> '{metadata,plan}', '') not in ('starter', 'pro', 'enterprise') then
            raise exception 'price % names no plan', quote_nullable(price ->> 'id')
                using errcode = 'invalid_parameter_value',
                    hint = 'Set the metadata field "plan" of the price in Stripe to starter, pro or enterprise.';
        end if;
        return says || jsonb_build_object('status', object ->> 'status', 'plan', price #>> '{metadata,plan}');
    elsif kind like 'invoice.%' then
        if object ->> 'id' is null or object ->> 'currency' is distinct from 'usd' or private.stripe_dollars(object, 'amount_due') is null
            or coalesce(object ->> 'status', '') not in ('draft', 'open', 'paid', 'void', 'uncollectible') then
            raise exception 'an invoice has an id, a state that is known, and an amount_due in cents of usd'
                using errcode = 'invalid_parameter_value';
        end if;
        return says || jsonb_build_object(
            'invoice', object ->> 'id',
            -- what is given up is still owed
            'invoice_status', case object ->> 'status' when 'uncollectible' then 'open' else object ->> 'status' end,
            'amount_usd', private.stripe_dollars(object, 'amount_due'),
            'period_start', private.stripe_time(object, 'period_start'),
            'period_end', greatest(private.stripe_time(object, 'period_end'), private.stripe_time(object, 'period_start')),
            'line_items', (
                select coalesce(jsonb_agg(jsonb_build_object('description', line -> 'description', 'amount', line -> 'amount',
                    'quantity', line -> 'quantity') order by at), '[]')
                from jsonb_array_elements(case when jsonb_typeof(object #> '{lines,data}') = 'array' then object #> '{lines,data}' else '[]' end)
                    with ordinality as lines (line, at)));
    elsif kind = 'checkout.session.completed' and object #>> '{metadata,pack_type}' is not null and object ->> 'payment_status' = 'paid' then
        if object ->> 'id' is null or coalesce(object #>> '{metadata,credits}', '') !~ '^0*[1-9][0-9]{0,8}$' then
            raise exception 'no pack of % credits', quote_nullable(object #>> '{metadata,credits}')
                using errcode = 'invalid_parameter_value', hint = 'The session''s metadata field "credits" is a number from 1.';
        end if;
        return says || jsonb_build_object('payment', coalesce(object ->> 'payment_intent', object ->> 'id'),
            'pack_type', object #>> '{metadata,pack_type}', 'credits', (object #>> '{metadata,credits}')::integer,
            'price_usd', private.stripe_dollars(object, 'amount_total'));
    end if;
    return null;
end;
$$;

-- Invoices and packs as all events of an organisation tell them: of each invoice the last to happen, where paid and void
-- stay, and each payment once.
create function private.keep_stripe_books(of_org uuid)
returns void
language sql
set search_path = ''
as $$
    insert into public.invoices as i (org_id, stripe_invoice_id, amount_usd, status, period_start, period_end, line_items)
    select distinct on (e.says ->> 'invoice') of_org, e.says ->> 'invoice', (e.says ->> 'amount_usd')::numeric, e.says ->> 'invoice_status',
        (e.says ->> 'period_start')::timestamptz, (e.says ->> 'period_end')::timestamptz, e.says -> 'line_items'
    from private.stripe_events as e
    where e.org_id = of_org and e.says ? 'invoice'
    order by e.says ->> 'invoice', e.says ->> 'invoice_status' in ('paid', 'void') desc, e.created_at desc, e.type desc, e.id desc
    on conflict (stripe_invoice_id) do update
    set amount_usd = excluded.amount_usd, status = excluded.status, period_start = excluded.period_start,
        period_end = excluded.period_end, line_items = excluded.line_items
    where i.org_id = excluded.org_id
        and (i.amount_usd, i.status, i.period_start, i.period_end, i.line_items)
            is distinct from (excluded.amount_usd, excluded.status, excluded.period_start, excluded.period_end, excluded.line_items);

    select public.add_credit_pack(of_org, e.says ->> 'pack_type', (e.says ->> 'credits')::integer, (e.says ->> 'price_usd')::numeric,
        e.says ->> 'payment')
    from private.stripe_events as e
    where e.org_id = of_org and e.says ? 'payment'
        and not exists (select from public.credit_packs as p where p.stripe_payment_id = e.says ->> 'payment');
$$;

-- Takes one event as Stripe posts it (after the caller has verified its signature) and answers with what became of
-- it: one of stripe_events.outcome, or 'duplicate'. Any number of times, in any order. An event that cannot be understood
-- raises 22023 and leaves no trace, so Stripe's redelivery finds it new.
create function public.apply_stripe_event(event jsonb)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
    object constant jsonb := event #> '{data,object}';
    inbox private.stripe_events;
    standing private.stripe_events;
    of_org uuid;
    says jsonb;
begin
    if event ->> 'id' is null or event ->> 'type' is null or private.stripe_time(event, 'created') is null
        or jsonb_typeof(object) is distinct from 'object' then
        raise exception 'not a Stripe event: id, type, created and data.object are required'
            using errcode = 'invalid_parameter_value';
    end if;

    -- A second delivery waits here for the first to commit and then finds the row.
    insert into private.stripe_events (id, type, created_at, stripe_subscription_id, subscription_created_at)
    values (event ->> 'id', event ->> 'type', private.stripe_time(event, 'created'),
        case when event ->> 'type' like 'customer.subscription.%' then object ->> 'id' end, private.stripe_time(object, 'created'))
    on conflict (id) do nothing
    returning * into inbox;
    if inbox.id is null then
        return 'duplicate';
    end if;
    says := private.stripe_says(inbox.type, object);
    if says is null then
        return inbox.outcome;
    end if;

    -- One event at a time for each organisation.
    select o.id into of_org from public.orgs as o where o.id = private.stripe_org(object) for no key update;
    standing := private.settle_stripe_event(inbox.id, of_org, says);
    if of_org is not null then
        update public.orgs as o
        set plan = case when standing.says ->> 'status' in ('active', 'trialing', 'past_due') then standing.says ->> 'plan' else 'free' end,
            stripe_customer_id = coalesce(standing.says ->> 'stripe_customer_id', o.stripe_customer_id)
        where o.id = of_org and standing.id is not null;
        perform private.keep_stripe_books(of_org);
    end if;
    return (select outcome from private.stripe_events where id = inbox.id);
end;
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Partitions and daily statistics
-- ---------------------------------------------------------------------------------------------------------------

-- The partitions of this month and the next ones. What the default partition took for one of them is moved into it.
-- Safe to run twice or late. Returns how many were made.
create function private.create_usage_partitions(ahead integer default 3)
returns integer
language plpgsql
set search_path = ''
as $$
declare
    month timestamptz;
    name text;
    made integer := 0;
begin
    -- two clocks make them one after the other
    perform pg_advisory_xact_lock(hashtextextended('usage partitions', 0));
    for month in
        select (date_trunc('month', now() at time zone 'UTC') + make_interval(months => n)) at time zone 'UTC'
        from generate_series(0, ahead) as n
    loop
        name := 'usage_records_' || to_char(month at time zone 'UTC', 'YYYY_MM');
        continue when to_regclass('private.' || name) is not null;
        execute format('create table private.%I (like public.usage_records including all)', name);
        execute format('alter table private.%I enable row level security', name);
        execute format('revoke all on private.%I from anon, authenticated, service_role', name);
        execute format(
            'with moved as (delete from private.usage_records_default where created_at >= %L and created_at < %L returning *) '
            'insert into private.%I select * from moved', month, month + interval '1 month', name);
        execute format('alter table public.usage_records attach partition private.%I for values from (%L) to (%L)',
            name, month, month + interval '1 month');
        made := made + 1;
    end loop;
    return made;
end;
$$;

select private.create_usage_partitions();

-- Drops months that are older than `keep`. Returns how many.
create function private.drop_usage_partitions(keep interval default '24 months')
returns integer
language plpgsql
set search_path = ''
as $$
declare
    old_partition text;
    dropped integer := 0;
begin
    perform pg_advisory_xact_lock(hashtextextended('usage partitions', 0));
    for old_partition in
        select c.relname from pg_catalog.pg_inherits as i
        join pg_catalog.pg_class as c on c.oid = i.inhrelid
        where i.inhparent = 'public.usage_records'::regclass
            and c.relname ~ '^usage_records_[0-9]{4}_[0-9]{2}$'
            and to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= now() - keep
    loop
        execute format('drop table private.%I', old_partition);
        dropped := dropped + 1;
    end loop;
    return dropped;
end;
$$;

-- Of all organisations together, so no API role reads it: public.daily_usage shows the caller's.
create materialized view public.mv_daily_usage as
    select
        org_id,
        (created_at at time zone 'UTC')::date as day,
        resource_type,
        count(*) as records,
        sum(coalesce(llm_tokens_prompt, 0)::bigint + coalesce(llm_tokens_output, 0)) as tokens,
        sum(coalesce(kai_credits, 0)) as kai_credits,
        sum(coalesce(render_seconds, 0)) as render_seconds,
        sum(coalesce(storage_bytes, 0)) as storage_bytes,
        sum(coalesce(cost_usd, 0)) as cost_usd
    from public.usage_records
    group by org_id, day, resource_type;
-- What a concurrent refresh needs.
create unique index mv_daily_usage_key on public.mv_daily_usage (org_id, day, resource_type);
revoke all on public.mv_daily_usage from anon, authenticated;
grant select on public.mv_daily_usage to service_role;

create function public.daily_usage(p_org_id uuid, p_from date default null, p_to date default null)
returns setof public.mv_daily_usage
language sql
stable
security definer
set search_path = ''
as $$
    select * from public.mv_daily_usage as d
    where d.org_id = p_org_id and p_org_id = any (array(select private.my_orgs()))
        and d.day >= coalesce(p_from, '-infinity') and d.day <= coalesce(p_to, 'infinity')
    order by d.day, d.resource_type
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- By the clock
-- ---------------------------------------------------------------------------------------------------------------

create function private.refresh_daily_usage()
returns void
language sql
security definer
set search_path = ''
as $$
    refresh materialized view concurrently public.mv_daily_usage
$$;

-- A new month for every organisation whose month is over; the day of the month stays. Safe to run twice or late.
create function private.reset_due_quotas()
returns bigint
language sql
set search_path = ''
as $$
    with reset as (
        update public.quota_limits
        set tokens_used = 0, render_seconds_used = 0, kai_credits_used = 0, overage_usd_used = 0,
            reset_at = (
                select min(next) from generate_series(reset_at + interval '1 month', now() + interval '2 months', interval '1 month') as next
                where next > now())
        where reset_at <= now()
        returning 1
    )
    select count(*) from reset
$$;

-- Jobs whose worker died. Safe to run twice or late.
create function private.fail_stuck_jobs(patience interval default '1 hour')
returns bigint
language sql
set search_path = ''
as $$
    with stuck as (
        update public.jobs set status = 'failed', error = '{"code": "timeout", "message": "no worker finished it"}'
        where status = 'processing' and updated_at < now() - patience
        returning 1
    )
    select count(*) from stuck
$$;

-- What has been in the bin for 30 days.
create function private.empty_bin(age interval default '30 days')
returns bigint
language sql
set search_path = ''
as $$
    with
        a as (delete from public.assets where deleted_at < now() - age returning 1),
        w as (delete from public.workflows where deleted_at < now() - age returning 1),
        t as (delete from public.templates where deleted_at < now() - age returning 1),
        p as (delete from public.projects where deleted_at < now() - age returning 1)
    select (select count(*) from a) + (select count(*) from w) + (select count(*) from t) + (select count(*) from p)
$$;

create function private.forget_quota_calls()
returns bigint
language sql
set search_path = ''
as $$
    with old_calls as (delete from private.quota_calls where created_at < now() - interval '30 days' returning 1)
    select count(*) from old_calls
$$;

-- from common/cron.sql
--   jobs = create-usage-partitions: 5 0 * * *: select private.create_usage_partitions(), drop-usage-partitions: 15 0 1 * *: select private.drop_usage_partitions(), refresh-daily-usage: 10 * * * *: select private.refresh_daily_usage(), reset-due-quotas: 20 * * * *: select private.reset_due_quotas(), run-due-schedules: * * * * *: select private.run_due_schedules(), fail-stuck-jobs: */10 * * * *: select private.fail_stuck_jobs(), empty-bin: 40 3 * * *: select private.empty_bin(), forget-quota-calls: 50 3 * * *: select private.forget_quota_calls()
-- What has to happen by itself, by pg_cron where it can be had (hosted Supabase and Ferrobase have it). Scheduling a
-- name again replaces it. Each command may run twice, late, or by hand: where there is no pg_cron, call them from
-- anything that has a clock.
do $schedule$
begin
    if exists (select from pg_available_extensions where name = 'pg_cron') then
        create extension if not exists pg_cron;
    end if;
    if to_regprocedure('cron.schedule(text, text, text)') is null then
        raise notice 'there is no pg_cron here: the lifecycle jobs have to be called by something else';
        return;
    end if;
    perform cron.schedule('create-usage-partitions', '5 0 * * *', $command$select private.create_usage_partitions()$command$);
    perform cron.schedule('drop-usage-partitions', '15 0 1 * *', $command$select private.drop_usage_partitions()$command$);
    perform cron.schedule('refresh-daily-usage', '10 * * * *', $command$select private.refresh_daily_usage()$command$);
    perform cron.schedule('reset-due-quotas', '20 * * * *', $command$select private.reset_due_quotas()$command$);
    perform cron.schedule('run-due-schedules', '* * * * *', $command$select private.run_due_schedules()$command$);
    perform cron.schedule('fail-stuck-jobs', '*/10 * * * *', $command$select private.fail_stuck_jobs()$command$);
    perform cron.schedule('empty-bin', '40 3 * * *', $command$select private.empty_bin()$command$);
    perform cron.schedule('forget-quota-calls', '50 3 * * *', $command$select private.forget_quota_calls()$command$);
end;
$schedule$;
-- end common/cron.sql

-- 6. Who may do what: grants decide on verbs and columns, policies on rows.
--
--   anon           reads the public switches
--   authenticated  reads their own; edits heroes, projects and pages; everything that costs or counts is a function
--   service_role   reads and writes everything (it bypasses row level security, so no policy names it)
--
-- TRUNCATE ignores policies and REFERENCES and TRIGGER let a role attach things to a table: no API role has them.

revoke all on public.profiles, public.heroes, public.projects, public.pages, public.page_versions, public.jobs,
    public.job_items, public.assets, public.blot_transactions, public.global_config
    from anon, authenticated, service_role;

alter table public.profiles enable row level security;
alter table public.heroes enable row level security;
alter table public.projects enable row level security;
alter table public.pages enable row level security;
alter table public.page_versions enable row level security;
alter table public.jobs enable row level security;
alter table public.job_items enable row level security;
alter table public.assets enable row level security;
alter table public.blot_transactions enable row level security;
alter table public.global_config enable row level security;

grant select, insert, update, delete
    on public.profiles, public.heroes, public.projects, public.pages, public.jobs, public.job_items, public.assets,
        public.global_config
    to service_role;
-- Append-only: no update, no delete.
grant select, insert on public.page_versions, public.blot_transactions to service_role;

grant select
    on public.profiles, public.heroes, public.projects, public.pages, public.page_versions, public.jobs,
        public.job_items, public.assets, public.blot_transactions
    to authenticated;
grant select (key, value, description, updated_at) on public.global_config to anon, authenticated;

grant insert (owner_id, name, description, audience, compiled_prompt, negative_prompt, reference_key, thumbnail_key,
        style_preset)
    on public.heroes to authenticated;
grant update (name, description, style_preset) on public.heroes to authenticated;
grant insert (owner_id, hero_id, name, description, page_count, trim_size, audience, style_preset)
    on public.projects to authenticated;
grant update (hero_id, name, description) on public.projects to authenticated;
grant insert (project_id, sort_order, page_type, scene_brief) on public.pages to authenticated;
grant update (sort_order, page_type, scene_brief, current_version) on public.pages to authenticated;
grant delete on public.pages to authenticated;

-- Nothing of these is for the API but what is granted here.
revoke all on all functions in schema public from public, anon, authenticated, service_role;
revoke all on all functions in schema private from public, anon, authenticated, service_role;
-- Policies ask them as the caller.
grant execute on function private.active(), private.deleted_projects() to authenticated;
-- Checks ask them as whoever writes the row.
grant execute on function
    private.profiles_holds(integer, integer, integer, integer, text, text, bigint, bigint),
    private.blot_transactions_holds(text, text),
    private.refuse_row(text, text)
    to service_role;
grant execute on function
    public.create_job(public.job_type, uuid, uuid[]),
    public.cancel_job(uuid),
    public.delete_project(uuid),
    public.delete_hero(uuid)
    to authenticated;
grant execute on function
    public.get_available_blots(uuid),
    public.deduct_blots(uuid, integer, text, text, uuid),
    public.refund_blots(uuid, integer, uuid, text),
    public.reset_subscription_blots(uuid, integer, text),
    public.add_upgrade_blots(uuid, integer, text),
    public.add_pack_blots(uuid, integer, text, text),
    public.finish_job(uuid, public.job_status, integer, text, text),
    public.claim_jobs(integer),
    public.take_storage_purges(integer),
    public.apply_stripe_event(jsonb)
    to service_role;

-- Each policy names its role, so that others are not even evaluated, and wraps auth.uid() in a select, so that it is
-- evaluated once per statement and not once per row.

create policy "Users can view own profile"
    on public.profiles for select
    to authenticated
    using ((select auth.uid()) = owner_id);

-- Heroes and projects that were deleted are gone for their owner.
create policy "Users can view own heroes"
    on public.heroes for select
    to authenticated
    using ((select auth.uid()) = owner_id and deleted_at is null);

create policy "Users can create own heroes"
    on public.heroes for insert
    to authenticated
    with check ((select auth.uid()) = owner_id
        and (select private.active())
        and starts_with(reference_key, owner_id || '/')
        and (thumbnail_key is null or starts_with(thumbnail_key, owner_id || '/')));

create policy "Users can update own heroes"
    on public.heroes for update
    to authenticated
    using ((select auth.uid()) = owner_id and deleted_at is null and (select private.active()))
    with check ((select auth.uid()) = owner_id);

create policy "Users can view own projects"
    on public.projects for select
    to authenticated
    using ((select auth.uid()) = owner_id and deleted_at is null);

create policy "Users can create own projects"
    on public.projects for insert
    to authenticated
    with check ((select auth.uid()) = owner_id and (select private.active()));

create policy "Users can update own projects"
    on public.projects for update
    to authenticated
    using ((select auth.uid()) = owner_id and deleted_at is null and (select private.active()))
    with check ((select auth.uid()) = owner_id);

-- Pages of a deleted project are gone with it. The sub-select is the same for every row, so it runs once; the deleted
-- ones are few, and a page is always in a project of its owner.
create policy "Users can view own pages"
    on public.pages for select
    to authenticated
    using ((select auth.uid()) = owner_id and project_id not in (select private.deleted_projects()));

create policy "Users can create own pages"
    on public.pages for insert
    to authenticated
    with check ((select auth.uid()) = owner_id
        and (select private.active())
        and project_id in (select id from public.projects where owner_id = (select auth.uid()) and deleted_at is null));

create policy "Users can update own pages"
    on public.pages for update
    to authenticated
    using ((select auth.uid()) = owner_id
        and (select private.active())
        and project_id in (select id from public.projects where owner_id = (select auth.uid()) and deleted_at is null))
    with check ((select auth.uid()) = owner_id);

create policy "Users can delete own pages"
    on public.pages for delete
    to authenticated
    using ((select auth.uid()) = owner_id
        and (select private.active())
        and project_id in (select id from public.projects where owner_id = (select auth.uid()) and deleted_at is null));

create policy "Users can view own page versions"
    on public.page_versions for select
    to authenticated
    using ((select auth.uid()) = owner_id);

create policy "Users can view own jobs"
    on public.jobs for select
    to authenticated
    using ((select auth.uid()) = owner_id);

create policy "Users can view own job items"
    on public.job_items for select
    to authenticated
    using ((select auth.uid()) = owner_id);

create policy "Users can view own assets"
    on public.assets for select
    to authenticated
    using ((select auth.uid()) = owner_id);

create policy "Users can view own transactions"
    on public.blot_transactions for select
    to authenticated
    using ((select auth.uid()) = owner_id);

create policy "Everybody can read public config"
    on public.global_config for select
    to anon, authenticated
    using (is_public);

-- Who may do what: grants decide on verbs and columns, policies on rows.
--
--   anon           sees what is public of public assets
--   authenticated  sees and edits their own; what grants, limits, charges or proves something is read-only
--   service_role   reads and writes everything (it bypasses row level security, so no policy names it)
--
-- TRUNCATE ignores policies and REFERENCES and TRIGGER let a role attach things to a table: no API role has them.

revoke all on public.users, public.brand_kits, public.generation_jobs, public.assets, public.platform_connections,
    public.subscriptions
    from anon, authenticated, service_role;

grant select, insert, update, delete
    on public.users, public.brand_kits, public.generation_jobs, public.assets, public.platform_connections,
        public.subscriptions
    to service_role;

alter table public.users enable row level security;
alter table public.brand_kits enable row level security;
alter table public.generation_jobs enable row level security;
alter table public.assets enable row level security;
alter table public.platform_connections enable row level security;
alter table public.subscriptions enable row level security;

-- Trigger functions run without this privilege; with it they would be callable through the API.
revoke all on function private.handle_new_user(), private.handle_user_email_change(), private.free_email(text, uuid)
    from public, anon, authenticated, service_role;

-- Each policy names its role, so that others are not even evaluated, and wraps auth.uid() in a select, so that it is
-- evaluated once per statement and not once per row.

-- ---------------------------------------------------------------------------------------------------------------
-- users: everything but password_hash, and only two columns to write
-- ---------------------------------------------------------------------------------------------------------------

grant select (id, email, email_verified, display_name, avatar_url, subscription_tier, subscription_status,
        stripe_customer_id, assets_generated_this_month, created_at, updated_at)
    on public.users to authenticated;
grant update (display_name, avatar_url) on public.users to authenticated;

create policy "Users can read own profile"
    on public.users for select
    to authenticated
    using ((select auth.uid()) = id);

create policy "Users can update own profile"
    on public.users for update
    to authenticated
    using ((select auth.uid()) = id)
    with check ((select auth.uid()) = id);

-- ---------------------------------------------------------------------------------------------------------------
-- brand_kits: a creator's own
-- ---------------------------------------------------------------------------------------------------------------

grant select, delete on public.brand_kits to authenticated;
grant insert (user_id, name, is_active, primary_colors, accent_colors, fonts, logo_url, tone, style_reference,
        extracted_from)
    on public.brand_kits to authenticated;
grant update (name, is_active, primary_colors, accent_colors, fonts, logo_url, tone, style_reference, extracted_from)
    on public.brand_kits to authenticated;

create policy "Users can read own brand kits"
    on public.brand_kits for select
    to authenticated
    using ((select auth.uid()) = user_id);

create policy "Users can create own brand kits"
    on public.brand_kits for insert
    to authenticated
    with check ((select auth.uid()) = user_id);

create policy "Users can update own brand kits"
    on public.brand_kits for update
    to authenticated
    using ((select auth.uid()) = user_id)
    with check ((select auth.uid()) = user_id);

create policy "Users can delete own brand kits"
    on public.brand_kits for delete
    to authenticated
    using ((select auth.uid()) = user_id);

-- ---------------------------------------------------------------------------------------------------------------
-- generation_jobs: a creator asks; state, counts and times belong to whoever runs the job
-- ---------------------------------------------------------------------------------------------------------------

grant select on public.generation_jobs to authenticated;
grant insert (user_id, parent_job_id, job_type, asset_type, custom_prompt, brand_kit_id, platform_context, total_assets)
    on public.generation_jobs to authenticated;
-- While it waits, the prompt may still change. Cancelling is public.cancel_generation_job (004).
grant update (custom_prompt) on public.generation_jobs to authenticated;

create policy "Users can read own jobs"
    on public.generation_jobs for select
    to authenticated
    using ((select auth.uid()) = user_id);

create policy "Users can create own jobs"
    on public.generation_jobs for insert
    to authenticated
    with check ((select auth.uid()) = user_id);

create policy "Users can update own queued jobs"
    on public.generation_jobs for update
    to authenticated
    using ((select auth.uid()) = user_id and status = 'queued')
    with check ((select auth.uid()) = user_id);

-- ---------------------------------------------------------------------------------------------------------------
-- assets: made by the backend; a creator shows, hides and deletes them
-- ---------------------------------------------------------------------------------------------------------------

-- How an asset was made and where its file lies is the creator's business: public.asset_generation (004) tells it to
-- its owner only. A column grant is per role, so these columns are granted to nobody who can see public assets.
grant select (id, asset_type, width, height, format, cdn_url, shareable_url, is_public, viral_score, created_at,
        expires_at)
    on public.assets to anon;
grant select (id, user_id, job_id, brand_kit_id, asset_type, width, height, format, cdn_url, shareable_url, is_public,
        viral_score, viral_suggestions, created_at, updated_at, expires_at)
    on public.assets to authenticated;
grant update (is_public) on public.assets to authenticated;
grant delete on public.assets to authenticated;

create policy "Anyone can read public assets"
    on public.assets for select
    to anon
    using (is_public and (expires_at is null or expires_at > now()));

-- Not as an OR: of that the planner believes that it hides nearly all of what the filter `user_id = …` finds, and so
-- reads and sorts a creator's whole list where the newest thirty were asked for.
create policy "Users can read own and public assets"
    on public.assets for select
    to authenticated
    using (case when user_id = (select auth.uid()) then true
        else is_public and (expires_at is null or expires_at > now()) end);

create policy "Users can show and hide own assets"
    on public.assets for update
    to authenticated
    using ((select auth.uid()) = user_id)
    with check ((select auth.uid()) = user_id);

create policy "Users can delete own assets"
    on public.assets for delete
    to authenticated
    using ((select auth.uid()) = user_id);

-- ---------------------------------------------------------------------------------------------------------------
-- platform_connections: made by the backend after the OAuth dance; tokens never reach a browser
-- ---------------------------------------------------------------------------------------------------------------

grant select (id, user_id, platform, platform_user_id, platform_username, token_expires_at, cached_metadata,
        metadata_updated_at, is_active, created_at, updated_at)
    on public.platform_connections to authenticated;
grant update (is_active) on public.platform_connections to authenticated;
grant delete on public.platform_connections to authenticated;

create policy "Users can read own connections"
    on public.platform_connections for select
    to authenticated
    using ((select auth.uid()) = user_id);

create policy "Users can pause own connections"
    on public.platform_connections for update
    to authenticated
    using ((select auth.uid()) = user_id)
    with check ((select auth.uid()) = user_id);

create policy "Users can remove own connections"
    on public.platform_connections for delete
    to authenticated
    using ((select auth.uid()) = user_id);

-- ---------------------------------------------------------------------------------------------------------------
-- subscriptions
-- ---------------------------------------------------------------------------------------------------------------

grant select on public.subscriptions to authenticated;

create policy "Users can read own subscription"
    on public.subscriptions for select
    to authenticated
    using ((select auth.uid()) = user_id);

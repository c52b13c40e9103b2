-- 4. What keeps the tables true, whoever writes them.

-- ---------------------------------------------------------------------------------------------------------------
-- Signing up
-- ---------------------------------------------------------------------------------------------------------------

-- A switch of global_config; a missing or odd value counts as `otherwise`.
create function private.switch(name text, otherwise boolean)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
    select coalesce((select case value when 'true' then true when 'false' then false end
        from public.global_config where key = name), otherwise)
$$;

create function public.handle_new_user()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    profile public.profiles;
begin
    if not private.switch('signup_enabled', true) then
        raise exception 'sign-ups are closed' using errcode = 'PT403', hint = 'global_config.signup_enabled is false.';
    end if;
    insert into public.profiles (owner_id, blots_reset_at)
    values (new.id, now() + interval '1 month')
    on conflict (owner_id) do nothing
    returning * into profile;
    if found then
        insert into public.blot_transactions (owner_id, type, subscription_delta, description)
        values (new.id, 'signup_grant', profile.blots, 'Welcome');
    end if;
    return new;
end;
$$;

create trigger on_auth_user_created
    after insert on auth.users
    for each row execute function public.handle_new_user();

-- Writers hold a row of their own when they come to the profile (assets, projects), to the items (pages) or to the job
-- (items). Deleting an account locks in the same order, so that nobody waits in a circle.
create function private.lock_before_deletion()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform from public.assets where owner_id = old.id for update;
    perform from public.projects where owner_id = old.id for update;
    perform from public.pages where owner_id = old.id for update;
    perform from public.job_items where owner_id = old.id for update;
    return old;
end;
$$;

create trigger on_auth_user_deletion
    before delete on auth.users
    for each row execute function private.lock_before_deletion();

-- ---------------------------------------------------------------------------------------------------------------
-- updated_at
-- ---------------------------------------------------------------------------------------------------------------

-- from common/touch.sql
--   function = update_updated_at
--   tables = profiles, heroes, projects, pages, global_config
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

create trigger heroes_updated_at
    before update on public.heroes
    for each row execute function public.update_updated_at();

create trigger projects_updated_at
    before update on public.projects
    for each row execute function public.update_updated_at();

create trigger pages_updated_at
    before update on public.pages
    for each row execute function public.update_updated_at();

create trigger global_config_updated_at
    before update on public.global_config
    for each row execute function public.update_updated_at();

-- A trigger function runs without this privilege; with it, it would be callable through the API.
revoke all on function public.update_updated_at() from public, anon, authenticated, service_role;
-- end common/touch.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Project DNA
-- ---------------------------------------------------------------------------------------------------------------

create function public.derive_project_dna()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    -- the constraint says this, too, but only after what follows from the word is found missing
    if new.audience not in ('toddler', 'children', 'tween', 'teen', 'adult') then
        raise exception 'there is no audience %', left(quote_literal(new.audience), 100) using errcode = 'check_violation';
    end if;
    new.line_weight := case new.audience
        when 'toddler' then 'thick'
        when 'children' then 'thick'
        when 'tween' then 'medium'
        when 'teen' then 'medium'
        when 'adult' then 'fine'
    end;
    new.complexity := case new.audience
        when 'toddler' then 'minimal'
        when 'children' then 'moderate'
        when 'tween' then 'moderate'
        when 'teen' then 'detailed'
        when 'adult' then 'intricate'
    end;
    return new;
end;
$$;

create trigger set_project_dna
    before insert on public.projects
    for each row execute function public.derive_project_dna();

create function private.lock_project_dna()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    raise exception 'the DNA of project % is locked', old.id
        using errcode = 'PT409',
            detail = 'page_count, trim_size, audience, style_preset, line_weight, complexity and owner_id are fixed at creation.',
            hint = 'Create a new project.';
end;
$$;

create trigger projects_lock_dna
    before update on public.projects
    for each row
    when ((old.page_count, old.trim_size, old.audience, old.style_preset, old.line_weight, old.complexity, old.owner_id)
        is distinct from
        (new.page_count, new.trim_size, new.audience, new.style_preset, new.line_weight, new.complexity, new.owner_id))
    execute function private.lock_project_dna();

-- Heroes count the projects they were given to; the free plan counts its exports.
create function private.count_project_uses()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if new.hero_id is not null and (tg_op = 'INSERT' or new.hero_id is distinct from old.hero_id) then
        update public.heroes set times_used = times_used + 1 where id = new.hero_id;
    end if;
    if new.status = 'exported' and (tg_op = 'INSERT' or old.status <> 'exported') then
        update public.profiles set commercial_projects_used = commercial_projects_used + 1
        where owner_id = new.owner_id and plan = 'free';
    end if;
    return null;
end;
$$;

create trigger projects_count_uses
    after insert or update of hero_id, status on public.projects
    for each row execute function private.count_project_uses();

-- A deleted hero is for no new project.
create function private.refuse_deleted_hero()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    -- of another's hero the foreign key says the same, deleted or not
    if exists (select from public.heroes where id = new.hero_id and owner_id = new.owner_id and deleted_at is not null) then
        raise exception 'hero % is deleted', new.hero_id using errcode = 'foreign_key_violation';
    end if;
    return new;
end;
$$;

create trigger projects_refuse_deleted_hero
    before insert or update of hero_id on public.projects
    for each row
    when (new.hero_id is not null)
    execute function private.refuse_deleted_hero();

-- ---------------------------------------------------------------------------------------------------------------
-- Pages and their versions
-- ---------------------------------------------------------------------------------------------------------------

-- A page belongs to the owner of its project and has a place in it. With one page for each place, a project never has
-- more than page_count. As whoever writes the page: nobody learns how many pages another one's project has.
create function private.place_page()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    project public.projects;
begin
    if tg_op = 'UPDATE' and new.project_id <> old.project_id then
        raise exception 'a page stays in its project' using errcode = 'PT409';
    end if;
    select * into project from public.projects where id = new.project_id;
    new.owner_id = project.owner_id;
    if new.sort_order > project.page_count then
        raise exception 'the project has % pages', project.page_count
            using errcode = 'check_violation', hint = 'sort_order goes from 1 to page_count.';
    end if;
    return new;
end;
$$;

create trigger pages_place
    before insert or update of project_id, owner_id, sort_order on public.pages
    for each row execute function private.place_page();

create function private.check_current_version()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if not exists (select from public.page_versions where page_id = new.id and version = new.current_version) then
        raise exception 'page % has no version %', new.id, new.current_version using errcode = 'foreign_key_violation';
    end if;
    return new;
end;
$$;

create trigger pages_check_current_version
    before update of current_version on public.pages
    for each row
    when (new.current_version <> old.current_version)
    execute function private.check_current_version();

-- The next number unless one is given, and the page shows it.
create function private.number_page_version()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    -- The lock lets two edits of a page get two numbers.
    select owner_id into new.owner_id from public.pages where id = new.page_id for update;
    if new.version is null then
        select coalesce(max(version), 0) + 1 into new.version from public.page_versions where page_id = new.page_id;
    end if;
    return new;
end;
$$;

create trigger page_versions_number
    before insert on public.page_versions
    for each row execute function private.number_page_version();

create function private.show_page_version()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.pages set current_version = new.version where id = new.page_id and current_version <> new.version;
    return null;
end;
$$;

create trigger page_versions_show
    after insert on public.page_versions
    for each row execute function private.show_page_version();

-- A version never changes, and goes only together with its page.
create function private.keep_page_versions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' and not exists (select from public.pages where id = old.page_id) then
        return old;
    end if;
    raise exception 'page versions are immutable'
        using errcode = 'insufficient_privilege', hint = 'Add a new version.';
end;
$$;

create trigger page_versions_keep
    before update or delete on public.page_versions
    for each row execute function private.keep_page_versions();
create trigger page_versions_no_truncate
    before truncate on public.page_versions
    for each statement execute function private.keep_page_versions();

-- ---------------------------------------------------------------------------------------------------------------
-- Jobs
-- ---------------------------------------------------------------------------------------------------------------

--   pending ──► processing ──► completed | failed | cancelled
--      └─────────────────────► failed | cancelled
--
-- A job that has ended keeps its state; saying it again is not a change. Blots may still be settled.
create function private.enforce_job_state()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    finished constant public.job_status[] := array['completed', 'failed', 'cancelled'];
begin
    if tg_op = 'UPDATE' and new.status <> old.status and not (
        old.status = 'pending' and new.status in ('processing', 'failed', 'cancelled')
        or old.status = 'processing' and new.status = any (finished)
    ) then
        raise exception 'job % cannot go from % to %', old.id, old.status, new.status
            using errcode = 'PT409', hint = 'pending → processing → completed, failed or cancelled.';
    end if;
    if new.status = 'processing' and new.started_at is null then
        new.started_at = now();
    end if;
    if new.status = any (finished) and new.completed_at is null then
        new.completed_at = now();
    end if;
    return new;
end;
$$;

create trigger jobs_enforce_state
    before insert or update on public.jobs
    for each row execute function private.enforce_job_state();

create function private.own_job_item()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    select owner_id into new.owner_id from public.jobs where id = new.job_id;
    return new;
end;
$$;

create trigger job_items_own
    before insert on public.job_items
    for each row execute function private.own_job_item();

-- Progress is what the items say. The lock makes two workers count one after another.
create function private.count_job_items()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    of_job constant uuid := coalesce(new.job_id, old.job_id);
begin
    perform from public.jobs where id = of_job for update;
    update public.jobs
    set (total_items, completed_items, failed_items) = (
        select count(*), count(*) filter (where status in ('completed', 'skipped')), count(*) filter (where status = 'failed')
        from public.job_items where job_id = of_job
    )
    where id = of_job;
    return null;
end;
$$;

create trigger job_items_count
    after insert or delete or update of status on public.job_items
    for each row execute function private.count_job_items();

-- ---------------------------------------------------------------------------------------------------------------
-- Storage
-- ---------------------------------------------------------------------------------------------------------------

-- Keeps storage_used_bytes equal to the sum of the assets, and within the limit: comparing and adding are one UPDATE.
create function public.update_storage_used()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    owner constant uuid := coalesce(new.owner_id, old.owner_id);
    grown constant bigint := coalesce(new.size_bytes, 0) - coalesce(old.size_bytes, 0);
begin
    if tg_op = 'UPDATE' and new.owner_id <> old.owner_id then
        raise exception 'an asset cannot change its owner' using errcode = 'PT409';
    end if;
    update public.profiles
    set storage_used_bytes = storage_used_bytes + grown
    where owner_id = owner
        and (grown <= 0 or storage_used_bytes + grown <= storage_limit_bytes);
    if not found and grown > 0 then
        -- PT402 is HTTP 402 Payment Required to REST clients.
        raise exception 'storage limit reached'
            using errcode = 'PT402',
                detail = (select format('%s of %s bytes used, %s asked for.', storage_used_bytes, storage_limit_bytes, grown)
                    from public.profiles where owner_id = owner),
                hint = 'Delete something, or upgrade the plan.';
    end if;
    if tg_op = 'DELETE' then
        insert into private.storage_purges (r2_key) values (old.r2_key) on conflict do nothing;
    end if;
    return null;
end;
$$;

create trigger track_storage
    after insert or delete or update of size_bytes, owner_id on public.assets
    for each row execute function public.update_storage_used();

-- ---------------------------------------------------------------------------------------------------------------
-- The ledger is append-only
-- ---------------------------------------------------------------------------------------------------------------

-- from common/append_only.sql
--   table = blot_transactions
--   schema = private
--   function = keep_blot_transactions
--   clears = owner_id:auth.users, job_id:public.jobs
-- blot_transactions is append-only, for the table's owner too. The changes let through are the foreign keys' own: a
-- reference is cleared when what it pointed to is gone.
create function private.keep_blot_transactions()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'UPDATE'
        and to_jsonb(new) - 'owner_id' - 'job_id' = to_jsonb(old) - 'owner_id' - 'job_id'
        and (new.owner_id is not distinct from old.owner_id
            or new.owner_id is null
                and not exists (select from auth.users where id = old.owner_id))
        and (new.job_id is not distinct from old.job_id
            or new.job_id is null
                and not exists (select from public.jobs where id = old.job_id))
    then
        return new;
    end if;
    raise exception 'blot_transactions is append-only'
        using errcode = 'insufficient_privilege', hint = 'Add a row that corrects the earlier one.';
end;
$$;

create trigger blot_transactions_append_only
    before update or delete on public.blot_transactions
    for each row execute function private.keep_blot_transactions();

create trigger blot_transactions_no_truncate
    before truncate on public.blot_transactions
    for each statement execute function private.keep_blot_transactions();

revoke all on function private.keep_blot_transactions() from public, anon, authenticated, service_role;
-- end common/append_only.sql

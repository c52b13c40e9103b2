-- Streamer Studio: the six tables of the product and the triggers that keep them true to auth.users.
--
--   users                 profile of an account, one row per auth.users row
--   brand_kits            colours, fonts and tone of a creator; at most one is active
--   generation_jobs       what a creator asked to be generated
--   assets                what came out, private or public
--   platform_connections  a creator's Twitch, YouTube or TikTok account
--   subscriptions         plan, limits and usage of a user: the source that users mirrors
--
-- Who may do what is in 002, plans and usage in 003, jobs in 004, connections in 005, billing in 006.

-- from common/grants.sql
-- Closed by default: what this or a later migration creates can be used by nobody until a migration grants it.
-- Supabase's own defaults give the API roles everything, TRUNCATE included, which row level security does not stop.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;
-- Extensions stay usable by everybody: there is nothing of the product in them.
alter default privileges in schema extensions grant execute on functions to public;
-- end common/grants.sql

-- from common/private.sql
-- A schema for what the API must not show: it is not among the exposed schemas, and a role reaches a function in it
-- only through a policy or another function. USAGE alone opens nothing; each object is granted by itself.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;
-- end common/private.sql

-- from common/refuse_row.sql
-- For tables that are written to all the time. PostgreSQL reads and plans every CHECK anew in each statement that writes
-- to the table, which takes longer than the writing; of a function it keeps the plan. So their rules stand in one
-- function that one CHECK calls:
--
--     return case
--         when not (count >= 0) then private.refuse_row('counters', 'counters_count_check')
--         else true
--     end;
--
-- A rule about nothing is kept, as in a CHECK: what is not null is not false. Lists of words stay CHECKs of their own,
-- because the types of clients are made from them; as constants, `word = any ('{a,b}'::text[])`, they are read faster
-- than `word in ('a', 'b')`. Whoever writes to the table must be able to execute both functions.

-- Refuses in the words, and with the code, of the CHECK that the rule would be. Not immutable: it would be called while
-- the rules are planned.
create function private.refuse_row(relation text, rule text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    raise exception 'new row for relation "%" violates check constraint "%"', relation, rule
        using errcode = 'check_violation', schema = 'public', table = relation, constraint = rule;
end;
$$;

revoke all on function private.refuse_row(text, text) from public, anon, authenticated, service_role;
-- end common/refuse_row.sql

-- ---------------------------------------------------------------------------------------------------------------
-- users
-- ---------------------------------------------------------------------------------------------------------------

create function private.users_holds(password_hash text, display_name text, avatar_url text,
    assets_generated_this_month integer, stripe_customer_id text)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when not (password_hash is null) then private.refuse_row('users', 'users_password_hash_check')
        when not (length(display_name) <= 100) then private.refuse_row('users', 'users_display_name_check')
        when not (avatar_url ~ '^https?://' and length(avatar_url) <= 2048)
            then private.refuse_row('users', 'users_avatar_url_check')
        when not (assets_generated_this_month >= 0)
            then private.refuse_row('users', 'users_assets_generated_this_month_check')
        when not (length(stripe_customer_id) between 1 and 255)
            then private.refuse_row('users', 'users_stripe_customer_id_check')
        else true
    end;
end;
$$;

create table public.users (
    id uuid primary key references auth.users (id) on delete cascade,
    -- A copy of auth.users.email; null where another account has the address already (SSO) or there is none (phone).
    email text unique,
    email_verified boolean not null default false,
    -- Supabase Auth keeps passwords. The column is in the data model of older backends and stays empty.
    password_hash text,
    display_name text,
    avatar_url text,
    -- These three mirror public.subscriptions (003).
    subscription_tier text not null default 'free' check (subscription_tier = any ('{free,pro,studio}')),
    subscription_status text not null default 'none'
        check (subscription_status = any ('{active,past_due,canceled,none,trialing,incomplete,incomplete_expired,unpaid,paused}')),
    assets_generated_this_month integer not null default 0,
    stripe_customer_id text unique,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint users_holds check (private.users_holds(
        password_hash, display_name, avatar_url, assets_generated_this_month, stripe_customer_id))
)
-- room for a new version of a row in its own page: counting touches no index
with (fillfactor = 80);

-- ---------------------------------------------------------------------------------------------------------------
-- brand_kits
-- ---------------------------------------------------------------------------------------------------------------

-- Colours end up in style sheets: #rgb, #rrggbb or with an alpha channel, and nothing else.
create function private.are_hex_colors(colors text[])
returns boolean
language sql
immutable
set search_path = ''
as $$
    select coalesce(bool_and(color is not null and color ~ '^#([0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$'), true)
    from unnest(colors) as color
$$;
-- A check constraint runs it as whoever writes the row.
grant execute on function private.are_hex_colors(text[]) to authenticated, service_role;

create table public.brand_kits (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.users (id) on delete cascade,
    name text not null check (length(trim(name)) between 1 and 100),
    is_active boolean not null default false,
    primary_colors text[] not null default '{}'
        check (cardinality(primary_colors) <= 20 and private.are_hex_colors(primary_colors)),
    accent_colors text[] not null default '{}'
        check (cardinality(accent_colors) <= 20 and private.are_hex_colors(accent_colors)),
    -- {"headline": "Font", "body": "Font"}, either may be missing
    fonts jsonb not null default '{}'
        check (jsonb_typeof(fonts) = 'object'
            and fonts - 'headline' - 'body' = '{}'
            and coalesce(jsonb_typeof(fonts -> 'headline'), 'string') = 'string'
            and coalesce(jsonb_typeof(fonts -> 'body'), 'string') = 'string'),
    logo_url text check (logo_url ~ '^https?://' and length(logo_url) <= 2048),
    tone text check (tone in ('competitive', 'casual', 'educational', 'comedic', 'professional')),
    style_reference text check (length(style_reference) <= 2000),
    extracted_from text check (length(extracted_from) <= 2048),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    -- What jobs and assets refer to, so that neither can use another user's kit.
    constraint brand_kits_id_user_id_key unique (id, user_id)
);

create unique index idx_brand_kits_one_active on public.brand_kits (user_id) where is_active = true;
create index idx_brand_kits_user on public.brand_kits (user_id, created_at desc);

-- ---------------------------------------------------------------------------------------------------------------
-- generation_jobs
-- ---------------------------------------------------------------------------------------------------------------

create table public.generation_jobs (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.users (id) on delete cascade,
    -- The job this one is a part (batch) or a variation of.
    parent_job_id uuid,
    status text not null default 'queued'
        check (status in ('queued', 'processing', 'completed', 'failed', 'partial', 'cancelled')),
    job_type text not null default 'single' check (job_type in ('single', 'batch', 'variation')),
    asset_type text not null
        check (asset_type in ('thumbnail', 'overlay', 'banner', 'story_graphic', 'clip_cover')),
    custom_prompt text check (length(custom_prompt) <= 4000),
    brand_kit_id uuid,
    platform_context jsonb not null default '{}' check (jsonb_typeof(platform_context) = 'object'),
    total_assets integer not null default 1 check (total_assets between 1 and 1000),
    completed_assets integer not null default 0 check (completed_assets >= 0),
    failed_assets integer not null default 0 check (failed_assets >= 0),
    queued_at timestamptz not null default now(),
    started_at timestamptz,
    completed_at timestamptz,
    error_message text,
    retry_count integer not null default 0 check (retry_count >= 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint generation_jobs_id_user_id_key unique (id, user_id),
    constraint generation_jobs_parent_is_another check (parent_job_id <> id),
    constraint generation_jobs_counts_fit check (completed_assets + failed_assets <= total_assets),
    constraint generation_jobs_finished_has_completed_at
        check ((status in ('completed', 'failed', 'partial', 'cancelled')) = (completed_at is not null)),
    -- One key for both columns: kit and parent belong to the user of the job.
    constraint generation_jobs_brand_kit_id_fkey foreign key (brand_kit_id, user_id)
        references public.brand_kits (id, user_id) on delete set null (brand_kit_id),
    constraint generation_jobs_parent_job_id_fkey foreign key (parent_job_id, user_id)
        references public.generation_jobs (id, user_id) on delete set null (parent_job_id)
);

create index idx_generation_jobs_user_created on public.generation_jobs (user_id, created_at desc);
create index idx_generation_jobs_status on public.generation_jobs (status, queued_at);
create index idx_generation_jobs_brand_kit on public.generation_jobs (brand_kit_id) include (user_id);
create index idx_generation_jobs_parent on public.generation_jobs (parent_job_id) include (user_id);

-- ---------------------------------------------------------------------------------------------------------------
-- assets
-- ---------------------------------------------------------------------------------------------------------------

create table public.assets (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.users (id) on delete cascade,
    job_id uuid,
    brand_kit_id uuid,
    asset_type text not null
        check (asset_type in ('thumbnail', 'overlay', 'banner', 'story_graphic', 'clip_cover')),
    width integer check (width between 1 and 16384),
    height integer check (height between 1 and 16384),
    format text check (format in ('png', 'jpeg', 'webp')),
    cdn_url text check (cdn_url ~ '^https?://' and length(cdn_url) <= 2048),
    -- a name in storage: no empty part, no `.` or `..`, no backslash, no control character
    storage_key text check (storage_key !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(storage_key) between 1 and 1024),
    shareable_url text check (shareable_url ~ '^https?://' and length(shareable_url) <= 2048),
    is_public boolean not null default false,
    prompt_used text,
    generation_params jsonb not null default '{}',
    viral_score integer check (viral_score >= 0 and viral_score <= 100),
    viral_suggestions text[] not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- Null: kept for as long as the plan is a paid one (003).
    expires_at timestamptz,

    constraint assets_brand_kit_id_fkey foreign key (brand_kit_id, user_id)
        references public.brand_kits (id, user_id) on delete set null (brand_kit_id),
    constraint assets_job_id_fkey foreign key (job_id, user_id)
        references public.generation_jobs (id, user_id) on delete set null (job_id)
);

-- With what the policy asks (002), so that counting reads the index alone.
create index idx_assets_user_created on public.assets (user_id, created_at desc) include (is_public, expires_at);
-- What is own or public, newest first.
create index idx_assets_created on public.assets (created_at desc);
create index idx_assets_public on public.assets (created_at desc) where is_public;
create index idx_assets_expires on public.assets (expires_at) where expires_at is not null;
create index idx_assets_job on public.assets (job_id) include (user_id);
create index idx_assets_brand_kit on public.assets (brand_kit_id) include (user_id);

-- ---------------------------------------------------------------------------------------------------------------
-- platform_connections
-- ---------------------------------------------------------------------------------------------------------------

create table public.platform_connections (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.users (id) on delete cascade,
    platform text not null check (platform in ('twitch', 'youtube', 'tiktok')),
    platform_user_id text not null check (length(platform_user_id) between 1 and 200),
    platform_username text,
    -- Cipher text; written by public.save_platform_connection, read by public.platform_tokens (005).
    access_token_encrypted text,
    refresh_token_encrypted text,
    token_expires_at timestamptz,
    cached_metadata jsonb not null default '{}',
    metadata_updated_at timestamptz,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint platform_connections_user_id_platform_key unique (user_id, platform),
    -- A channel belongs to one user.
    constraint platform_connections_platform_account_key unique (platform, platform_user_id)
);

-- ---------------------------------------------------------------------------------------------------------------
-- subscriptions
-- ---------------------------------------------------------------------------------------------------------------

create function private.subscriptions_holds(stripe_subscription_id text, current_period_start timestamptz,
    current_period_end timestamptz, assets_limit integer, assets_used integer, platforms_limit integer)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when not (length(stripe_subscription_id) between 1 and 255)
            then private.refuse_row('subscriptions', 'subscriptions_stripe_subscription_id_check')
        when not (current_period_end >= current_period_start)
            then private.refuse_row('subscriptions', 'subscriptions_period_check')
        when not (assets_limit >= -1) then private.refuse_row('subscriptions', 'subscriptions_assets_limit_check')
        when not (assets_used >= 0) then private.refuse_row('subscriptions', 'subscriptions_assets_used_check')
        when not (platforms_limit >= -1) then private.refuse_row('subscriptions', 'subscriptions_platforms_limit_check')
        else true
    end;
end;
$$;

create table public.subscriptions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null unique references public.users (id) on delete cascade,
    tier text not null default 'free' check (tier = any ('{free,pro,studio}')),
    -- Every state a Stripe subscription can have, so that a webhook never fails on this check.
    status text not null default 'active'
        check (status = any ('{active,past_due,canceled,trialing,incomplete,incomplete_expired,unpaid,paused}')),
    -- Null for the free plan: Stripe has no subscription that costs nothing.
    stripe_subscription_id text unique,
    stripe_price_id text,
    current_period_start timestamptz,
    current_period_end timestamptz,
    cancel_at_period_end boolean not null default false,
    -- Follow the tier (003): -1 is unlimited.
    assets_limit integer not null default 5,
    assets_used integer not null default 0,
    platforms_limit integer not null default 1,
    -- Start of the month that assets_used counts.
    usage_reset_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint subscriptions_holds check (private.subscriptions_holds(
        stripe_subscription_id, current_period_start, current_period_end, assets_limit, assets_used, platforms_limit))
)
-- room for a new version of a row in its own page: counting touches no index
with (fillfactor = 80);

create index idx_subscriptions_usage_reset on public.subscriptions (usage_reset_at);

-- ---------------------------------------------------------------------------------------------------------------
-- updated_at
-- ---------------------------------------------------------------------------------------------------------------

-- from common/touch.sql
--   function = update_updated_at_column
--   prefix = update_
--   tables = users, brand_kits, generation_jobs, assets, platform_connections, subscriptions
-- updated_at is the time of the last change, whatever the statement says.
create function public.update_updated_at_column()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.updated_at = now();
    return new;
end;
$$;

create trigger update_users_updated_at
    before update on public.users
    for each row execute function public.update_updated_at_column();

create trigger update_brand_kits_updated_at
    before update on public.brand_kits
    for each row execute function public.update_updated_at_column();

create trigger update_generation_jobs_updated_at
    before update on public.generation_jobs
    for each row execute function public.update_updated_at_column();

create trigger update_assets_updated_at
    before update on public.assets
    for each row execute function public.update_updated_at_column();

create trigger update_platform_connections_updated_at
    before update on public.platform_connections
    for each row execute function public.update_updated_at_column();

create trigger update_subscriptions_updated_at
    before update on public.subscriptions
    for each row execute function public.update_updated_at_column();

-- A trigger function runs without this privilege; with it, it would be callable through the API.
revoke all on function public.update_updated_at_column() from public, anon, authenticated, service_role;
-- end common/touch.sql

-- ---------------------------------------------------------------------------------------------------------------
-- The mirror of auth.users
-- ---------------------------------------------------------------------------------------------------------------

-- The address a profile may carry: null when another profile carries it. Keeps a sign-up from failing on the unique key.
create function private.free_email(address text, owner uuid)
returns text
language sql
stable
set search_path = ''
as $$
    select address where not exists (select from public.users where email = address and id <> owner)
$$;

-- Runs inside the sign-up, so it must not fail: an error here refuses the account. What a person typed is cut to fit.
create function private.handle_new_user()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    avatar constant text := new.raw_user_meta_data ->> 'avatar_url';
begin
    insert into public.users (id, email, email_verified, display_name, avatar_url)
    values (
        new.id,
        private.free_email(new.email, new.id),
        new.email_confirmed_at is not null,
        left(coalesce(new.raw_user_meta_data ->> 'display_name', new.raw_user_meta_data ->> 'full_name',
            new.raw_user_meta_data ->> 'name'), 100),
        case when avatar ~ '^https?://' and length(avatar) <= 2048 then avatar end
    )
    on conflict (id) do nothing;
    insert into public.subscriptions (user_id) values (new.id) on conflict (user_id) do nothing;
    return new;
end;
$$;

create trigger on_auth_user_created
    after insert on auth.users
    for each row execute function private.handle_new_user();

create function private.handle_user_email_change()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.users
    set email = private.free_email(new.email, new.id), email_verified = new.email_confirmed_at is not null
    where id = new.id;
    return new;
end;
$$;

create trigger on_auth_user_email_changed
    after update on auth.users
    for each row
    when ((old.email, old.email_confirmed_at) is distinct from (new.email, new.email_confirmed_at))
    execute function private.handle_user_email_change();

-- ---------------------------------------------------------------------------------------------------------------
-- Live updates
-- ---------------------------------------------------------------------------------------------------------------

-- The old row goes along, so that a subscriber may filter on what changed; row level security decides who hears it.
alter table public.generation_jobs replica identity full;

do $$
begin
    if not exists (
        select from pg_publication_tables
        where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'generation_jobs'
    ) then
        alter publication supabase_realtime add table public.generation_jobs;
    end if;
end;
$$;

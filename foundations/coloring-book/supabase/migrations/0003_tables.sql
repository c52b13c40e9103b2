-- 3. The ten tables, each after what it refers to.
--
--   profiles           plan, Blots, storage and Stripe's ids of an account
--   heroes             characters with a reference sheet
--   projects           colouring books; what makes their style is fixed at creation
--   pages              the pages of a project
--   page_versions      what a page looked like after each edit; never changed
--   jobs, job_items    work that a user paid for in Blots, and its parts
--   assets             every stored file, for the storage limit
--   blot_transactions  every credit and debit; its sums are the balances
--   global_config      switches and limits of the whole product
--
-- Rows that belong to somebody carry owner_id, and a reference carries it along: nothing can hang on another
-- user's row. Jobs and Blots are accounts and outlive the project and the user: both are then set to null.

create function private.profiles_holds(plan_blots integer, blots integer, pack_blots integer,
    commercial_projects_used integer, stripe_customer_id text, stripe_subscription_id text, storage_used_bytes bigint,
    storage_limit_bytes bigint)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when not (plan_blots >= 0) then private.refuse_row('profiles', 'profiles_plan_blots_check')
        when not (blots >= 0) then private.refuse_row('profiles', 'profiles_blots_check')
        when not (pack_blots >= 0) then private.refuse_row('profiles', 'profiles_pack_blots_check')
        when not (commercial_projects_used >= 0)
            then private.refuse_row('profiles', 'profiles_commercial_projects_used_check')
        when not (length(stripe_customer_id) between 1 and 255)
            then private.refuse_row('profiles', 'profiles_stripe_customer_id_check')
        when not (length(stripe_subscription_id) between 1 and 255)
            then private.refuse_row('profiles', 'profiles_stripe_subscription_id_check')
        when not (storage_used_bytes >= 0) then private.refuse_row('profiles', 'profiles_storage_used_bytes_check')
        when not (storage_limit_bytes >= 0) then private.refuse_row('profiles', 'profiles_storage_limit_bytes_check')
        else true
    end;
end;
$$;

-- The rules of rows that count stand in a function, as common/refuse_row says.
create table public.profiles (
    id uuid primary key default gen_random_uuid(),
    owner_id uuid not null references auth.users (id) on delete cascade,

    plan text not null default 'free' check (plan = any ('{free,creator,studio}'::text[])),
    -- Blots a month at the chosen level: 50 on the free plan, 300, 500, 800, … on the paid ones.
    plan_blots integer not null default 50,
    billing_interval text not null default 'monthly' check (billing_interval = any ('{monthly,yearly}'::text[])),

    -- Two pools: what the plan gives and a reset replaces (a month of the free plan and 25 to begin with), and what
    -- was bought in packs and stays until it is used.
    blots integer not null default 75,
    pack_blots integer not null default 0,
    blots_reset_at timestamptz,
    -- Projects exported while on the free plan.
    commercial_projects_used integer not null default 0,

    stripe_customer_id text,
    stripe_subscription_id text,
    stripe_price_id text,
    payment_failed_at timestamptz,

    storage_used_bytes bigint not null default 0,
    storage_limit_bytes bigint not null default 26843545600,

    -- A disabled account reads and writes nothing new (private.active).
    disabled_at timestamptz,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    -- Named as an index because it is one: a second one on the same column would be redundant.
    constraint profiles_owner_idx unique (owner_id),
    constraint profiles_holds check (private.profiles_holds(plan_blots, blots, pack_blots, commercial_projects_used,
        stripe_customer_id, stripe_subscription_id, storage_used_bytes, storage_limit_bytes))
)
-- room for a new version of a row in its own page: counting touches no index
with (fillfactor = 80);

create unique index profiles_stripe_customer_idx on public.profiles (stripe_customer_id);
create index profiles_plan_idx on public.profiles (plan);
create index profiles_reset_idx on public.profiles (blots_reset_at);

create table public.heroes (
    id uuid primary key default gen_random_uuid(),
    owner_id uuid not null references auth.users (id) on delete cascade,
    name text not null check (length(trim(name)) between 1 and 200),
    description text not null check (length(description) <= 4000),
    audience text not null check (audience in ('toddler', 'children', 'tween', 'teen', 'adult')),
    compiled_prompt text not null,
    negative_prompt text,
    -- The sheet of four views, and its thumbnail.
    reference_key text not null check (reference_key !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(reference_key) between 1 and 1024),
    thumbnail_key text check (thumbnail_key !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(thumbnail_key) between 1 and 1024),
    style_preset text check (style_preset in ('bold-simple', 'kawaii', 'whimsical', 'cartoon', 'botanical')),
    -- Projects that were given this hero.
    times_used integer not null default 0 check (times_used >= 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,

    constraint heroes_id_owner_id_key unique (id, owner_id)
);

create index heroes_owner_idx on public.heroes (owner_id) where deleted_at is null;
-- Deleting an account looks for deleted heroes too.
create index heroes_owner_all_idx on public.heroes (owner_id);
create index heroes_audience_idx on public.heroes (audience);

create table public.projects (
    id uuid primary key default gen_random_uuid(),
    owner_id uuid not null references auth.users (id) on delete cascade,
    hero_id uuid,
    name text not null check (length(trim(name)) between 1 and 200),
    description text check (length(description) <= 4000),

    -- The project's DNA: fixed at creation (0004).
    page_count integer not null check (page_count between 1 and 45),
    trim_size text not null default '8.5x11' check (trim_size in ('8.5x11', '8.5x8.5', '6x9')),
    audience text not null check (audience in ('toddler', 'children', 'tween', 'teen', 'adult')),
    style_preset text not null check (style_preset in ('bold-simple', 'kawaii', 'whimsical', 'cartoon', 'botanical')),
    -- Derived from the audience.
    line_weight text not null check (line_weight in ('thick', 'medium', 'fine')),
    complexity text not null check (complexity in ('minimal', 'moderate', 'detailed', 'intricate')),

    -- Set by the calibration.
    style_anchor_key text check (style_anchor_key !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(style_anchor_key) between 1 and 1024),
    style_anchor_description text,
    status text not null default 'draft' check (status in ('draft', 'calibrating', 'generating', 'ready', 'exported')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,

    constraint projects_id_owner_id_key unique (id, owner_id),
    constraint projects_hero_id_fkey foreign key (hero_id, owner_id)
        references public.heroes (id, owner_id) on delete set null (hero_id)
);

create index projects_owner_idx on public.projects (owner_id) where deleted_at is null;
create index projects_owner_status_idx on public.projects (owner_id, status) where deleted_at is null;
create index projects_owner_all_idx on public.projects (owner_id);
-- What private.deleted_projects looks for.
create index projects_owner_deleted_idx on public.projects (owner_id) include (id) where deleted_at is not null;
create index projects_hero_idx on public.projects (hero_id);

create table public.pages (
    id uuid primary key default gen_random_uuid(),
    project_id uuid not null,
    -- The owner of the project; written by a trigger (0004).
    owner_id uuid not null,
    -- From 1 to the project's page_count.
    sort_order integer not null check (sort_order between 1 and 45),
    page_type text not null default 'illustration'
        check (page_type in ('illustration', 'text-focus', 'pattern', 'educational')),
    -- The version that is shown; 1 until there is one.
    current_version integer not null default 1 check (current_version >= 1),
    scene_brief text check (length(scene_brief) <= 4000),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint pages_id_owner_id_key unique (id, owner_id),
    -- Deferrable, so that one statement may swap two pages.
    constraint pages_sort_idx unique (project_id, sort_order) deferrable,
    constraint pages_project_id_fkey foreign key (project_id, owner_id)
        references public.projects (id, owner_id) on delete cascade
);

create index pages_owner_idx on public.pages (owner_id);

create table public.page_versions (
    id uuid primary key default gen_random_uuid(),
    page_id uuid not null,
    owner_id uuid not null,
    version integer not null check (version >= 1),
    asset_key text not null check (asset_key !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(asset_key) between 1 and 1024),
    thumbnail_key text check (thumbnail_key !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(thumbnail_key) between 1 and 1024),
    -- What is needed to make exactly this picture again.
    compiled_prompt text not null,
    negative_prompt text,
    seed text,
    compiler_snapshot jsonb,
    quality_score real check (quality_score between 0 and 1),
    quality_status text check (quality_status in ('pass', 'needs_review', 'fail')),
    edit_type text check (edit_type in ('initial', 'regenerate', 'inpaint', 'quick_action')),
    edit_prompt text,
    edit_mask_key text check (edit_mask_key !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(edit_mask_key) between 1 and 1024),
    blots_spent integer not null default 0 check (blots_spent >= 0),
    created_at timestamptz not null default now(),

    constraint page_versions_page_version_idx unique (page_id, version),
    constraint page_versions_page_id_fkey foreign key (page_id, owner_id)
        references public.pages (id, owner_id) on delete cascade
);

create index page_versions_owner_idx on public.page_versions (owner_id);

create table public.jobs (
    id uuid primary key default gen_random_uuid(),
    owner_id uuid references auth.users (id) on delete set null,
    project_id uuid,
    type public.job_type not null,
    status public.job_status not null default 'pending',
    -- Counted from the items where there are any (0004).
    total_items integer not null default 0 check (total_items >= 0),
    completed_items integer not null default 0 check (completed_items >= 0),
    failed_items integer not null default 0 check (failed_items >= 0),
    -- Taken at the start; used; given back. What is neither used nor given back is still reserved.
    blots_reserved integer not null default 0 check (blots_reserved >= 0),
    blots_spent integer not null default 0 check (blots_spent >= 0),
    blots_refunded integer not null default 0 check (blots_refunded >= 0),
    error_message text,
    error_code text,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    completed_at timestamptz,

    constraint jobs_items_fit check (completed_items + failed_items <= total_items),
    constraint jobs_blots_fit check (blots_spent::bigint + blots_refunded <= blots_reserved),
    constraint jobs_project_id_fkey foreign key (project_id, owner_id)
        references public.projects (id, owner_id) on delete set null (project_id)
);

create index jobs_owner_status_idx on public.jobs (owner_id, status);
create index jobs_owner_created_idx on public.jobs (owner_id, type, created_at desc);
-- Under row level security a comparison of an enum waits for the policy, so the index above cannot serve a type.
create index jobs_owner_newest_idx on public.jobs (owner_id, created_at desc);
create index jobs_project_idx on public.jobs (project_id);
create index jobs_status_idx on public.jobs (status) where status in ('pending', 'processing');

create table public.job_items (
    id uuid primary key default gen_random_uuid(),
    job_id uuid not null references public.jobs (id) on delete cascade,
    -- The owner of the job; written by a trigger (0004).
    owner_id uuid references auth.users (id) on delete set null,
    page_id uuid,
    status public.job_item_status not null default 'pending',
    retry_count integer not null default 0 check (retry_count >= 0),
    asset_key text check (asset_key !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(asset_key) between 1 and 1024),
    error_message text,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    completed_at timestamptz,

    constraint job_items_page_id_fkey foreign key (page_id, owner_id)
        references public.pages (id, owner_id) on delete set null (page_id)
);

create index job_items_status_idx on public.job_items (job_id, status);
create index job_items_page_idx on public.job_items (page_id);
create index job_items_owner_idx on public.job_items (owner_id);

create table public.assets (
    id uuid primary key default gen_random_uuid(),
    owner_id uuid not null references auth.users (id) on delete cascade,
    type text not null
        check (type in ('page', 'thumbnail', 'hero', 'hero_thumbnail', 'style_anchor', 'export_pdf', 'export_svg')),
    -- In the owner's folder, so that no row can lead to another user's file.
    r2_key text not null unique
        check (octet_length(r2_key) <= 1024
            and starts_with(r2_key, owner_id || '/')
            and r2_key !~ '(^|/)\.{1,2}(/|$)|//|[[:cntrl:]]|/$'),
    size_bytes bigint not null check (size_bytes >= 0),
    content_type text,
    project_id uuid,
    hero_id uuid,
    page_id uuid,
    created_at timestamptz not null default now(),

    constraint assets_project_id_fkey foreign key (project_id, owner_id)
        references public.projects (id, owner_id) on delete set null (project_id),
    constraint assets_hero_id_fkey foreign key (hero_id, owner_id)
        references public.heroes (id, owner_id) on delete set null (hero_id),
    constraint assets_page_id_fkey foreign key (page_id, owner_id)
        references public.pages (id, owner_id) on delete set null (page_id)
);

create index assets_owner_idx on public.assets (owner_id);
create index assets_project_idx on public.assets (project_id);
create index assets_hero_idx on public.assets (hero_id);
create index assets_page_idx on public.assets (page_id);
create index assets_type_idx on public.assets (type);

create function private.blot_transactions_holds(stripe_session_id text, stripe_invoice_id text)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when not (length(stripe_session_id) between 1 and 255)
            then private.refuse_row('blot_transactions', 'blot_transactions_stripe_session_id_check')
        when not (length(stripe_invoice_id) between 1 and 255)
            then private.refuse_row('blot_transactions', 'blot_transactions_stripe_invoice_id_check')
        else true
    end;
end;
$$;

create table public.blot_transactions (
    id uuid primary key default gen_random_uuid(),
    owner_id uuid references auth.users (id) on delete set null,
    type text not null
        check (type = any ('{subscription_reset,subscription_upgrade,pack_purchase,generation,edit,hero,calibration,refund,signup_grant}'::text[])),
    -- Positive is a credit, negative a debit.
    subscription_delta integer not null default 0,
    pack_delta integer not null default 0,
    description text,
    job_id uuid references public.jobs (id) on delete set null,
    stripe_session_id text,
    stripe_invoice_id text,
    pack_id text check (pack_id = any ('{topup,boost}'::text[])),
    created_at timestamptz not null default now(),

    constraint blot_transactions_holds check (private.blot_transactions_holds(stripe_session_id, stripe_invoice_id))
);

create index blot_transactions_owner_idx on public.blot_transactions (owner_id);
create index blot_transactions_created_idx on public.blot_transactions (created_at desc);
create index blot_transactions_type_idx on public.blot_transactions (type);
create index blot_transactions_job_idx on public.blot_transactions (job_id);
-- A payment counts once, however often it is announced.
create unique index blot_transactions_invoice_key on public.blot_transactions (type, stripe_invoice_id)
    where stripe_invoice_id is not null;
create unique index blot_transactions_session_key on public.blot_transactions (stripe_session_id)
    where stripe_session_id is not null;

create table public.global_config (
    key text primary key,
    value jsonb not null,
    description text,
    -- Whether everybody may read it, before signing in too.
    is_public boolean not null default false,
    updated_at timestamptz not null default now()
);

-- What a job costs, in Blots for each item.
create table private.job_costs (
    type public.job_type primary key,
    blots_per_item integer not null check (blots_per_item >= 0),
    -- How the debit is called in blot_transactions; null where nothing is charged.
    transaction_type text
);
alter table private.job_costs enable row level security;
grant select, insert, update, delete on private.job_costs to service_role;

insert into private.job_costs (type, blots_per_item, transaction_type) values
    ('generation', 5, 'generation'),
    ('hero_creation', 15, 'hero'),
    ('calibration', 10, 'calibration'),
    ('export', 0, null);

-- Files to remove from storage: what the database no longer refers to. The backend that owns the bucket takes them
-- with public.take_storage_purges.
create table private.storage_purges (
    r2_key text primary key,
    queued_at timestamptz not null default now()
);
alter table private.storage_purges enable row level security;

-- What the subscription has given in the present month, and since when: an upgrade adds what its level is beyond that,
-- so going down and up again gives nothing twice.
create table private.blot_months (
    owner_id uuid primary key references auth.users (id) on delete cascade,
    began_at timestamptz not null,
    -- What it was charged with; null for a month that began by the clock or by hand.
    stripe_invoice_id text,
    given integer not null check (given >= 0)
);
alter table private.blot_months enable row level security;
grant select on private.blot_months to service_role;

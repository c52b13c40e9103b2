-- People and organisations: profiles, orgs, org_members, projects, api_keys.
--
-- Everything else belongs to an organisation and carries org_id; a reference between two rows of an organisation carries
-- it along, so that nothing can hang on another organisation's row.

create table public.profiles (
    id uuid primary key references auth.users (id) on delete cascade,
    name text check (length(name) <= 200),
    avatar_url text check (avatar_url ~ '^https?://' and length(avatar_url) <= 2048),
    -- Of the platform, not of an organisation: an admin is staff.
    role text not null default 'user' check (role in ('user', 'admin')),
    -- A suspended person belongs to no organisation for as long as it lasts (private.my_orgs).
    status text not null default 'active' check (status in ('active', 'suspended')),
    metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table public.orgs (
    id uuid primary key default gen_random_uuid(),
    name text not null check (length(trim(name)) between 1 and 200),
    slug text not null unique check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) <= 63),
    -- Who pays: one of the owners among the members. Null only in an organisation that is deleted.
    owner_id uuid references public.profiles (id) on delete set null,
    plan text not null default 'free' check (plan in ('free', 'starter', 'pro', 'enterprise')),
    billing_email text check (billing_email like '%_@_%' and length(billing_email) <= 320),
    stripe_customer_id text unique check (length(stripe_customer_id) between 1 and 255),
    settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,

    constraint orgs_live_has_owner check (owner_id is not null or deleted_at is not null)
);

create table public.org_members (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    user_id uuid not null references public.profiles (id) on delete cascade,
    role text not null default 'viewer' check (role in ('owner', 'admin', 'editor', 'viewer')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint org_members_org_id_user_id_key unique (org_id, user_id)
);

create table public.projects (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    name text not null check (length(trim(name)) between 1 and 200),
    description text check (length(description) <= 4000),
    settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,

    constraint projects_id_org_id_key unique (id, org_id)
);

-- A key acts as its user in one organisation, and goes when the membership goes.
create table public.api_keys (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.profiles (id) on delete cascade,
    org_id uuid not null references public.orgs (id) on delete cascade,
    name text not null check (length(trim(name)) between 1 and 100),
    -- SHA-256 of the key in hexadecimal; the key itself is shown once (00006).
    key_hash text not null unique,
    -- What a person recognises it by.
    key_prefix text,
    -- Some of "read", "write", "admin": no more than the role of its maker allows.
    scopes jsonb not null default '["read"]'
        check (jsonb_typeof(scopes) = 'array' and scopes <@ '["read", "write", "admin"]'),
    expires_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint api_keys_member_fkey foreign key (org_id, user_id)
        references public.org_members (org_id, user_id) on delete cascade
);

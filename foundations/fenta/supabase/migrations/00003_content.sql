-- What people make: templates, workflows and assets, with their versions.

create table public.templates (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    project_id uuid,
    name text not null check (length(trim(name)) between 1 and 200),
    description text check (length(description) <= 4000),
    aspect text not null default '9:16' check (aspect in ('9:16', '16:9', '1:1')),
    resolution text check (resolution ~ '^[0-9]{2,5}x[0-9]{2,5}$'),
    -- tracks, overlays, placeholders, rules
    spec jsonb not null default '{}' check (jsonb_typeof(spec) = 'object'),
    -- Everybody may look at it and render it.
    is_public boolean not null default false,
    thumbnail_url text check (thumbnail_url ~ '^https?://' and length(thumbnail_url) <= 2048),
    -- Jobs that used it.
    usage_count integer not null default 0 check (usage_count >= 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,

    constraint templates_project_id_fkey foreign key (project_id, org_id)
        references public.projects (id, org_id) on delete set null (project_id)
);

create table public.workflows (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    project_id uuid,
    name text not null check (length(trim(name)) between 1 and 200),
    status text not null default 'draft' check (status in ('draft', 'confirmed', 'production', 'archived')),
    -- {"nodes": […], "edges": […]}
    graph jsonb not null default '{"nodes": [], "edges": []}' check (jsonb_typeof(graph) = 'object'),
    variables jsonb not null default '{}' check (jsonb_typeof(variables) = 'object'),
    -- Jobs that ran it, and when the last one was asked for.
    run_count integer not null default 0 check (run_count >= 0),
    last_run_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,

    constraint workflows_id_org_id_key unique (id, org_id),
    constraint workflows_project_id_fkey foreign key (project_id, org_id)
        references public.projects (id, org_id) on delete set null (project_id)
);

create table public.workflow_versions (
    id uuid primary key default gen_random_uuid(),
    workflow_id uuid not null,
    -- The workflow's; written by a trigger (00006).
    org_id uuid not null,
    -- The next number unless one is given.
    version integer not null check (version >= 1),
    graph jsonb not null check (jsonb_typeof(graph) = 'object'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint workflow_versions_workflow_id_version_key unique (workflow_id, version),
    constraint workflow_versions_workflow_id_fkey foreign key (workflow_id, org_id)
        references public.workflows (id, org_id) on delete cascade
);

create table public.assets (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    project_id uuid,
    type text not null check (type in ('image', 'video', 'audio')),
    source text not null default 'upload' check (source in ('upload', 'stock', 'kai')),
    -- a name in storage: no empty part, no `.` or `..`, no backslash, no control character
    storage_path text check (storage_path !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(storage_path) between 1 and 1024),
    url text check (url ~ '^https?://' and length(url) <= 2048),
    thumbnail_url text check (thumbnail_url ~ '^https?://' and length(thumbnail_url) <= 2048),
    duration_seconds numeric check (duration_seconds between 0 and 86400),
    width integer check (width between 1 and 32768),
    height integer check (height between 1 and 32768),
    fps numeric check (fps between 0 and 1000),
    metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
    status text not null default 'processing' check (status in ('processing', 'ready', 'failed')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,

    constraint assets_id_org_id_key unique (id, org_id),
    constraint assets_project_id_fkey foreign key (project_id, org_id)
        references public.projects (id, org_id) on delete set null (project_id)
);

create table public.asset_versions (
    id uuid primary key default gen_random_uuid(),
    asset_id uuid not null,
    org_id uuid not null,
    version integer not null check (version >= 1),
    storage_path text not null check (storage_path !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(storage_path) between 1 and 1024),
    metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint asset_versions_asset_id_version_key unique (asset_id, version),
    constraint asset_versions_asset_id_fkey foreign key (asset_id, org_id)
        references public.assets (id, org_id) on delete cascade
);

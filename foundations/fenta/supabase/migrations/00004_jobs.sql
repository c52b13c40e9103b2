-- Work and what surrounds it: jobs, job_logs, renders, schedules, webhooks, webhook_deliveries.

create table public.jobs (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    project_id uuid,
    workflow_id uuid,
    -- An own or a public one (00006).
    template_id uuid references public.templates (id) on delete set null,
    status text not null default 'queued' check (status in ('queued', 'processing', 'completed', 'failed', 'cancelled')),
    progress integer not null default 0 check (progress >= 0 and progress <= 100),
    config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
    result jsonb,
    error jsonb,
    cost_tokens integer not null default 0 check (cost_tokens >= 0),
    cost_render_seconds numeric not null default 0 check (cost_render_seconds between 0 and 1e12),
    cost_kai_credits numeric not null default 0 check (cost_kai_credits between 0 and 1e12),
    cost_total_usd numeric not null default 0 check (cost_total_usd between 0 and 1e12),
    queued_at timestamptz not null default now(),
    started_at timestamptz,
    completed_at timestamptz,
    retry_count integer not null default 0 check (retry_count >= 0),
    -- The job this one repeats or is a part of.
    parent_job_id uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint jobs_id_org_id_key unique (id, org_id),
    constraint jobs_parent_is_another check (parent_job_id <> id),
    constraint jobs_finished_has_completed_at
        check ((status in ('completed', 'failed', 'cancelled')) = (completed_at is not null)),
    constraint jobs_project_id_fkey foreign key (project_id, org_id)
        references public.projects (id, org_id) on delete set null (project_id),
    constraint jobs_workflow_id_fkey foreign key (workflow_id, org_id)
        references public.workflows (id, org_id) on delete set null (workflow_id),
    constraint jobs_parent_job_id_fkey foreign key (parent_job_id, org_id)
        references public.jobs (id, org_id) on delete set null (parent_job_id)
);

create table public.job_logs (
    id uuid primary key default gen_random_uuid(),
    job_id uuid not null,
    -- The job's; written by a trigger (00006). So are those of renders and deliveries.
    org_id uuid not null,
    level text not null default 'info' check (level in ('debug', 'info', 'warn', 'error')),
    stage text,
    message text not null,
    data jsonb,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint job_logs_job_id_fkey foreign key (job_id, org_id)
        references public.jobs (id, org_id) on delete cascade
);

create table public.renders (
    id uuid primary key default gen_random_uuid(),
    job_id uuid not null,
    org_id uuid not null,
    video_url text check (video_url ~ '^https?://' and length(video_url) <= 2048),
    video_storage_path text check (video_storage_path !~ '(^|/)\.{0,2}(/|$)|[\\[:cntrl:]]' and octet_length(video_storage_path) between 1 and 1024),
    thumbnail_url text check (thumbnail_url ~ '^https?://' and length(thumbnail_url) <= 2048),
    srt_url text check (srt_url ~ '^https?://' and length(srt_url) <= 2048),
    duration_seconds numeric check (duration_seconds between 0 and 86400),
    resolution text,
    file_size_bytes bigint check (file_size_bytes >= 0),
    codec text,
    bitrate_kbps integer check (bitrate_kbps >= 0),
    fps numeric check (fps between 0 and 1000),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint renders_job_id_fkey foreign key (job_id, org_id)
        references public.jobs (id, org_id) on delete cascade
);

create table public.schedules (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    workflow_id uuid not null,
    -- Five fields, and a time zone that Postgres knows (checked in 00006).
    cron text not null,
    timezone text not null default 'UTC',
    enabled boolean not null default true,
    last_run_at timestamptz,
    next_run_at timestamptz,
    run_count integer not null default 0 check (run_count >= 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint schedules_workflow_id_fkey foreign key (workflow_id, org_id)
        references public.workflows (id, org_id) on delete cascade
);

-- An address on the internet: https, no user in it, a name with a dot or a public address. Whoever delivers must look
-- at the address the name stands for as well, each time: it may change after this check.
create function private.is_public_url(url text)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
declare
    host constant text := lower(substring(url from '^https://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?([/?#]|$)'));
    address inet;
begin
    if host is null or length(url) > 2048 or url ~ '[[:space:][:cntrl:]\\]' then
        return false;
    end if;
    -- anything that could be read as a number is an address, and only its usual form is accepted
    if host ~ '^\[|^[0-9.]+$|^0x|\.0x' then
        begin
            address := trim(both '[]' from host)::inet;
        exception when invalid_text_representation then
            return false;
        end;
        return family(address) = 4 and host ~ '^[0-9]+(\.[0-9]+){3}$' and not address <<= any (array[
            '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24',
            '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/3']::inet[]);
    end if;
    return host ~ '^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$'
        and host !~ '(^|\.)(localhost|local|internal|localdomain)$';
end;
$$;
-- A check constraint runs it as whoever writes the row.
revoke all on function private.is_public_url(text) from public, anon, authenticated, service_role;
grant execute on function private.is_public_url(text) to authenticated, service_role;

create table public.webhooks (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    url text not null check (private.is_public_url(url)),
    events text[] not null check (('' <> all (events)) is true and cardinality(events) between 1 and 50),
    -- Cipher text (00006). What signs a delivery is shown once, to whoever makes the webhook.
    secret text not null,
    enabled boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint webhooks_id_org_id_key unique (id, org_id)
);

create table public.webhook_deliveries (
    id uuid primary key default gen_random_uuid(),
    webhook_id uuid not null,
    org_id uuid not null,
    event text not null,
    payload jsonb not null,
    status text not null default 'pending' check (status in ('pending', 'success', 'failed')),
    http_status integer check (http_status between 100 and 599),
    response_body text check (length(response_body) <= 10000),
    attempts integer not null default 0 check (attempts >= 0),
    next_retry_at timestamptz default now(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint webhook_deliveries_webhook_id_fkey foreign key (webhook_id, org_id)
        references public.webhooks (id, org_id) on delete cascade
);

-- Money and what it buys: usage_records (by month), quota_limits, invoices, credit_packs, integrations, kai_generations.

-- What each plan allows in a month; null is unlimited, and only an enterprise has that.
create table private.plans (
    plan text primary key check (plan in ('free', 'starter', 'pro', 'enterprise')),
    tokens_limit bigint check (tokens_limit >= 0),
    render_seconds_limit bigint check (render_seconds_limit >= 0),
    kai_credits_limit bigint check (kai_credits_limit >= 0),
    storage_bytes_limit bigint check (storage_bytes_limit >= 0)
);
alter table private.plans enable row level security;
grant select, insert, update, delete on private.plans to service_role;

insert into private.plans (plan, tokens_limit, render_seconds_limit, kai_credits_limit, storage_bytes_limit) values
    ('free', 100000, 600, 100, 1073741824),
    ('starter', 1000000, 7200, 1000, 10737418240),
    ('pro', 10000000, 72000, 10000, 107374182400),
    ('enterprise', null, null, null, null);

-- What a unit beyond the limits costs, where overage is allowed.
create table private.overage_prices (
    resource text primary key check (resource in ('llm_tokens', 'kai_credits', 'render_seconds')),
    usd_per_unit numeric not null check (usd_per_unit >= 0)
);
alter table private.overage_prices enable row level security;
grant select, insert, update, delete on private.overage_prices to service_role;

insert into private.overage_prices (resource, usd_per_unit) values
    ('llm_tokens', 0.00001),
    ('kai_credits', 0.01),
    ('render_seconds', 0.005);

-- Records come in batches, so their rules are checks: read once a statement, while a function would be called for each row.
create table public.usage_records (
    id uuid not null default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    user_id uuid references public.profiles (id) on delete set null,
    job_id uuid,
    resource_type text not null check (resource_type = any ('{llm_tokens,kai_credits,render_seconds,storage}')),
    llm_tokens_prompt integer check (llm_tokens_prompt >= 0),
    llm_tokens_output integer check (llm_tokens_output >= 0),
    llm_model text,
    kai_credits numeric check (kai_credits between 0 and 1e12),
    kai_model text,
    render_seconds numeric check (render_seconds between 0 and 1e12),
    render_profile text,
    storage_bytes bigint check (storage_bytes >= 0),
    cost_usd numeric check (cost_usd between 0 and 1e12),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    -- The key of a partitioned table contains what it is partitioned by.
    primary key (id, created_at),
    constraint usage_records_job_id_fkey foreign key (job_id, org_id)
        references public.jobs (id, org_id) on delete set null (job_id)
) partition by range (created_at);

-- Partitions are tables of their own, without the policies of the whole: they lie where the API does not look, and
-- nobody has a grant on them. What belongs to no month that exists is taken by the default one, and moved when its
-- month is made (00006).
create table private.usage_records_default partition of public.usage_records default;
alter table private.usage_records_default enable row level security;

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

create function private.quota_limits_holds(tokens_limit bigint, render_seconds_limit bigint, kai_credits_limit bigint,
    storage_bytes_limit bigint, tokens_used bigint, render_seconds_used bigint, kai_credits_used bigint,
    storage_bytes_used bigint, overage_cap_usd numeric, overage_usd_used numeric)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when not (tokens_limit >= 0) then private.refuse_row('quota_limits', 'quota_limits_tokens_limit_check')
        when not (render_seconds_limit >= 0) then private.refuse_row('quota_limits', 'quota_limits_render_seconds_limit_check')
        when not (kai_credits_limit >= 0) then private.refuse_row('quota_limits', 'quota_limits_kai_credits_limit_check')
        when not (storage_bytes_limit >= 0) then private.refuse_row('quota_limits', 'quota_limits_storage_bytes_limit_check')
        when not (tokens_used >= 0) then private.refuse_row('quota_limits', 'quota_limits_tokens_used_check')
        when not (render_seconds_used >= 0) then private.refuse_row('quota_limits', 'quota_limits_render_seconds_used_check')
        when not (kai_credits_used >= 0) then private.refuse_row('quota_limits', 'quota_limits_kai_credits_used_check')
        when not (storage_bytes_used >= 0) then private.refuse_row('quota_limits', 'quota_limits_storage_bytes_used_check')
        when not (overage_cap_usd between 0 and 1e12)
            then private.refuse_row('quota_limits', 'quota_limits_overage_cap_usd_check')
        when not (overage_usd_used >= 0 and overage_usd_used < 'Infinity')
            then private.refuse_row('quota_limits', 'quota_limits_overage_usd_used_check')
        else true
    end;
end;
$$;

-- One row for each organisation, made with it (00006). No row: nothing is allowed. A null limit: unlimited.
create table public.quota_limits (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null unique references public.orgs (id) on delete cascade,
    tokens_limit bigint,
    render_seconds_limit bigint,
    kai_credits_limit bigint,
    storage_bytes_limit bigint,
    tokens_used bigint not null default 0,
    render_seconds_used bigint not null default 0,
    kai_credits_used bigint not null default 0,
    storage_bytes_used bigint not null default 0,
    -- Beyond the limits and the credit packs, at the prices of private.overage_prices, up to the cap (null: none).
    allow_overage boolean not null default false,
    overage_cap_usd numeric,
    overage_usd_used numeric not null default 0,
    reset_at timestamptz not null default now() + interval '1 month',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint quota_limits_holds check (private.quota_limits_holds(
        tokens_limit, render_seconds_limit, kai_credits_limit, storage_bytes_limit, tokens_used, render_seconds_used,
        kai_credits_used, storage_bytes_used, overage_cap_usd, overage_usd_used))
)
-- room for a new version of a row in its own page: counting touches no index
with (fillfactor = 80);

create table public.invoices (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    stripe_invoice_id text unique check (length(stripe_invoice_id) between 1 and 255),
    amount_usd numeric not null check (amount_usd between 0 and 1e12),
    status text not null default 'draft' check (status in ('draft', 'open', 'paid', 'void')),
    period_start timestamptz,
    period_end timestamptz,
    line_items jsonb not null default '[]' check (jsonb_typeof(line_items) = 'array'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint invoices_period_check check (period_end >= period_start)
);

-- Credits bought beyond the plan; used after it, the pack that expires first before the others.
create table public.credit_packs (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    pack_type text not null check (length(pack_type) between 1 and 255),
    credits_purchased integer not null check (credits_purchased > 0),
    credits_remaining integer not null,
    price_usd numeric check (price_usd between 0 and 1e12),
    stripe_payment_id text unique check (length(stripe_payment_id) between 1 and 255),
    expires_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint credit_packs_remaining_check check (credits_remaining between 0 and credits_purchased)
);

create table public.integrations (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    provider text not null check (provider in ('kai', 'openai', 'pexels', 'stripe')),
    status text not null default 'active' check (status in ('active', 'expired', 'revoked')),
    -- {"encrypted": "…"}: cipher text, written and read by functions only (00006).
    credentials jsonb,
    config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint integrations_org_id_provider_key unique (org_id, provider)
);

create table public.kai_generations (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.orgs (id) on delete cascade,
    job_id uuid,
    type text not null check (type in ('image', 'video', 'edit', 'voice', 'music')),
    model text,
    prompt text,
    params jsonb not null default '{}' check (jsonb_typeof(params) = 'object'),
    status text not null default 'queued' check (status in ('queued', 'processing', 'completed', 'failed', 'cancelled')),
    -- Assets of the same organisation (checked in 00006: an array has no foreign key).
    result_asset_ids uuid[] not null default '{}',
    credits_used numeric not null default 0 check (credits_used between 0 and 1e12),
    cost_usd numeric not null default 0 check (cost_usd between 0 and 1e12),
    external_task_id text unique check (length(external_task_id) between 1 and 255),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint kai_generations_job_id_fkey foreign key (job_id, org_id)
        references public.jobs (id, org_id) on delete set null (job_id)
);

-- Calls of public.consume_quota that carried a key: each counts once.
create table private.quota_calls (
    org_id uuid not null references public.orgs (id) on delete cascade,
    idempotency_key text not null check (length(idempotency_key) between 1 and 255),
    created_at timestamptz not null default now(),
    primary key (org_id, idempotency_key)
);
alter table private.quota_calls enable row level security;

-- Values that make no sense are refused in every column, whoever writes them: here it is the service, which passes over
-- policies and has all rights.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

insert into auth.users (id, email) values ('00000000-0000-0000-0000-00000000000a', 'a@test.com');
insert into public.orgs (id, name, slug, owner_id) values
    ('00000000-0000-0000-0000-0000000000f1', 'One', 'one', '00000000-0000-0000-0000-00000000000a');
create function public.org() returns uuid language sql immutable as $$select '00000000-0000-0000-0000-0000000000f1'::uuid$$;
insert into public.projects (org_id, name) values (public.org(), 'p');
insert into public.workflows (id, org_id, name) values ('00000000-0000-0000-0000-000000000031', public.org(), 'w');
insert into public.workflow_versions (workflow_id, graph) values ('00000000-0000-0000-0000-000000000031', '{}');
insert into public.templates (org_id, name) values (public.org(), 't');
insert into public.assets (id, org_id, type, storage_path) values ('00000000-0000-0000-0000-000000000041', public.org(), 'image', 'a.png');
insert into public.asset_versions (asset_id, storage_path) values ('00000000-0000-0000-0000-000000000041', 'a.png');
insert into public.jobs (id, org_id, workflow_id) values ('00000000-0000-0000-0000-000000000051', public.org(), '00000000-0000-0000-0000-000000000031');
-- a queued job has no progress: the one that is looked at is at work
update public.jobs set status = 'processing';
insert into public.job_logs (job_id, message) values ('00000000-0000-0000-0000-000000000051', 'm');
insert into public.renders (job_id) values ('00000000-0000-0000-0000-000000000051');
insert into public.schedules (org_id, workflow_id, cron) values (public.org(), '00000000-0000-0000-0000-000000000031', '0 9 * * *');
insert into public.kai_generations (org_id, type) values (public.org(), 'image');
insert into public.usage_records (org_id, resource_type) values (public.org(), 'storage');
insert into public.invoices (org_id, stripe_invoice_id, amount_usd, period_start, period_end) values (public.org(), 'in_1', 1, now(), now());
insert into public.credit_packs (org_id, pack_type, credits_purchased, credits_remaining) values (public.org(), 'small', 9, 9);
insert into public.integrations (org_id, provider) values (public.org(), 'kai');
insert into public.webhooks (id, org_id, url, events, secret) values
    ('00000000-0000-0000-0000-000000000061', public.org(), 'https://example.com/hook', '{*}', 'cipher');
insert into public.webhook_deliveries (webhook_id, event, payload) values ('00000000-0000-0000-0000-000000000061', 'test', '{}');
insert into public.api_keys (user_id, org_id, name, key_hash) values ('00000000-0000-0000-0000-00000000000a', public.org(), 'k', 'h');

-- from common/attempt.sql
-- For tests: how many rows a statement reaches when somebody runs it, or the code of its refusal. Whatever it did is
-- undone. Attacks that name no row show a policy that lets through too much: they reach more than the own rows.
create function pg_temp.attempt(role text, person uuid, statement text)
returns text
language plpgsql
as $$
declare
    reached bigint;
begin
    perform set_config('request.jwt.claims', jsonb_strip_nulls(jsonb_build_object('role', role, 'sub', person))::text, true),
        set_config('role', role, true);
    execute statement;
    get diagnostics reached = row_count;
    -- deferred constraints are part of the answer
    set constraints all immediate;
    raise exception using errcode = 'ZZ000', message = reached;
exception
    when sqlstate 'ZZ000' then return sqlerrm;
    when others then return sqlstate;
end;
$$;
-- end common/attempt.sql
create function pg_temp.changed(tab text, change text) returns text language sql as $$
    select pg_temp.attempt('service_role', null, format('update public.%I set %s', tab, change))
$$;

select is(pg_temp.changed(tab, change), '23514', format('S4-28 no such value: %s: %s', tab, change))
from (values
    ('api_keys', 'name = '''''), ('api_keys', 'scopes = ''1'''), ('asset_versions', 'metadata = ''[]'''),
    ('asset_versions', 'storage_path = ''../../x'''), ('asset_versions', 'version = -1'), ('assets', 'duration_seconds = -1'),
    ('assets', 'fps = -1'), ('assets', 'height = -1'), ('assets', 'metadata = ''[]'''), ('assets', 'source = ''nonsense'''),
    ('assets', 'status = ''nonsense'''), ('assets', 'storage_path = ''../../x'''), ('assets', 'thumbnail_url = ''nonsense'''),
    ('assets', 'type = ''nonsense'''), ('assets', 'url = ''nonsense'''), ('assets', 'width = -1'),
    ('credit_packs', 'credits_purchased = -1'), ('credit_packs', 'credits_remaining = -1'), ('credit_packs', 'pack_type = '''''),
    ('credit_packs', 'price_usd = -1'), ('credit_packs', 'stripe_payment_id = '''''), ('integrations', 'config = ''[]'''),
    ('integrations', 'provider = ''nonsense'''), ('integrations', 'status = ''nonsense'''), ('invoices', 'amount_usd = -1'),
    ('invoices', 'line_items = ''1'''), ('invoices', 'status = ''nonsense'''), ('invoices', 'stripe_invoice_id = '''''),
    ('job_logs', 'level = ''nonsense'''), ('jobs', 'completed_at = ''infinity'''), ('jobs', 'config = ''[]'''),
    ('jobs', 'cost_kai_credits = -1'), ('jobs', 'cost_render_seconds = -1'), ('jobs', 'cost_tokens = -1'),
    ('jobs', 'cost_total_usd = -1'), ('jobs', 'progress = -1'), ('jobs', 'retry_count = -1'),
    ('kai_generations', 'cost_usd = -1'), ('kai_generations', 'credits_used = -1'), ('kai_generations', 'external_task_id = '''''),
    ('kai_generations', 'params = ''[]'''), ('kai_generations', 'status = ''nonsense'''), ('kai_generations', 'type = ''nonsense'''),
    ('org_members', 'role = ''nonsense'''), ('orgs', 'billing_email = ''nonsense'''), ('orgs', 'name = '''''),
    ('orgs', 'owner_id = null'), ('orgs', 'plan = ''nonsense'''), ('orgs', 'settings = ''[]'''), ('orgs', 'slug = ''../../x'''),
    ('orgs', 'stripe_customer_id = '''''), ('profiles', 'avatar_url = ''nonsense'''), ('profiles', 'metadata = ''[]'''),
    ('profiles', 'name = repeat(''x'',100000)'), ('profiles', 'role = ''nonsense'''), ('profiles', 'status = ''nonsense'''),
    ('projects', 'description = repeat(''x'',100000)'), ('projects', 'name = '''''), ('projects', 'settings = ''[]'''),
    ('quota_limits', 'kai_credits_limit = -1'), ('quota_limits', 'kai_credits_used = -1'),
    ('quota_limits', 'overage_cap_usd = -1'), ('quota_limits', 'overage_usd_used = -1'),
    ('quota_limits', 'render_seconds_limit = -1'), ('quota_limits', 'render_seconds_used = -1'),
    ('quota_limits', 'storage_bytes_limit = -1'), ('quota_limits', 'storage_bytes_used = -1'),
    ('quota_limits', 'tokens_limit = -1'), ('quota_limits', 'tokens_used = -1'), ('renders', 'bitrate_kbps = -1'),
    ('renders', 'duration_seconds = -1'), ('renders', 'file_size_bytes = -1'), ('renders', 'fps = -1'),
    ('renders', 'srt_url = ''nonsense'''), ('renders', 'thumbnail_url = ''nonsense'''), ('renders', 'video_storage_path = ''../../x'''),
    ('renders', 'video_url = ''nonsense'''), ('schedules', 'run_count = -1'), ('templates', 'aspect = ''nonsense'''),
    ('templates', 'description = repeat(''x'',100000)'), ('templates', 'name = '''''), ('templates', 'resolution = ''nonsense'''),
    ('templates', 'spec = ''[]'''), ('templates', 'thumbnail_url = ''nonsense'''), ('templates', 'usage_count = -1'),
    ('usage_records', 'cost_usd = -1'), ('usage_records', 'kai_credits = -1'), ('usage_records', 'llm_tokens_output = -1'),
    ('usage_records', 'llm_tokens_prompt = -1'), ('usage_records', 'render_seconds = -1'),
    ('usage_records', 'resource_type = ''nonsense'''), ('usage_records', 'storage_bytes = -1'),
    ('webhook_deliveries', 'attempts = -1'), ('webhook_deliveries', 'http_status = -1'),
    ('webhook_deliveries', 'response_body = repeat(''x'',100000)'), ('webhook_deliveries', 'status = ''nonsense'''),
    ('webhooks', 'events = ''{}'''), ('webhooks', 'url = ''nonsense'''), ('workflow_versions', 'graph = ''[]'''),
    ('workflow_versions', 'version = -1'), ('workflows', 'graph = ''[]'''), ('workflows', 'name = '''''),
    ('workflows', 'run_count = -1'), ('workflows', 'status = ''nonsense'''), ('workflows', 'variables = ''[]''')
) as changes (tab, change);
-- Those of quota_limits stand in one function, and are named as CHECKs of their own would be.
select throws_ok(format('update public.%I set %I = %L', tab, col, value), '23514', format('new row for relation "%s" violates check constraint "%1$s_%s_check"', tab, col),
    format('S4-28 the rule is named: %s.%s %s', tab, col, value))
from (values ('quota_limits', '{tokens_limit,render_seconds_limit,kai_credits_limit,storage_bytes_limit,tokens_used,render_seconds_used,kai_credits_used,storage_bytes_used,overage_cap_usd,overage_usd_used}', '-1'),
    ('quota_limits', '{overage_cap_usd,overage_usd_used}', 'NaN'), ('quota_limits', '{overage_cap_usd}', '1000000000001')) as broken (tab, cols, value), unnest(cols::text[]) as col;
select ok(private.quota_limits_holds(0, 0, 0, 0, 0, 0, 0, 0, 1e12, 1e30), 'S4-28 what just fits');
select ok(private.is_own_path(public.org() || '/' || repeat('x', 1024 - 37), public.org()), 'A4-129 a path that just fits');
select ok(private.is_public_url('https://example.com/' || repeat('x', 2048 - 20)), 'S4-28 a URL that just fits');
select ok(private.quota_limits_holds(null, null, null, null, 0, 0, 0, 0, null, 0), 'S4-28 no limit');
select is(pg_temp.changed('usage_records', 'kai_credits = 1e12, render_seconds = null, cost_usd = 0'), (select count(*)::text from public.usage_records), 'S4-28 what just fits in a record');
select is(pg_temp.changed(c.relname, format('%I = %L', a.attname, amount)), '23514', format('S4-28 no amount in %s.%s: %s', c.relname, a.attname, amount))
from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.atttypid = 'numeric'::regtype and not a.attisdropped and a.attnum > 0,
    unnest('{-1,NaN,Infinity}'::text[]) as amount
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition;
select is(pg_temp.changed('invoices', 'period_end = period_start - interval ''1 second'''), '23514', 'S4-28 no reversed period');
select is(pg_temp.changed('jobs', 'parent_job_id = id'), '23514', 'A4-410 no job is its own parent');
select is(pg_temp.changed('credit_packs', 'credits_remaining = 10'), '23514', 'S4-28 no more left than bought');
select is(pg_temp.attempt('service_role', null, 'insert into public.kai_generations (org_id, type, external_task_id) select id, ''image'', ''t'' from public.orgs, generate_series(1, 2)'),
    '23505', 'A4-370 a task is one generation');
select is(pg_temp.changed('credit_packs', 'credits_purchased = 0, credits_remaining = 0'), '23514', 'S4-28 no pack of nothing');
select throws_ok(format('insert into private.%I select * from private.%1$I', tab), '23505', null, 'A4-403 one of each in ' || tab)
from unnest('{plans,overage_prices}'::text[]) as tab;
select throws_ok(format('update private.%s', change), '23514', null, 'A4-403 no such price or plan: ' || change)
from unnest(array['plans set tokens_limit = -1', 'plans set kai_credits_limit = -1', 'plans set render_seconds_limit = -1',
    'plans set storage_bytes_limit = -1', 'plans set plan = ''gold''', 'overage_prices set usd_per_unit = -1', 'overage_prices set resource = ''gold''']) as change;

select * from finish();
rollback;

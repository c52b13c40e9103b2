-- Who may do what, as attacks: every defect of the access rules by its id, with the right way beside it.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

-- o owner, a admin, e editor, v viewer of organisation 1; x owns organisation 2; s is suspended; n has none
insert into auth.users (id, email, raw_user_meta_data)
select ('00000000-0000-0000-0000-00000000000' || n)::uuid, n || '@test.com', jsonb_build_object('full_name', upper(n))
from unnest(array['0', 'a', 'e', '1', 'b', 'c', 'd']) as n;
create function public.who(person text) returns void language sql as $$
    select set_config('role', case person when 'anon' then 'anon' when 'service' then 'service_role' else 'authenticated' end, true),
        set_config('request.jwt.claims', jsonb_strip_nulls(jsonb_build_object('role',
            case person when 'anon' then 'anon' when 'service' then 'service_role' else 'authenticated' end,
            'sub', case when length(person) = 1 then '00000000-0000-0000-0000-00000000000' || translate(person, 'oaevxsn', '0ae1bcd') end))::text, true)
$$;
create function public.id(person text) returns uuid language sql immutable as
    $$select ('00000000-0000-0000-0000-00000000000' || translate(person, 'oaevxsn', '0ae1bcd'))::uuid$$;
grant execute on function public.who(text), public.id(text) to public;
select is((select name from public.profiles where id = public.id('e')), 'E', 'A4-394 A4-378 signing up makes the profile');

-- founding
select public.who('o');
select lives_ok($$insert into public.orgs (name, slug, owner_id) values ('One', 'one', public.id('o')) returning id$$,
    'S4-9 anybody may found an organisation, and sees it');
select is((select role from public.org_members where user_id = public.id('o')), 'owner', 'S4-9 its founder is its owner');
select is((select tokens_limit from public.quota_limits), 100000::bigint, 'S4-9 S4-15 C10 with the limits of the plan');
select throws_ok($$insert into public.orgs (name, slug, owner_id) values ('Evil', 'evil', public.id('x'))$$, '42501', null,
    'S4-9 not in another''s name');
select throws_ok($$insert into public.orgs (name, slug, owner_id, plan) values ('Evil', 'evil', public.id('o'), 'enterprise')$$, '42501',
    null, 'S4-6 not with a plan');
select throws_ok($$insert into public.orgs (name, slug, owner_id) values ('Evil', 'one', public.id('o'))$$, '23505', null, 'A4-030 a slug is one');
select throws_ok($$insert into public.orgs (name, slug, owner_id) values ('Evil', '../admin', public.id('o'))$$, '23514', null, 'A4-018 and a slug');
select lives_ok($$insert into public.org_members (org_id, user_id, role)
    select id, public.id(person), role from public.orgs,
        (values ('a', 'admin'), ('e', 'editor'), ('v', 'viewer'), ('s', 'owner')) as people (person, role)$$, 'S4-5 an owner adds all roles');
select public.who('x');
insert into public.orgs (name, slug, owner_id) values ('Two', 'two', public.id('x'));
reset role;
create function public.org(wanted text) returns uuid language sql stable security definer as $$select id from public.orgs where slug = wanted$$;
grant execute on function public.org(text) to public;

-- rows of organisation 1, by the service
select public.who('service');
insert into public.projects (id, org_id, name) values ('00000000-0000-0000-0000-000000000011', public.org('one'), 'p'),
    ('00000000-0000-0000-0000-000000000012', public.org('two'), 'p');
insert into public.templates (id, org_id, name, is_public, spec) values
    ('00000000-0000-0000-0000-000000000021', public.org('one'), 'private', false, '{"tracks": []}'),
    ('00000000-0000-0000-0000-000000000022', public.org('one'), 'public', true, '{}'),
    ('00000000-0000-0000-0000-000000000023', public.org('two'), 'public too', true, '{}');
insert into public.workflows (id, org_id, name) values ('00000000-0000-0000-0000-000000000031', public.org('one'), 'w'),
    ('00000000-0000-0000-0000-000000000032', public.org('two'), 'w');
insert into public.workflow_versions (workflow_id, graph) values ('00000000-0000-0000-0000-000000000031', '{}');
insert into public.assets (id, org_id, type, storage_path) values ('00000000-0000-0000-0000-000000000041', public.org('one'), 'image', 'p'),
    ('00000000-0000-0000-0000-000000000042', public.org('two'), 'image', 'p');
insert into public.asset_versions (asset_id, storage_path) values ('00000000-0000-0000-0000-000000000041', 'p');
insert into public.jobs (id, org_id, workflow_id) values
    ('00000000-0000-0000-0000-000000000051', public.org('one'), '00000000-0000-0000-0000-000000000031');
insert into public.job_logs (job_id, message) values ('00000000-0000-0000-0000-000000000051', 'm');
insert into public.renders (job_id) values ('00000000-0000-0000-0000-000000000051');
insert into public.schedules (org_id, workflow_id, cron) values (public.org('one'), '00000000-0000-0000-0000-000000000031', '0 9 * * 1-5');
insert into public.webhooks (id, org_id, url, events, secret) values
    ('00000000-0000-0000-0000-000000000061', public.org('one'), 'https://example.com/hook', '{job.completed}', 'cipher');
insert into public.webhook_deliveries (webhook_id, event, payload) values ('00000000-0000-0000-0000-000000000061', 'test', '{}');
insert into public.usage_records (org_id, resource_type, llm_tokens_output) values (public.org('one'), 'llm_tokens', 10);
insert into public.invoices (org_id, amount_usd) values (public.org('one'), 10);
insert into public.credit_packs (org_id, pack_type, credits_purchased, credits_remaining) values (public.org('one'), 'small', 10, 10);
insert into public.integrations (org_id, provider, credentials) values (public.org('one'), 'kai', '{"encrypted": "x"}');
insert into public.kai_generations (org_id, type, result_asset_ids) values
    (public.org('one'), 'image', '{00000000-0000-0000-0000-000000000041}');
select throws_ok($$insert into public.kai_generations (org_id, type, result_asset_ids) values
    (public.org('one'), 'image', '{00000000-0000-0000-0000-000000000042}')$$, '23503', null, 'S4-23 A4-414 results are own assets');

-- what a viewer sees, and an outsider does not
reset role;
create function public.seen(tab text) returns bigint language plpgsql as $$
declare n bigint; begin execute format('select count(id) from public.%I', tab) into n; return n; end $$;
grant execute on function public.seen(text) to public;
select public.who('v');
select is(public.seen(tab), n::bigint, 'S4-1 S4-11 A4-398 a member sees ' || tab)
from (values ('orgs', 1), ('org_members', 5), ('projects', 1), ('workflows', 1), ('workflow_versions', 1), ('assets', 1), ('asset_versions', 1),
    ('jobs', 1), ('job_logs', 1), ('renders', 1), ('schedules', 1), ('usage_records', 1), ('quota_limits', 1), ('credit_packs', 1),
    ('kai_generations', 1), ('templates', 3), ('profiles', 1), ('invoices', 0), ('integrations', 0), ('webhooks', 0),
    ('webhook_deliveries', 0), ('api_keys', 0)) as expected (tab, n);
select throws_ok(format('select %I from public.%I', col, tab), '42501', null, 'S4-7 A4-412 nobody reads ' || tab || '.' || col)
from (values ('webhooks', 'secret'), ('integrations', 'credentials'), ('api_keys', 'key_hash')) as secrets (tab, col);
select public.who('n');
select is(public.seen(tab), case tab when 'templates' then 2 when 'profiles' then 1 else 0 end::bigint, 'A4-389 an outsider sees no ' || tab)
from unnest(array['orgs', 'org_members', 'projects', 'workflows', 'workflow_versions', 'assets', 'asset_versions', 'jobs', 'job_logs',
    'renders', 'schedules', 'usage_records', 'quota_limits', 'credit_packs', 'kai_generations', 'templates', 'profiles', 'invoices',
    'integrations', 'webhooks', 'webhook_deliveries', 'api_keys']) as tab;
select public.who('anon');
select is(public.seen('templates'), 2::bigint, 'A4-402 S4-1 anybody sees public templates');
select throws_ok(format('select id from public.%I', tab), '42501', null, 'A4-389 anon reads no ' || tab)
from unnest(array['orgs', 'org_members', 'profiles', 'workflows', 'jobs', 'usage_records', 'invoices', 'api_keys']) as tab;
select throws_ok($$select * from public.mv_daily_usage$$, '42501', null, 'S4-3 anon reads no statistics');
select throws_ok(format('select * from private.%I', 'usage_records_' || to_char(now() at time zone 'UTC', 'YYYY_MM')), '42501', null,
    'S4-2 nor a partition');
select throws_ok($$select public.check_quota(public.org('one'), 1, 1, 1)$$, '42501', null, 'S4-16 nor a quota');
select throws_ok($$truncate public.orgs cascade$$, '42501', null, 'Sx-C2 and truncates nothing');

-- a viewer writes nothing
select public.who('v');
select throws_ok($$insert into public.projects (org_id, name) values (public.org('one'), 'x')$$, '42501', null, 'A4-399 a viewer makes nothing');
update public.workflows set name = 'x';
delete from public.assets;
select is((select name from public.workflows), 'w', 'S4-10 a viewer changes nothing');
select is(public.seen('assets'), 1::bigint, 'S4-10 and deletes nothing');
select ok(not public.bin('workflow', '00000000-0000-0000-0000-000000000031'), 'S4-10 not by function either');
select throws_ok($$select * from public.mv_daily_usage$$, '42501', null, 'S4-3 a member asks daily_usage');
select lives_ok($$select * from public.daily_usage(public.org('one'))$$, 'S4-3 A4-406 and is answered');
select ok(public.check_quota(public.org('one'), 1, 1, 1), 'A4-405 S4-14 a member asks for the own quota');
select ok(not public.check_quota(public.org('two'), 1, 1, 1), 'S4-16 and for no other');

-- the own profile
select lives_ok($$update public.profiles set name = 'New', avatar_url = 'https://n', metadata = '{"x": 1}'$$, 'A4-400 edits the own profile');
select throws_ok(format('update public.profiles set %I = %s', col, value), '42501', null, 'S4-4 cannot set ' || col)
from (values ('role', '''admin'''), ('status', '''active'''), ('id', 'gen_random_uuid()'), ('created_at', 'now()')) as attack (col, value);
update public.profiles set name = 'Stolen' where id <> public.id('v');
select is((select count(*) from public.profiles where name = 'Stolen'), 0::bigint, 'A4-400 no other');

-- an editor
select public.who('e');
select lives_ok(format('insert into public.%I (org_id, name%s) values (public.org(''one''), ''x''%s)', tab, more, value), 'A4-399 S4-10 an editor makes ' || tab)
from (values ('projects', '', ''), ('templates', ', aspect', ', ''1:1'''), ('workflows', ', graph', ', ''{"nodes": []}''')) as t (tab, more, value);
select lives_ok($$insert into public.assets (org_id, type, storage_path) values (public.org('one'), 'image', public.org('one') || '/a.png')$$, 'A4-399 assets');
select throws_ok(format('insert into public.assets (org_id, type, storage_path) values (public.org(''one''), ''image'', %L)', path), '42501', null,
    'A4-129 a file of the organisation: ' || path)
from (select public.org('two') || '/a.png' as path union all select public.org('one') || '/../x' union all select '/etc/passwd'
    union all select public.org('one') || '/' || repeat('x', 1000)) as paths;
select lives_ok($$insert into public.workflow_versions (workflow_id, graph) values ('00000000-0000-0000-0000-000000000031', '{}')$$, 'S4-11 versions');
select is((select max(version) from public.workflow_versions), 2, 'A4-411 numbered');
select throws_ok($$insert into public.workflow_versions (workflow_id, version, graph) values ('00000000-0000-0000-0000-000000000031', 2, '{}')$$,
    '23505', null, 'A4-411 once');
select throws_ok($$update public.workflow_versions set graph = '{}'$$, '42501', null, 'A4-411 and never changed');
select lives_ok($$update public.workflows set name = 'renamed', status = 'confirmed' where id = '00000000-0000-0000-0000-000000000031'$$, 'S4-10 changes');
select is((select name from public.workflows where id = '00000000-0000-0000-0000-000000000031'), 'renamed', 'S4-10 what it is');
select throws_ok($$update public.workflows set org_id = public.org('two')$$, '42501', null, 'S4-20 moves nothing away');
select throws_ok($$update public.workflows set run_count = 1000$$, '42501', null, 'S4-6 counts nothing');
select lives_ok($$insert into public.jobs (org_id, workflow_id, template_id) values (public.org('one'),
    '00000000-0000-0000-0000-000000000031', '00000000-0000-0000-0000-000000000023')$$, 'C9 asks for a job, with a public template');
select throws_ok($$insert into public.jobs (org_id, status, cost_total_usd) values (public.org('one'), 'completed', -5)$$, '42501', null,
    'S4-6 forges none');
select throws_ok($$update public.jobs set status = 'completed'$$, '42501', null, 'S4-6 finishes none');
select throws_ok($$insert into public.jobs (org_id, workflow_id) values (public.org('one'), '00000000-0000-0000-0000-000000000032')$$, '23503', null,
    'S4-20 no workflow of another organisation');
select throws_ok($$insert into public.jobs (org_id, project_id) values (public.org('one'), '00000000-0000-0000-0000-000000000012')$$, '23503', null,
    'S4-20 no project');
select throws_ok($$insert into public.schedules (org_id, workflow_id, cron) values (public.org('one'), '00000000-0000-0000-0000-000000000032', '* * * * *')$$,
    '23503', null, 'S4-20 no schedule of it');
select throws_ok($$insert into public.jobs (org_id, workflow_id) values (public.org('two'), '00000000-0000-0000-0000-000000000032')$$, '42501', null,
    'A4-399 nothing for another organisation');
select throws_ok(attack, '42501', null, 'S4-5 S4-6 S4-7 S4-8 C9 an editor may not: ' || attack)
from unnest(array[
    $$insert into public.org_members (org_id, user_id, role) values (public.org('one'), public.id('n'), 'owner')$$,
    $$insert into public.org_members (org_id, user_id, role) values (public.org('one'), public.id('n'), 'viewer')$$,
    $$insert into public.credit_packs (org_id, pack_type, credits_purchased, credits_remaining) values (public.org('one'), 'x', 1, 1000000)$$,
    $$insert into public.invoices (org_id, amount_usd, status) values (public.org('one'), 0, 'paid')$$,
    $$insert into public.usage_records (org_id, resource_type, llm_tokens_output) values (public.org('one'), 'llm_tokens', -1000000)$$,
    $$update public.quota_limits set tokens_limit = null$$,
    $$insert into public.api_keys (user_id, org_id, name, key_hash) values (public.id('o'), public.org('one'), 'evil', 'h')$$,
    $$insert into public.webhooks (org_id, url, events, secret) values (public.org('one'), 'https://e.com', '{x}', 's')$$,
    $$select public.create_webhook(public.org('one'), 'https://e.com', '{x}')$$,
    $$select public.set_integration(public.org('one'), 'openai', '{}')$$,
    $$insert into public.integrations (org_id, provider, credentials) values (public.org('one'), 'openai', '{}')$$,
    $$insert into public.job_logs (job_id, org_id, message) values ('00000000-0000-0000-0000-000000000051', public.org('one'), 'x')$$,
    $$insert into public.renders (job_id, org_id) values ('00000000-0000-0000-0000-000000000051', public.org('one'))$$,
    $$select public.consume_quota(public.org('one'), 1, 1, 1)$$,
    $$select public.reset_quota(public.org('one'))$$,
    $$select public.add_credit_pack(public.org('one'), 'x', 1000, 0, 'pi')$$,
    $$select public.verify_api_key('x')$$,
    $$select public.integration_credentials(gen_random_uuid())$$,
    $$select public.claim_webhook_deliveries(10)$$,
    $$select public.transfer_org(public.org('one'), public.id('e'))$$,
    $$select public.delete_org(public.org('one'))$$,
    $$update public.orgs set plan = 'enterprise'$$,
    $$update public.orgs set stripe_customer_id = 'cus_x'$$,
    $$update public.orgs set owner_id = public.id('e')$$
]) as attack;
update public.orgs set name = 'x';
update public.org_members set role = 'owner' where user_id = public.id('e');
delete from public.org_members where user_id = public.id('v');
select is((select string_agg(m.role, ',' order by m.role) || o.name from public.org_members as m, public.orgs as o group by o.name),
    'admin,editor,owner,owner,viewerOne', 'S4-5 an editor manages nobody');
select ok(public.bin('project', '00000000-0000-0000-0000-000000000011'), 'C6 A4-387 moves a project to the bin');
select is((select count(*) from public.projects where id = '00000000-0000-0000-0000-000000000011'), 0::bigint, 'C6 where nobody sees it');
select ok(public.bin('project', '00000000-0000-0000-0000-000000000011', true), 'C6 and brings it back');
select throws_ok($$select public.bin('profile', public.id('o'))$$, '22023', null, 'C6 of four kinds');
select lives_ok($$delete from public.assets where storage_path like '%/a.png'$$, 'S4-10 deletes an asset');

-- API keys
select throws_ok($$select public.create_api_key(public.org('one'), 'k', '["admin"]')$$, '42501', null, 'S4-8 scopes within the role');
select throws_ok($$select public.create_api_key(public.org('two'), 'k')$$, '42501', null, 'S4-8 in an own organisation');
select throws_ok($$select public.create_api_key(public.org('one'), 'k', '["read"]', now() - interval '1 day')$$, '22023', null, 'A4-407 not expired');
create temporary table made as select * from public.create_api_key(public.org('one'), 'k', '["read", "write"]');
grant select on made to public;
select is((select (user_id, key_prefix) from public.api_keys), (select (public.id('e'), left(key, 12)) from made), 'S4-8 A4-407 the key is its maker''s');
select public.who('service');
select results_eq($$select user_id, org_id, role, scopes from public.verify_api_key((select key from made))$$,
    $$values (public.id('e'), public.org('one'), 'editor', '["read", "write"]'::jsonb)$$, 'A4-407 the backend knows it by its hash');
select is_empty($$select * from public.verify_api_key('fenta_wrong')$$, 'A4-407 and no other');
update public.api_keys set expires_at = now();
select is_empty($$select * from public.verify_api_key((select key from made))$$, 'A4-407 nor one that has just expired');
update public.api_keys set expires_at = null;
update public.org_members set role = 'viewer' where user_id = public.id('e');
select is((select scopes from public.verify_api_key((select key from made))), '["read"]', 'S4-8 it can do no more than its maker');
update public.org_members set role = 'editor' where user_id = public.id('e');
select public.who('v');
select ok(not public.revoke_api_key((select id from made)), 'S4-8 a viewer revokes only own keys');
select public.who('a');
select is(public.seen('api_keys'), 1::bigint, 'C9 an admin sees all keys of the organisation');
select ok(public.revoke_api_key((select id from made)), 'A4-407 and revokes them');
select public.who('service');
select is_empty($$select * from public.verify_api_key((select key from made))$$, 'A4-407 revoked is revoked');

-- an admin
select public.who('a');
select is(public.seen(tab), 1::bigint, 'A4-401 C9 an admin sees ' || tab) from unnest(array['invoices', 'webhooks', 'integrations', 'webhook_deliveries']) as tab;
select lives_ok($$insert into public.org_members (org_id, user_id, role) values (public.org('one'), public.id('n'), 'viewer')$$, 'S4-5 adds a viewer');
select throws_ok($$insert into public.org_members (org_id, user_id, role) values (public.org('one'), public.id('x'), 'admin')$$, '42501', null, 'S4-5 no admin');
select throws_ok($$update public.org_members set role = 'admin' where user_id = public.id('n')$$, '42501', null, 'S4-5 and makes none');
update public.org_members set role = 'viewer' where user_id = public.id('o');
delete from public.org_members where user_id = public.id('o');
select is((select role from public.org_members where user_id = public.id('o')), 'owner', 'S4-5 an owner stays an owner');
select lives_ok($$delete from public.org_members where user_id = public.id('n')$$, 'S4-5 removes a viewer');
select lives_ok($$update public.orgs set name = 'Renamed', settings = '{"x": 1}'$$, 'S4-10 renames the organisation');
select throws_ok($$update public.orgs set plan = 'pro'$$, '42501', null, 'S4-6 not its plan');
select lives_ok($$update public.webhooks set enabled = false$$, 'S4-10 C9 switches a webhook');
select throws_ok($$update public.webhooks set url = 'http://169.254.169.254/latest'$$, '23514', null, 'S4-30 not to an address inside');
select throws_ok($$update public.webhooks set secret = 'x'$$, '42501', null, 'S4-7 sets no secret');

-- an owner
select public.who('o');
select lives_ok($$update public.org_members set role = 'viewer' where user_id = public.id('s')$$, 'S4-5 an owner manages owners');
select throws_ok($$delete from public.org_members where user_id = public.id('o')$$, 'PT409', null, 'S4-5 C11 the last owner stays');
select throws_ok($$update public.org_members set role = 'admin' where user_id = public.id('o')$$, 'PT409', null, 'S4-5 C11 and stays owner');
select throws_ok($$select public.transfer_org(public.org('one'), public.id('v'))$$, 'PT409', null, 'S4-22 C11 only an owner pays');
update public.org_members set role = 'owner' where user_id = public.id('a');
select lives_ok($$select public.transfer_org(public.org('one'), public.id('a'))$$, 'C11 hands the bill over');
select lives_ok($$delete from public.org_members where user_id = public.id('o')$$, 'C11 and may leave');
select is(public.seen('orgs'), 0::bigint, 'C11 and is gone');
select public.who('v');
select lives_ok($$delete from public.org_members where user_id = public.id('v')$$, 'S4-5 a member may leave');

-- suspended people, deleted organisations, deleted accounts
reset role;
update public.profiles set status = 'suspended' where id = public.id('e');
select public.who('e');
select is(public.seen('workflows') + public.seen('orgs'), 0::bigint, 'S4-21 a suspended editor sees nothing');
select throws_ok($$insert into public.projects (org_id, name) values (public.org('one'), 'x')$$, '42501', null, 'S4-21 makes nothing');
select throws_ok($$insert into public.orgs (name, slug, owner_id) values ('x', 'xx', public.id('e'))$$, '42501', null, 'S4-21 founds nothing');
update public.profiles set name = 'x';
select is((select name from public.profiles), 'E', 'S4-4 S4-21 and changes nothing');
select public.who('a');
select lives_ok($$select public.delete_org(public.org('one'))$$, 'A4-387 an owner deletes the organisation');
select is(public.seen('orgs') + public.seen('workflows') + public.seen('jobs'), 0::bigint, 'S4-21 nobody has anything of it');
select public.who('anon');
select is(public.seen('templates'), 1::bigint, 'S4-21 its public templates are public no more');
reset role;
select lives_ok($$delete from auth.users where id = public.id('x')$$, 'S4-29 an account can be deleted');
select results_eq($$select deleted_at is not null, owner_id from public.orgs where slug = 'two'$$, $$values (true, null::uuid)$$,
    'S4-29 C11 an organisation of nobody is deleted');
update public.orgs set deleted_at = null where slug = 'one';
select lives_ok($$delete from auth.users where id = public.id('a')$$, 'S4-29 whoever pays may go too');
select is((select role from public.org_members where user_id = public.id('e')), 'owner', 'S4-29 C11 the next in line is owner');
select is((select owner_id from public.orgs where slug = 'one'), public.id('e'), 'S4-29 C11 and pays');

select * from finish();
rollback;

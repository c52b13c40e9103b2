-- What reaches where: two organisations with the same rows, each verb tried by everybody on every table of content, and
-- what functions and the clock do to one of them. Then input that makes no sense.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

-- o owner, a admin, e editor, v viewer of organisation 1, s a suspended owner of it; x owns organisation 2; n has none
insert into auth.users (id, email)
select ('00000000-0000-0000-0000-00000000000' || n)::uuid, n || '@test.com' from unnest(array['0', 'a', 'e', '1', 'b', 'c', 'd']) as n;
create function public.id(person text) returns uuid language sql immutable as
    $$select ('00000000-0000-0000-0000-00000000000' || translate(person, 'oaevxsn', '0ae1bcd'))::uuid$$;
create function public.org(n text) returns uuid language sql immutable as $$select ('00000000-0000-0000-0000-0000000000f' || n)::uuid$$;
create function public.row_of(n text, kind text) returns uuid language sql immutable as $$select ('00000000-0000-0000-000' || n || '-0000000000' || kind)::uuid$$;
create function public.who(person text) returns void language sql as $$
    select set_config('role', case person when 'anon' then 'anon' when 'service' then 'service_role' else 'authenticated' end, true),
        set_config('request.jwt.claims', jsonb_strip_nulls(jsonb_build_object('sub', case when length(person) = 1 then public.id(person) end))::text, true)
$$;
grant execute on function public.id(text), public.org(text), public.row_of(text, text), public.who(text) to public;
insert into public.orgs (id, name, slug, owner_id) values (public.org('1'), 'One', 'one', public.id('o')), (public.org('2'), 'Two', 'two', public.id('x'));
insert into public.org_members (org_id, user_id, role)
select public.org('1'), public.id(person), role from (values ('a', 'admin'), ('e', 'editor'), ('v', 'viewer'), ('s', 'owner')) as people (person, role);
update public.profiles set status = 'suspended' where id = public.id('s');
insert into public.projects (id, org_id, name) select public.row_of(n, '10'), public.org(n), 'p' from unnest('{1,2}'::text[]) as n;
insert into public.templates (id, org_id, name, is_public) select public.row_of(n, '20'), public.org(n), 't', n = '2' from unnest('{1,2}'::text[]) as n;
insert into public.templates (id, org_id, name) values (public.row_of('2', '21'), public.org('2'), 'private');
insert into public.workflows (id, org_id, name) select public.row_of(n, '30'), public.org(n), 'w' from unnest('{1,2}'::text[]) as n;
insert into public.assets (id, org_id, type) select public.row_of(n, '40'), public.org(n), 'image' from unnest('{1,2}'::text[]) as n;
insert into public.schedules (org_id, workflow_id, cron) select public.org(n), public.row_of(n, '30'), '0 9 * * *' from unnest('{1,2}'::text[]) as n;
insert into public.jobs (id, org_id, workflow_id) select public.row_of(n, '50'), public.org(n), public.row_of(n, '30') from unnest('{1,2}'::text[]) as n;
insert into public.webhooks (id, org_id, url, events, secret)
select public.row_of(n, '60'), public.org(n), 'https://example.com/hook', '{*}', 'cipher' from unnest('{1,2}'::text[]) as n;
-- a secret that is none of fenta's, and is found before it
select vault.create_secret('another', 'another_key');
select vault.update_secret(id, new_description => 'found last') from vault.secrets where name = 'fenta_secrets_key';
insert into public.integrations (id, org_id, provider, credentials)
select public.row_of(n, '70'), public.org(n), 'kai', jsonb_build_object('encrypted', private.encrypt(format('{"of": %s}', n))) from unnest('{1,2}'::text[]) as n;
insert into public.api_keys (user_id, org_id, name, key_hash) values
    (public.id('o'), public.org('1'), 'k', '1'), (public.id('e'), public.org('1'), 'k', '2'), (public.id('x'), public.org('2'), 'k', '3');

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
create function pg_temp.attempt(person text, statement text) returns text language sql as $$
    select pg_temp.attempt(case person when 'anon' then 'anon' when 'service' then 'service_role' else 'authenticated' end,
        case when length(person) = 1 then public.id(person) end, statement)
$$;
create function pg_temp.everybody(statement text) returns text language sql as $$
    select string_agg(pg_temp.attempt(person, statement), ' ' order by n)
    from unnest('{o,a,e,v,x,s,n,anon}'::text[]) with ordinality as people (person, n)
$$;

-- Nothing in these names a row: whoever could reach the other organisation would reach two.
select is(pg_temp.everybody('update public.' || change), reached, 'S4-10 S4-21 A4-399 C9 who may update ' || change)
from (values
    ('projects set name = ''x''', '1 1 1 0 1 0 0 42501'), ('templates set name = ''x''', '1 1 1 0 2 0 0 42501'),
    ('workflows set name = ''x''', '1 1 1 0 1 0 0 42501'), ('assets set metadata = ''{}''', '1 1 1 0 1 0 0 42501'),
    ('schedules set enabled = false', '1 1 1 0 1 0 0 42501'), ('webhooks set enabled = false', '1 1 0 0 1 0 0 42501'),
    ('integrations set config = ''{}''', '1 1 0 0 1 0 0 42501'), ('orgs set name = ''x''', '1 1 0 0 1 0 0 42501'),
    ('profiles set name = ''x''', '1 1 1 1 1 0 1 42501'), ('org_members set role = ''viewer'' where role <> ''owner''', '3 2 0 0 0 0 0 42501')
) as expected (change, reached);
select is(pg_temp.everybody('delete from public.' || tab), reached, 'S4-10 S4-21 A4-399 C9 who may delete from ' || tab)
from (values
    ('projects', '1 1 1 0 1 0 0 42501'), ('templates', '1 1 1 0 2 0 0 42501'), ('workflows', '1 1 1 0 1 0 0 42501'),
    ('assets', '1 1 1 0 1 0 0 42501'), ('schedules', '1 1 1 0 1 0 0 42501'), ('webhooks', '1 1 0 0 1 0 0 42501'),
    ('integrations', '1 1 0 0 1 0 0 42501')
) as expected (tab, reached);
select is(pg_temp.everybody('select id from public.api_keys'), '2 2 1 0 1 0 0 42501', 'S4-8 C9 who sees which keys');
select is(pg_temp.everybody('insert into public.' || addition), '1 1 1 42501 42501 42501 42501 42501', 'A4-399 S4-21 who may insert into ' || addition)
from unnest(array[
    'projects (org_id, name) values (public.org(''1''), ''n'')',
    'templates (org_id, name) values (public.org(''1''), ''n'')',
    'workflows (org_id, name) values (public.org(''1''), ''n'')',
    'assets (org_id, type) values (public.org(''1''), ''image'')',
    'schedules (org_id, workflow_id, cron) values (public.org(''1''), public.row_of(''1'', ''30''), ''* * * * *'')',
    'jobs (org_id, workflow_id) values (public.org(''1''), public.row_of(''1'', ''30''))',
    'workflow_versions (workflow_id, graph) values (public.row_of(''1'', ''30''), ''{}'')',
    'asset_versions (asset_id, storage_path) values (public.row_of(''1'', ''40''), public.org(''1'') || ''/a.png'')']) as addition;
update public.quota_limits set render_seconds_limit = 0 where org_id = public.org('1');
select is(pg_temp.everybody('insert into public.jobs (org_id, workflow_id) values (public.org(''1''), public.row_of(''1'', ''30''))'),
    'PT402 PT402 PT402 42501 42501 42501 42501 42501', 'S4-14 S4-21 whoever may create no jobs does not learn that the quota is used up');
update public.quota_limits set render_seconds_limit = 600 where org_id = public.org('1');
select is(pg_temp.attempt('e', format('insert into public.asset_versions (asset_id, storage_path) values (public.row_of(''1'', ''40''), %L)', path)), '42501',
    'A4-129 a version of an asset lies in the organisation''s folder, too: ' || path)
from unnest(array[public.org('2') || '/a.png', public.org('1') || '/../x', '/etc/passwd']) as path;
select is(pg_temp.attempt('service', format('update public.assets set storage_path = %L', path)), '23514', 'A4-129 no name in storage: ' || left(quote_literal(path), 20))
from unnest(array['', '/', 'a/../b', './a', 'a//b', 'a/', 'a\b', 'a' || chr(10), repeat('ä', 513)]) as path;

-- templates: no key can say that one is the organisation's own or public
select is(pg_temp.attempt(person, format('%s public.row_of(''2'', ''2%s'')%s', verb, template, rest)), answer,
    format('S4-20 a %s template of another organisation: %s', case template when '0' then 'public' else 'private' end, verb))
from (values ('e', 'insert into public.jobs (org_id, template_id) select public.org(''1''),', ''),
    ('service', 'update public.jobs set template_id =', ' where org_id = public.org(''1'')')) as tries (person, verb, rest),
    (values ('0', '1'), ('1', '23503')) as templates (template, answer);

savepoint deleted;
update public.orgs set deleted_at = now() where id = public.org('2');
select is(pg_temp.attempt('e', 'insert into public.jobs (org_id, template_id) select public.org(''1''), public.row_of(''2'', ''20'')'), '23503',
    'S4-20 what a deleted organisation made public is not any more');
rollback to savepoint deleted;

-- functions
select is(pg_temp.attempt('e', 'select public.bin(''workflow'', public.row_of(''2'', ''30''))'), '1', 'S4-10 a bin that is asked for what is elsewhere');
select public.who('e');
select ok(not public.bin(kind, public.row_of('2', row)), 'S4-10 has no ' || kind || ' of another organisation')
from (values ('project', '10'), ('template', '20'), ('workflow', '30'), ('asset', '40')) as kinds (kind, row);
insert into public.workflows (org_id, name) values (public.org('1'), 'another');
select ok(public.bin('workflow', public.row_of('1', '30')), 'C6 one is binned');
select ok(not public.bin('workflow', public.row_of('1', '30')), 'C6 once');
reset role;
select is((select count(*) from public.workflows where deleted_at is not null), 1::bigint, 'C6 and no other');
select public.who('v');
select ok(not public.bin('workflow', public.row_of('1', '30'), true), 'C6 a viewer does not bring it back');
select public.who('e');
select ok(public.bin('workflow', public.row_of('1', '30'), true), 'C6 but who may');
select is(public.prefixed_id('org', public.org('1')), 'org_000000000000000000000000000000f1', 'C4 anybody signed in writes an id');
select is(public.parse_prefixed_id('org', 'org_000000000000000000000000000000f1'), public.org('1'), 'C4 and reads one');

-- states of a job: each step that is none
reset role;
create function public.step(old_status text, new_status text) returns text language plpgsql as $$
begin
    update public.jobs set status = 'processing' where id = public.row_of('1', '50') and old_status not in ('queued', 'cancelled');
    update public.jobs set status = old_status where id = public.row_of('1', '50');
    update public.jobs set status = new_status where id = public.row_of('1', '50');
    raise exception using errcode = 'ZZ000', message = 'fine';
exception
    when sqlstate 'ZZ000' then return sqlerrm;
    when others then return sqlstate;
end;
$$;
select is((select string_agg(case when public.step(a, b) = 'fine' then a || '>' || b end, ' ' order by a, b)
        from unnest('{queued,processing,completed,failed,cancelled}'::text[]) as a, unnest('{queued,processing,completed,failed,cancelled}'::text[]) as b where a <> b),
    'processing>cancelled processing>completed processing>failed queued>cancelled queued>failed queued>processing', 'C18 the steps that there are');
update public.jobs set status = 'processing';
update public.jobs set status = 'completed';
select throws_ok(format('update public.jobs set %s', change), 'PT409', null, 'C18 a finished job is final: ' || change)
from unnest(array['result = ''{"other": 1}''', 'config = ''{"n": 1}''', 'created_at = now() - interval ''1 day''', 'id = gen_random_uuid()', 'org_id = public.org(''2'')']) as change;

-- events go to who wants them
select results_eq('select event, count(*) from public.webhook_deliveries group by 1', $$values ('job.completed', 2::bigint)$$, 'A4-408 that a job has begun is no event');
delete from public.webhook_deliveries;
insert into public.webhooks (org_id, url, events, secret, enabled) values
    (public.org('1'), 'https://example.com/other', '{job.failed}', 'c', true), (public.org('1'), 'https://example.com/off', '{job.completed}', 'c', false);
select private.queue_deliveries(public.org('1'), 'job.completed', '{}');
select results_eq('select org_id, webhook_id from public.webhook_deliveries', $$values (public.org('1'), public.row_of('1', '60'))$$,
    'A4-408 the organisation''s own, switched on, that ask for the event');
select private.queue_deliveries(public.org('2'), 'job.completed', '{}');
update public.webhook_deliveries set attempts = case when org_id = public.org('1') then 1 else 8 end;
select is(public.finish_webhook_delivery(id, 500), 'pending', 'A4-408 the first time fails') from public.webhook_deliveries where org_id = public.org('1');
select is((select next_retry_at from public.webhook_deliveries where org_id = public.org('1')), now() + interval '1 minute', 'A4-408 and is tried a minute later');
select is(public.finish_webhook_delivery(id, 500), 'failed', 'A4-408 the eighth is the last') from public.webhook_deliveries where org_id = public.org('2');
select is((select next_retry_at from public.webhook_deliveries where org_id = public.org('2')), null, 'A4-408 and nothing comes after it');
select is(public.finish_webhook_delivery(id, 200), null, 'A4-408 what is over stays so') from public.webhook_deliveries where org_id = public.org('2');
select is((select string_agg(status, ' ' order by org_id) from public.webhook_deliveries), 'pending failed', 'A4-408 each by itself');

-- secrets
select is(public.integration_credentials(public.row_of(n, '70')), jsonb_build_object('of', n::integer), 'S4-7 A4-412 the credentials of one') from unnest('{1,2}'::text[]) as n;
select is(public.integration_credentials(gen_random_uuid()), null, 'A4-412 and of no other');
update public.integrations set status = 'revoked' where id = public.row_of('1', '70');
select is(public.integration_credentials(public.row_of('1', '70')), null, 'A4-412 not of one that is revoked');

-- quota: a key is the organisation's
select throws_ok(format('select public.consume_quota(public.org(''1''), %s, 0, 0, %L, %L, ''unknown'')', amount, job, person), 'PT404', said, 'S4-15 S4-20 nothing is used for ' || said)
from (values
    (gen_random_uuid(), null), ((select id from public.jobs where org_id = public.org('2') limit 1), null), (null, gen_random_uuid())
) as nobody (job, person), unnest('{0,7,2000000000}'::int[]) as amount,
    lateral (select case when person is null then format('organisation %L has no job %s', public.org('1'), job) else format('there is no user %s', person) end as said) as s;
select ok(public.consume_quota(public.org(n), 7, 0, 0, p_idempotency_key => 'same'), 'S4-15c a key counts in ' || n) from unnest('{1,2,1}'::text[]) as n;
select results_eq('select tokens_used from public.quota_limits order by org_id', 'values (7::bigint), (7::bigint)', 'S4-15c once in each');
select ok(public.consume_quota(public.org('1'), 0, 3, 0, (select id from public.jobs where org_id = public.org('1') limit 1), public.id('x')),
    'S4-15 S4-29 a job of the organisation, and anybody, who may have left it');
select results_eq($$select r.org_id, j.org_id, r.user_id from public.usage_records as r join public.jobs as j on j.id = r.job_id where r.kai_credits = 3$$,
    $$values (public.org('1'), public.org('1'), public.id('x'))$$, 'S4-15 are accounted for');
delete from public.usage_records where kai_credits = 3;
select is(private.forget_quota_calls(), 0::bigint, 'S4-15c a key is remembered');
update private.quota_calls set created_at = now() - interval '31 days' where org_id = public.org('1');
select is(private.forget_quota_calls(), 1::bigint, 'S4-15c for a month');
select throws_ok(format('select public.consume_quota(public.org(''1''), 1, 0, 0, p_idempotency_key => %L)', key), '23514', null, 'S4-15c a key is something, and short: ' || left(key, 3))
from unnest(array['', repeat('x', 256)]) as key;
savepoint gone;
delete from public.orgs where id = public.org('2');
select is_empty('select from private.quota_calls', 'S4-15c keys go with their organisation');
rollback to savepoint gone;
update public.quota_limits set reset_at = now() - interval '40 days' where org_id = public.org('1');
select is(private.reset_due_quotas(), 1::bigint, 'A4-403 a month that is over');
select results_eq('select tokens_used from public.quota_limits order by org_id', 'values (0::bigint), (7::bigint)', 'A4-403 begins for that organisation only');
select ok((select date_part('day', reset_at) in (date_part('day', now() - interval '40 days'), 28, 29, 30) and reset_at > now() from public.quota_limits
    where org_id = public.org('1')), 'A4-403 on its day');

-- statistics
refresh materialized view public.mv_daily_usage;
select is(pg_temp.attempt(person, 'select * from public.daily_usage(public.org(''1''))'), seen, 'S4-3 S4-16 the days of an organisation, to ' || person)
from (values ('v', '1'), ('x', '0'), ('s', '0'), ('n', '0'), ('anon', '42501')) as expected (person, seen);
select is(pg_temp.attempt('v', format('select * from public.daily_usage(public.org(''1''), %L, %L)', today + first, today + last)), seen,
    format('S4-16 of days %s to %s', first, last))
from (values (0, 0, '1'), (1, 2, '0'), (-2, -1, '0'), (null, 0, '1'), (0, null, '1')) as spans (first, last, seen), date(now() at time zone 'UTC') as today;

-- the clock
create function public.binned(age interval) returns void language sql as $$
    update public.assets set deleted_at = now() - age where org_id = public.org('1');
    update public.workflows set deleted_at = now() - age where org_id = public.org('1');
    update public.templates set deleted_at = now() - age where org_id = public.org('1');
    update public.projects set deleted_at = now() - age where org_id = public.org('1');
$$;
select public.binned('29 days');
select is(private.empty_bin(), 0::bigint, 'A4-387 C6 the bin keeps for a month');
select public.binned('31 days');
select is(private.empty_bin(), 5::bigint, 'A4-387 C6 and no longer: an asset, two workflows, a template and a project');
select is((select count(*) from public.workflows) + (select count(*) from public.assets) + (select count(*) from public.projects), 3::bigint,
    'A4-387 what is in no bin stays');
-- from common/touched.sql
--   function = update_updated_at
-- For tests: each row whose `updated_at` is set to the past has it now. Whatever it did is undone; tables without rows
-- say nothing. Two tests.
create function pg_temp.touches(tab regclass)
returns table (rows bigint, stale bigint)
language plpgsql
as $$
begin
    execute format('update %s set updated_at = %L', tab, '2000-01-01');
    execute format('select count(*), count(*) filter (where updated_at <> now()) from %s', tab) into rows, stale;
    return next;
end;
$$;
savepoint touched;
create temporary table touched as
select t.tgrelid::regclass as tab, (pg_temp.touches(t.tgrelid)).* from pg_trigger as t
where t.tgfoid = 'public.update_updated_at'::regproc and t.tgparentid = 0;
select is_empty('select tab from touched where stale > 0', 'a change of a row is a change of its updated_at');
select cmp_ok((select count(*) from touched where rows > 0), '>', 0::bigint, 'of some rows at least');
rollback to savepoint touched;
-- end common/touched.sql

select is(pg_temp.attempt('service', 'update public.orgs set stripe_customer_id = ''cus_1'''), '23505', 'S4-28 a customer is one organisation');
-- founded before: whoever founds one in this transaction still sees it when he has left
update public.orgs set created_at = now() - interval '1 day';
select is(pg_temp.attempt('o', 'delete from public.org_members where user_id = public.id(''o'')'), 'PT409', 'S4-22 C11 who pays does not leave, though there is another owner');

-- an owner's account goes: the next in line, and nobody else, is owner
insert into public.orgs (id, name, slug, owner_id) values (public.org('3'), 'Three', 'three', public.id('o'));
insert into public.org_members (org_id, user_id, role) values (public.org('3'), public.id('n'), 'editor');
delete from public.org_members where user_id = public.id('s');
delete from auth.users where id = public.id('o');
select results_eq($$select user_id, role from public.org_members where org_id = public.org('1') order by role$$,
    $$values (public.id('e'), 'editor'), (public.id('a'), 'owner'), (public.id('v'), 'viewer')$$, 'S4-29 C11 the next in line is owner, the others are what they were');
select results_eq($$select owner_id from public.orgs order by id$$, $$values (public.id('a')), (public.id('x')), (public.id('n'))$$, 'S4-29 C11 of this organisation only, and each has its own');

-- input that makes no sense
select public.who('a');
select throws_ok(call, code, null, 'S4-15 S4-28 ' || call)
from (values
    ($$select public.create_api_key(public.org('1'), null)$$, '22023'),
    ($$select public.create_api_key(public.org('1'), 'k', '["read"]', now())$$, '22023'),
    ($$select public.create_webhook(public.org('1'), null, '{*}')$$, '22023'),
    ($$select public.create_webhook(public.org('1'), 'https://example.com', null)$$, '22023'),
    ($$select public.create_webhook(public.org('1'), 'https://example.com', array[null])$$, '23514'),
    ($$select public.create_webhook(public.org('1'), 'https://example.com', '{""}')$$, '23514'),
    ($$select public.set_integration(public.org('1'), null, '{}')$$, '22023'),
    ($$select public.set_integration(public.org('1'), 'openai', null)$$, '22023'),
    ($$select public.set_integration(public.org('1'), 'openai', '[1]')$$, '22023'),
    ($$select public.retry_job(gen_random_uuid())$$, 'PT404'),
    ($$select public.transfer_org(public.org('1'), gen_random_uuid())$$, 'PT404'),
    ($$select public.transfer_org(public.org('1'), public.id('x'))$$, 'PT409'),
    ($$select public.transfer_org(public.org('1'), null)$$, 'PT404')) as calls (call, code);
select public.who('service');
select throws_ok(call, code, null, 'S4-15 S4-28 ' || call)
from (values
    ($$select public.add_credit_pack(gen_random_uuid(), 'small', 5, 4.99, 'pi_9')$$, 'PT404'),
    ($$select public.add_credit_pack(public.org('1'), null, 5, 4.99, 'pi_9')$$, '22023'),
    ($$select public.add_credit_pack(public.org('1'), '', 5, 4.99, 'pi_9')$$, '23514'),
    ($$select public.add_credit_pack(public.org('1'), 'small', 5, 4.99, '')$$, '23514'),
    ($$select public.add_credit_pack(public.org('1'), 'small', 5, 'NaN', 'pi_9')$$, '23514'),
    ($$select public.add_credit_pack(public.org('1'), 'small', 5, -1, 'pi_9')$$, '23514'),
    ($$select public.add_credit_pack(public.org('1'), 'small', 5, 4.99, 'pi_9', now())$$, '22023')) as calls (call, code);
select is((select count(*) from public.credit_packs), 0::bigint, 'S4-28 and nothing is bought');

select * from finish();
rollback;

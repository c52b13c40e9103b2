-- Quotas, packs, usage by month, jobs, schedules, webhooks, secrets, and what happens by the clock.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

insert into auth.users (id, email) values ('00000000-0000-0000-0000-00000000000a', 'a@test.com');
insert into public.orgs (id, name, slug, owner_id) values
    ('00000000-0000-0000-0000-0000000000f1', 'One', 'one', '00000000-0000-0000-0000-00000000000a'),
    ('00000000-0000-0000-0000-0000000000f2', 'Two', 'two', '00000000-0000-0000-0000-00000000000a');
create function public.org() returns uuid language sql immutable as $$select '00000000-0000-0000-0000-0000000000f1'::uuid$$;
grant execute on function public.org() to public;

-- ids
select is(public.prefixed_id('org', public.org()), 'org_000000000000000000000000000000f1', 'C4 A4-385 S4-19 an id has a prefix at the edge');
select is(public.parse_prefixed_id('org', 'org_000000000000000000000000000000f1'), public.org(), 'C4 S4-19 and none inside');
select throws_ok(call, '22023', null, 'C4 S4-19 ' || call)
from unnest(array[
    $$select public.parse_prefixed_id('wf', 'org_000000000000000000000000000000f1')$$,
    $$select public.parse_prefixed_id('org', 'org_1')$$, $$select public.parse_prefixed_id('org', null)$$,
    $$select public.prefixed_id('evil', gen_random_uuid())$$]) as call;

-- sign-up
insert into auth.users (id, raw_user_meta_data) select gen_random_uuid(), jsonb_build_object('name', name, 'avatar_url', avatar)
from (values ('fits', 'https://' || repeat('x', 2040)), ('long', 'https://' || repeat('x', 2041)), ('script', 'javascript:alert(1)')) as t (name, avatar);
select results_eq($$select name, length(avatar_url) from public.profiles where name is not null order by name$$,
    $$values ('fits', 2048), ('long', null), ('script', null)$$, 'A4-385 an avatar that is none keeps nobody from signing up');
delete from auth.users where raw_user_meta_data ? 'avatar_url';

-- quota
set local role service_role;
update public.quota_limits set tokens_limit = 1000, kai_credits_limit = 10, render_seconds_limit = 60 where org_id = public.org();
select ok(public.check_quota(public.org(), 1000, 10, 60), 'A4-405 S4-14 what fits is allowed');
select ok(not public.check_quota(public.org(), 1001, 0, 0), 'A4-405 what does not is not');
select ok(not public.check_quota(public.org(), tokens, kai, seconds), 'A4-405 nor two of them by as much')
from (values (1010, 20, 60), (1010, 10, 70), (1000, 20, 70)) as amounts (tokens, kai, seconds);
select ok(public.check_quota('00000000-0000-0000-0000-0000000000f2', 5000, 0, 0), 'S4-14 each organisation by its own limits');
select ok(not public.check_quota(gen_random_uuid(), 0, 0, 0), 'S4-15 C10 nobody has no quota');
select throws_ok($$select public.check_quota(public.org(), -5, 0, 0)$$, '22023', null, 'S4-15 no negative amount');
delete from public.quota_limits where org_id = '00000000-0000-0000-0000-0000000000f2';
select ok(not public.check_quota('00000000-0000-0000-0000-0000000000f2', 0, 0, 0), 'S4-15 C10 no row of limits is no');
select throws_ok($$insert into public.usage_records (org_id, resource_type) values ('00000000-0000-0000-0000-0000000000f2', 'storage')$$,
    'PT404', null, 'S4-17 and no usage without it');

select ok(public.consume_quota(public.org(), 600, 4, 30, p_idempotency_key => 'k1'), 'S4-15c A4-404 uses and counts in one');
select ok(public.consume_quota(public.org(), 600, 4, 30, p_idempotency_key => 'k1'), 'S4-15c a call with a key');
select results_eq($$select tokens_used, kai_credits_used, render_seconds_used from public.quota_limits where org_id = public.org()$$,
    $$values (600::bigint, 4::bigint, 30::bigint)$$, 'A4-404 S4-17 counts once');
select results_eq($$select resource_type, count(*) from public.usage_records where org_id = public.org() group by 1 order by 1$$,
    $$values ('kai_credits', 1::bigint), ('llm_tokens', 1::bigint), ('render_seconds', 1::bigint)$$, 'A4-404 with its records');
select ok(not public.consume_quota(public.org(), 401, 0, 0), 'S4-15c what does not fit is false');
select is((select tokens_used from public.quota_limits where org_id = public.org()), 600::bigint, 'S4-15c and counts nothing');
select ok(not public.consume_quota(public.org(), tokens, kai, seconds), 'S4-15c nor does one of three that does not fit')
from (values (401, 1, 1), (1, 7, 1), (1, 1, 31)) as amounts (tokens, kai, seconds);
select throws_ok(format('select public.consume_quota(public.org(), %L, %L, %L)', tokens, kai, seconds), '22023', null, 'S4-15 each amount is from 0')
from (values (-1, 0, 0), (0, -1, 0), (0, 0, -1), (null, 0, 0), (0, null, 0), (0, 0, null)) as amounts (tokens, kai, seconds);
insert into public.usage_records (org_id, resource_type, llm_tokens_output) values (public.org(), 'llm_tokens', 5);
select is((select tokens_used from public.quota_limits where org_id = public.org()), 605::bigint, 'S4-17 a record counts by itself, also after such a call');
savepoint recorded;
insert into public.usage_records (org_id, resource_type, llm_tokens_prompt, kai_credits, render_seconds, storage_bytes) values
    (public.org(), 'storage', 1, 0.5, 1.5, 10), (public.org(), 'storage', null, null, null, null), (public.org(), 'storage', 2, 1, 2, 20);
select results_eq($$select tokens_used, kai_credits_used, render_seconds_used, storage_bytes_used from public.quota_limits where org_id = public.org()$$,
    $$values (608::bigint, 6::bigint, 34::bigint, 30::bigint)$$, 'S4-17 records count in everything that they name, begun units whole');
insert into public.usage_records (org_id, resource_type, storage_bytes) values (public.org(), 'storage', 5);
select is((select storage_bytes_used from public.quota_limits where org_id = public.org()), 35::bigint, 'S4-17 one after the other');
rollback to savepoint recorded;
select ok(public.consume_quota(public.org(), 395, 0, 0), 'S4-15c the last of it fits');
update public.orgs set deleted_at = now() where id = public.org();
select ok(not public.consume_quota(public.org(), 0, 0, 0), 'S4-15 C10 a deleted organisation has no quota');
update public.orgs set deleted_at = null where id = public.org();

-- packs, then overage up to the cap
select is(public.add_credit_pack(public.org(), 'small', 5, 4.99, 'pi_1'), public.add_credit_pack(public.org(), 'small', 5, 4.99, 'pi_1'),
    'S4-28 A4-413 a payment is one pack');
select throws_ok($$select public.add_credit_pack('00000000-0000-0000-0000-0000000000f2', 'small', 5, 4.99, 'pi_1')$$, 'PT409', null, 'S4-28 of one organisation');
select throws_ok($$select public.add_credit_pack(public.org(), 'small', 0, 4.99, 'pi_2')$$, '22023', null, 'S4-28 with credits');
insert into public.credit_packs (org_id, pack_type, credits_purchased, credits_remaining, expires_at) values
    (public.org(), 'gone', 100, 100, now() - interval '1 day'), (public.org(), 'soon', 3, 3, now() + interval '1 day');
select ok(not public.check_quota(public.org(), 0, 15, 0), 'S4-15 6 left and 8 in packs that are valid');
insert into public.credit_packs (org_id, pack_type, credits_purchased, credits_remaining, expires_at) values (public.org(), 'late', 100, 100, now());
select ok(not public.check_quota(public.org(), 0, 15, 0), 'S4-15 and none in one that has just expired');
select ok(public.consume_quota(public.org(), 0, 10, 0), 'S4-15 A4-413 packs come after the plan');
select is((select credits_remaining from public.credit_packs where pack_type = 'late'), 100, 'A4-413 but not one that has just expired');
delete from public.credit_packs where pack_type = 'late';
select results_eq($$select pack_type, credits_remaining from public.credit_packs where org_id = public.org() order by 1$$,
    $$values ('gone', 100), ('small', 4), ('soon', 0)$$, 'A4-413 the one that expires first before the others');
savepoint beyond;
update public.quota_limits set tokens_used = 100, kai_credits_used = 14, render_seconds_used = 30 where org_id = public.org();
select ok(public.consume_quota(public.org(), 3, 2, 5), 'S4-15c what is beyond the plan in one');
select results_eq($$select tokens_used, kai_credits_used, render_seconds_used from public.quota_limits where org_id = public.org()$$,
    $$values (103::bigint, 16::bigint, 35::bigint)$$, 'S4-15c counts in all three');
rollback to savepoint beyond;
select ok(not public.consume_quota(public.org(), 0, 5, 0), 'S4-15 more is not there');
update public.quota_limits set allow_overage = true, overage_cap_usd = 0.02 where org_id = public.org();
select ok(public.consume_quota(public.org(), 0, 5, 0), 'A4-403 S4-15 overage where it is allowed');
select is((select overage_usd_used from public.quota_limits where org_id = public.org()), 0.01, 'A4-403 at its price');
select ok(not public.consume_quota(public.org(), 0, 2, 0), 'A4-403 S4-15 up to the cap');
select ok(public.check_quota(public.org(), 0, 1, 0), 'A4-403 S4-15 which may be reached');
update public.orgs set plan = 'enterprise' where id = public.org();
select ok(public.consume_quota(public.org(), 2000000000, 2000000000, 2000000000), 'A4-403 null is unlimited, in the plan that says so');
select public.reset_quota(public.org());
select results_eq($$select tokens_used, overage_usd_used, reset_at from public.quota_limits where org_id = public.org()$$,
    $$values (0::bigint, 0::numeric, now() + interval '1 month')$$, 'A4-403 a new month');
select throws_ok($$select public.reset_quota(gen_random_uuid())$$, 'PT404', null, 'A4-403 of an organisation that exists');
reset role;
update public.orgs set plan = 'pro' where id = public.org();
update public.quota_limits set tokens_used = 7, reset_at = now() - interval '3 months 2 days' where org_id = public.org();
select is(private.reset_due_quotas(), 1::bigint, 'A4-403 a month begins by itself');
select is(private.reset_due_quotas(), 0::bigint, 'A4-403 once');
select ok((select reset_at > now() and reset_at < now() + interval '1 month' from public.quota_limits where org_id = public.org()), 'A4-403 on its day');
update public.quota_limits set reset_at = now() - interval '1 month' where org_id = public.org();
select is(private.reset_due_quotas(), 1::bigint, 'A4-403 one that is over this very moment');
select is(private.reset_due_quotas(), 0::bigint, 'A4-403 begins once, too');
select throws_ok(format('insert into public.usage_records (org_id, resource_type, %I) values (public.org(), ''storage'', -1)', col), '23514', null,
    'S4-28 no negative ' || col)
from unnest(array['llm_tokens_prompt', 'llm_tokens_output', 'kai_credits', 'render_seconds', 'storage_bytes', 'cost_usd']) as col;
select throws_ok($$insert into public.usage_records (org_id, resource_type, kai_credits) values (public.org(), 'kai_credits', 'NaN')$$, '23514', null,
    'S4-28 no number that is none');
select throws_ok($$update public.quota_limits set tokens_used = -1$$, '23514', null, 'S4-28 nothing used below nothing');
select throws_ok($$insert into public.credit_packs (org_id, pack_type, credits_purchased, credits_remaining) values (public.org(), 'x', 1, 2)$$, '23514', null,
    'S4-28 no more left than bought');

-- usage by month
insert into public.usage_records (org_id, resource_type, storage_bytes, created_at) values
    (public.org(), 'storage', 5, now() + interval '5 months'), (public.org(), 'storage', 7, now() - interval '2 months'),
    (public.org(), 'storage', 1, now());
select is((select count(*) from private.usage_records_default), 2::bigint, 'S4-13 a month nobody made is no error');
select is(private.create_usage_partitions(5), 2, 'S4-13 months are made ahead');
select is(private.create_usage_partitions(5), 0, 'S4-13 once');
select is((select count(*) from private.usage_records_default), 1::bigint, 'S4-13 and take over what waited for them');
select is((select count(*) from public.usage_records where resource_type = 'storage'), 3::bigint, 'S4-12 A4-290 nothing is lost');
-- the first moments of the next month to be made and of the one after it
insert into public.usage_records (org_id, resource_type, created_at)
select public.org(), 'storage', (date_trunc('month', now() at time zone 'UTC') + make_interval(months => n)) at time zone 'UTC' from unnest('{6,7}'::int[]) as n;
select is(private.create_usage_partitions(6), 1, 'S4-13 another month');
select is((select count(*) from private.usage_records_default), 2::bigint, 'S4-13 begins with its first moment and ends before the next one''s');
select throws_ok(format('set local role anon; select * from private.%I', 'usage_records_' || to_char(now() + interval '5 months', 'YYYY_MM')), '42501', null,
    'S4-2 a new month is as closed as the others');
reset role;
select is(private.drop_usage_partitions(), 0, 'S4-13 what is young stays');
select is(private.drop_usage_partitions('0 months'), 0, 'S4-13 and the month that is running, however little is kept');
select is(private.drop_usage_partitions('-7 months'), 7, 'S4-13 what is old goes');

-- statistics
set local role service_role;
select lives_ok($$select public.consume_quota(public.org(), 10, 0, 0)$$, 'A4-406 some usage');
reset role;
refresh materialized view public.mv_daily_usage;
select lives_ok($$select private.refresh_daily_usage()$$, 'S4-26 A4-406 refreshed while it is read');
set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a", "role": "authenticated"}';
select ok((select sum(tokens) >= 10 from public.daily_usage(public.org(), current_date - 1)), 'A4-406 S4-3 members see their days');
select is_empty($$select * from public.daily_usage(gen_random_uuid())$$, 'S4-3 and no others');

-- jobs
reset role;
insert into public.workflows (id, org_id, name) values ('00000000-0000-0000-0000-000000000031', public.org(), 'w');
insert into public.templates (id, org_id, name) values ('00000000-0000-0000-0000-000000000021', public.org(), 't');
insert into public.jobs (org_id, workflow_id, template_id, config) values
    (public.org(), '00000000-0000-0000-0000-000000000031', '00000000-0000-0000-0000-000000000021', '{"x": 1}');
select results_eq($$select w.run_count, w.last_run_at is not null, t.usage_count from public.workflows as w, public.templates as t$$, $$values (1, true, 1)$$,
    'A4-410 a job counts for workflow and template');
set local role authenticated;
select is((select id from public.webhooks), null, 'A4-408 no webhook yet');
create temporary table hook as select * from public.create_webhook(public.org(), 'https://example.com/hook', '{job.completed,job.cancelled}');
grant select on hook to public;
select ok((select secret like 'whsec_%' from hook), 'S4-7 A4-408 its secret is shown once');
set local role service_role;
select ok((select secret !~ 'whsec_' from public.webhooks), 'S4-7 A4-412 and lies encrypted');
select is((select status from public.claim_jobs(10)), 'processing', 'A4-410 a worker claims');
update public.jobs set progress = 40;
update public.jobs set config = '{"x": 2}';
select is((select progress from public.jobs), 40, 'A4-181 progress is what the worker says');
select throws_ok(format('update public.jobs set %s', change), 'PT409', null, 'A4-410 C18 a job is the one that it was: ' || change)
from unnest(array['id = gen_random_uuid()', 'created_at = now() - interval ''1 day''', 'queued_at = now() - interval ''1 day''']) as change;
select is_empty($$select * from public.claim_jobs(10)$$, 'A4-410 once');
select throws_ok($$update public.jobs set progress = 101$$, '23514', null, 'A4-181 progress ends at 100');
update public.jobs set status = 'completed', cost_tokens = 10, cost_total_usd = 0.1, result = '{"ok": true}';
select results_eq($$select progress, completed_at is not null from public.jobs$$, $$values (100, true)$$, 'C18 completed is whole');
select throws_ok($$update public.jobs set status = 'queued'$$, 'PT409', null, 'C18 and final');
select results_eq($$select event, url, secret = (select secret from hook), attempts, payload ->> 'status' from public.claim_webhook_deliveries(10)$$,
    $$values ('job.completed', 'https://example.com/hook', true, 1, 'completed')$$, 'A4-408 a delivery with what signs it');
select is_empty($$select * from public.claim_webhook_deliveries(10)$$, 'A4-408 for one worker');
select is(public.finish_webhook_delivery(id, 500, 'no'), 'pending', 'A4-408 what fails is tried again') from public.webhook_deliveries;
select ok((select next_retry_at > now() and http_status = 500 from public.webhook_deliveries), 'A4-408 later');
select is(public.finish_webhook_delivery(id, 204), 'success', 'A4-408 until it works') from public.webhook_deliveries;

set local role authenticated;
insert into public.jobs (org_id, config) values (public.org(), '{"n": 2}');
select is((select count(*) from public.cancel_job((select id from public.jobs where status = 'queued'))), 1::bigint, 'C9 an editor cancels');
select throws_ok($$select public.cancel_job(id) from public.jobs where status = 'cancelled'$$, 'PT409', null, 'C9 once');
select throws_ok($$select public.cancel_job(gen_random_uuid())$$, 'PT404', null, 'C9 a job that exists');
select results_eq($$select r.retry_count, r.parent_job_id = j.id, r.config from public.jobs as j, public.retry_job(j.id) as r where j.status = 'cancelled'$$,
    $$values (1, true, '{"n": 2}'::jsonb)$$, 'A4-410 and asks again');
select throws_ok($$select public.retry_job(id) from public.jobs where status = 'completed'$$, 'PT409', null, 'A4-410 not for what worked');
reset role;
update public.jobs set status = 'processing', started_at = now() where status = 'queued';
select is(private.fail_stuck_jobs('0'), 0::bigint, 'A4-410 whose time is not over works on');
select is(private.fail_stuck_jobs('-1 hour'), 1::bigint, 'A4-410 a dead worker''s job fails');
update public.quota_limits set render_seconds_used = render_seconds_limit, allow_overage = false where org_id = public.org();
set local role authenticated;
select throws_ok($$insert into public.jobs (org_id) values (public.org())$$, 'PT402', null, 'S4-15 no job when nothing is left');
reset role;
select public.reset_quota(public.org());

-- schedules
select is(private.next_run(cron, zone, moment) at time zone 'UTC', due, 'A4-409 S4-30 next ' || cron || ' ' || zone)
from (values
    ('0 9 * * 1-5', 'UTC', timestamptz '2026-11-20 09:00Z', timestamp '2026-11-23 09:00'),
    ('*/15 * * * *', 'UTC', '2026-11-20 09:00Z', '2026-11-20 09:15'),
    ('0 9 * * *', 'Europe/Berlin', '2026-06-01 06:59Z', '2026-06-01 07:00'),
    ('0 9 * * *', 'Europe/Berlin', '2026-12-01 07:00Z', '2026-12-01 08:00'),
    ('30 2 29 2 *', 'UTC', '2026-01-01 00:00Z', '2028-02-29 02:30'),
    ('0 0 1 * 0', 'UTC', '2026-11-20 00:00Z', '2026-11-22 00:00'),
    ('0 0 * * 7', 'UTC', '2026-11-20 00:00Z', '2026-11-22 00:00'),
    ('5,10-20/5 0 * * *', 'UTC', '2026-11-20 00:05Z', '2026-11-20 00:10'),
    ('* * * * *', 'UTC', '2026-11-20 00:05:59Z', '2026-11-20 00:06'),
    -- on the night that has 02:00 to 03:00 twice, once
    ('15 2 * * *', 'Europe/Berlin', '2026-10-25 01:15Z', '2026-10-26 01:15')
) as expected (cron, zone, moment, due);
select throws_ok(format('insert into public.schedules (org_id, workflow_id, cron, timezone) values (public.org(), %L, %L, %L)',
    '00000000-0000-0000-0000-000000000031', cron, zone), '23514', null, 'S4-30 refuses ' || cron || ' ' || zone)
from (values ('whenever', 'UTC'), ('60 * * * *', 'UTC'), ('* * * *', 'UTC'), ('0 0 31 2 *', 'UTC'), ('*/0 * * * *', 'UTC'), ('5-1 * * * *', 'UTC'),
    ('* * * * *', 'Mars/Olympus'), ('* * * * * *', 'UTC'), ('', 'UTC')) as bad (cron, zone);
insert into public.schedules (org_id, workflow_id, cron) values (public.org(), '00000000-0000-0000-0000-000000000031', '* * * * *');
update public.schedules set next_run_at = now() - interval '1 day';
select is(private.run_due_schedules(), 1, 'A4-409 a schedule that is due makes a job');
select is(private.run_due_schedules(), 0, 'A4-409 once');
select results_eq($$select run_count, last_run_at, next_run_at > now() from public.schedules$$, $$values (1, now(), true)$$, 'A4-409 and is planned again');
update public.schedules set next_run_at = now();
select is(private.run_due_schedules(), 1, 'A4-409 one that is due this very moment, too');

-- addresses of webhooks
select is(private.is_public_url(url), wanted, 'S4-30 ' || url)
from (values ('https://example.com/hook', true), ('https://example.com:8443/x?y=1', true), ('https://8.8.8.8/', true), ('http://example.com/', false),
    ('https://169.254.169.254/latest', false), ('https://127.0.0.1/', false), ('https://10.0.0.1/', false), ('https://192.168.1.1', false),
    ('https://[::1]/', false), ('https://[fd00::1]/', false), ('https://localhost/', false), ('https://x.internal/', false), ('https://intern/', false),
    ('https://user@example.com/', false), ('https://2130706433/', false), ('https://0x7f.1/', false), ('https://127.1/', false), ('ftp://example.com', false),
    (E'https://example.com\r\nX: y', false), ('https://example.com@127.0.0.1/', false)) as urls (url, wanted);

-- integrations
set local role authenticated;
select lives_ok($$select public.set_integration(public.org(), 'openai', '{"key": "sk-secret"}', '{"model": "x"}')$$, 'A4-412 an owner connects a service');
select lives_ok($$select public.set_integration(public.org(), 'openai', '{"key": "sk-second"}')$$, 'A4-412 and again');
select throws_ok($$select public.set_integration(public.org(), 'evil', '{}')$$, '23514', null, 'A4-353 one of four');
set local role service_role;
select ok((select credentials::text !~ 'sk-' from public.integrations), 'S4-7 A4-412 cipher text');
select is((select public.integration_credentials(id) from public.integrations), '{"key": "sk-second"}', 'A4-412 the backend reads it');
reset role;

-- the bin
update public.workflows set deleted_at = now() - interval '31 days';
select is(private.empty_bin(), 1::bigint, 'A4-387 the bin is emptied');
select is((select count(*) from public.jobs where workflow_id is not null), 0::bigint, 'S4-20 its jobs stay, without it');
select is((select count(*) from public.jobs), 5::bigint, 'S4-20 all of them');

select * from finish();
rollback;

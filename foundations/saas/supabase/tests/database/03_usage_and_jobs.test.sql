-- The monthly quota (S0-8b) and the states of a job (S0-14, C18).
begin;
create extension if not exists pgtap with schema extensions;
select plan(40);

insert into auth.users (id) values
    ('00000000-0000-0000-0000-00000000000a'), ('00000000-0000-0000-0000-00000000000b'),
    ('00000000-0000-0000-0000-00000000000c');

-- quota
set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a", "role": "authenticated"}';
select throws_ok($$insert into public.jobs (user_id, job_type)
    select '00000000-0000-0000-0000-00000000000a', 'generation' from generate_series(1, 1000)$$,
    'PT402', 'monthly job quota exceeded', 'S0-8b a thousand jobs in one statement are refused');
select is((select count(*) from public.jobs), 0::bigint, 'S0-8b and none of them is there');
select lives_ok($$insert into public.jobs (user_id, job_type)
    select '00000000-0000-0000-0000-00000000000a', 'generation' from generate_series(1, 10)$$, 'S0-8b ten are the free tier');
select is((select monthly_usage from public.users), 10, 'S0-8b each is counted');
select throws_ok($$insert into public.jobs (user_id, job_type)
    values ('00000000-0000-0000-0000-00000000000a', 'generation')$$, 'PT402', null, 'S0-8b the eleventh is refused');
select throws_ok($$insert into public.jobs (user_id, job_type)
    values ('00000000-0000-0000-0000-00000000000b', 'generation')$$, '42501', null, 'S0-8b nobody spends another''s quota');
set local role service_role;
select throws_ok($$insert into public.jobs (user_id, job_type)
    values ('00000000-0000-0000-0000-00000000000a', 'generation')$$, 'PT402', null, 'S0-8b the service is bound by the user''s plan');
select is((select monthly_usage from public.users where id = '00000000-0000-0000-0000-00000000000b'), 0,
    'S0-8b a refused job costs nothing');
select throws_ok($$insert into public.jobs (user_id, job_type) values (gen_random_uuid(), 'generation')$$, '23503', null,
    'S0-8b a job of nobody is a foreign key error');

update public.users set usage_reset_at = now() - interval '1 month 1 day' where id = '00000000-0000-0000-0000-00000000000a';
select is((select current_usage(u) from public.users as u where id = '00000000-0000-0000-0000-00000000000a'), 0,
    'S0-8b a new period shows no usage before its first job');
select lives_ok($$insert into public.jobs (user_id, job_type)
    values ('00000000-0000-0000-0000-00000000000a', 'generation')$$, 'S0-8b a new period opens with a job');
select results_eq($$select monthly_usage, usage_reset_at > now() - interval '2 days' from public.users
    where id = '00000000-0000-0000-0000-00000000000a'$$, $$values (1, true)$$, 'S0-8b and counts from one');
update public.users set usage_reset_at = now() - interval '40 days';
select is(public.reset_monthly_usage(), 3::bigint, 'S0-8b the reset begins every period that is due');
select is(public.reset_monthly_usage(), 0::bigint, 'S0-8b and does nothing twice');
-- the oldest beginning whose month is not over
update public.users set monthly_usage = 3, usage_reset_at = (
    select min(day) from generate_series(now() - interval '31 days', now() - interval '27 days', interval '6 hours') as day
    where day + interval '1 month' > now());
select is(public.reset_monthly_usage(), 0::bigint, 'S0-8b nor to a period that is not over');
select is((select sum(monthly_usage) from public.users), 9::bigint, 'S0-8b whose usage stays');
update public.users set monthly_usage = 0, usage_reset_at = now();
reset role;
select ok(to_regclass('cron.job') is null or query_to_xml('select jobname from cron.job', false, false, '')::text ~ 'reset-monthly-usage',
    'S0-8b where there is pg_cron the reset is in it');
select is(public.usage_period_start('2024-01-31 00:00Z', '2024-03-30 00:00Z'), '2024-02-29 00:00Z'::timestamptz,
    'S0-8b a month from the 31st ends with the shorter month');
update public.users set subscription_tier = 'pro', subscription_status = 'canceled'
    where id = '00000000-0000-0000-0000-00000000000b';
select throws_ok($$insert into public.jobs (user_id, job_type)
    select '00000000-0000-0000-0000-00000000000b', 'generation' from generate_series(1, 11)$$, 'PT402', null,
    'S0-8b a cancelled plan is served as free');
update public.users set subscription_status = 'active' where id = '00000000-0000-0000-0000-00000000000b';
select lives_ok($$insert into public.jobs (user_id, job_type)
    select '00000000-0000-0000-0000-00000000000b', 'generation' from generate_series(1, 11)$$, 'S0-8b pro allows more');
update public.users set subscription_tier = 'enterprise' where id = '00000000-0000-0000-0000-00000000000b';
select lives_ok($$insert into public.jobs (user_id, job_type)
    select '00000000-0000-0000-0000-00000000000b', 'generation' from generate_series(1, 1000)$$, 'S0-8b enterprise is unlimited');
delete from public.tier_limits where tier = 'enterprise';
select throws_ok($$insert into public.jobs (user_id, job_type)
    values ('00000000-0000-0000-0000-00000000000b', 'generation')$$, 'PT402', null, 'S0-8b a tier without a limit row may create none');
select throws_ok($$update public.users set monthly_usage = -5$$, '23514', null, 'S0-11 usage cannot be negative');

-- states
insert into public.jobs (id, user_id, job_type) values
    ('00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-00000000000c', 'generation'),
    ('00000000-0000-0000-0000-0000000000f2', '00000000-0000-0000-0000-00000000000c', 'generation');
select throws_ok($$update public.jobs set status = 'completed', progress = 0, completed_at = null
    where id = '00000000-0000-0000-0000-0000000000f1'$$, 'PT409', null, 'S0-14 a queued job cannot be completed');
select throws_ok($$update public.jobs set progress = 5 where id = '00000000-0000-0000-0000-0000000000f1'$$, '23514', 'new row for relation "jobs" violates check constraint "jobs_queued_has_no_progress"',
    'S0-14 a queued job has no progress');
update public.jobs set status = 'processing', progress = 50 where id = '00000000-0000-0000-0000-0000000000f1';
select throws_ok($$update public.jobs set status = 'queued' where id = '00000000-0000-0000-0000-0000000000f1'$$, 'PT409', null,
    'C18 a job does not go back');
select throws_ok($$update public.jobs set status = 'completed', progress = 20
    where id = '00000000-0000-0000-0000-0000000000f1'$$, '23514', 'new row for relation "jobs" violates check constraint "jobs_completed_is_whole"', 'S0-14 completed means all of it');
select throws_ok($$update public.jobs set completed_at = now()
    where id = '00000000-0000-0000-0000-0000000000f1'$$, '23514', 'new row for relation "jobs" violates check constraint "jobs_finished_has_completed_at"', 'S0-14 a running job has no end');
select throws_ok(format($$update public.jobs set progress = %s where id = '00000000-0000-0000-0000-0000000000f1'$$, progress), '23514',
    'new row for relation "jobs" violates check constraint "jobs_progress_check"', 'A0-057 no such progress: ' || progress)
from unnest(array[-1, 101]) as progress;
select ok(private.jobs_holds('x', 'queued', 0, null) and private.jobs_holds('x', 'processing', 0, null)
    and private.jobs_holds(repeat('x', 200), 'processing', 100, null) and private.jobs_holds('x', 'failed', 0, now()), 'S0-14 what just fits');
select throws_ok($$update public.jobs set user_id = '00000000-0000-0000-0000-00000000000a'
    where id = '00000000-0000-0000-0000-0000000000f1'$$, 'PT409', null, 'S0-9 a job keeps its user');
update public.jobs set status = 'completed', result = '{}' where id = '00000000-0000-0000-0000-0000000000f1';
select results_eq($$select progress, completed_at from public.jobs where id = '00000000-0000-0000-0000-0000000000f1'$$,
    $$values (100, now())$$, 'S0-14 completing sets progress and completed_at');
select lives_ok($$update public.jobs set status = 'completed', result = '{}'
    where id = '00000000-0000-0000-0000-0000000000f1'$$, 'C18 saying it again changes nothing');
select throws_ok($$update public.jobs set result = '{"other": 1}'
    where id = '00000000-0000-0000-0000-0000000000f1'$$, 'PT409', null, 'C18 a finished job is final');
select lives_ok($$update public.jobs set status = 'cancelled' where id = '00000000-0000-0000-0000-0000000000f2'$$,
    'C18 a queued job can be cancelled');
select throws_ok($$update public.jobs set status = 'processing'
    where id = '00000000-0000-0000-0000-0000000000f2'$$, 'PT409', null, 'C18 a cancelled job stays so');
select throws_ok($$insert into public.jobs (user_id, job_type, status)
    values ('00000000-0000-0000-0000-00000000000c', 'generation', 'paused')$$, '23514', null, 'A0-058 an unknown state is refused');
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
select * from finish();
rollback;

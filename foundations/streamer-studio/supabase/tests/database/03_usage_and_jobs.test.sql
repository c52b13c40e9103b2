-- Plans, usage, the life of a job and of an asset.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

insert into auth.users (id, email) values
    ('00000000-0000-0000-0000-00000000000a', 'a@test.com'), ('00000000-0000-0000-0000-00000000000b', 'b@test.com');
create function pg_temp.usage(out users integer, out subscriptions integer) language sql as $$
    select u.assets_generated_this_month, s.assets_used
    from public.users as u join public.subscriptions as s on s.user_id = u.id
    where u.id = '00000000-0000-0000-0000-00000000000a'
$$;

-- usage
set local role service_role;
select public.increment_user_usage('00000000-0000-0000-0000-00000000000a') from generate_series(1, 5);
reset role;
select is(pg_temp.usage()::text, '(5,5)', 'A2-165 S2-3 both counters rise in one call');
set local role service_role;
select throws_ok($$select public.increment_user_usage('00000000-0000-0000-0000-00000000000a')$$, 'PT402',
    'monthly asset limit reached', 'S2-2 A2-160 the free plan ends at five');
select throws_ok($$select public.increment_user_usage(gen_random_uuid())$$, 'PT404', null, 'S2-2 nobody has no usage');
select throws_ok($$select public.increment_user_usage(null)$$, 'PT404', null, 'S2-2 nor has null');
select throws_ok($$select public.reset_monthly_usage(gen_random_uuid())$$, 'PT404', null, 'S2-2 nobody is reset');
select throws_ok($$select public.increment_user_usage('user-uuid-here')$$, '22P02', null, 'S2-2 a placeholder is no id');
select public.reset_monthly_usage('00000000-0000-0000-0000-00000000000a');
select public.reset_monthly_usage('00000000-0000-0000-0000-00000000000a');
reset role;
select is(pg_temp.usage()::text, '(0,0)', 'A2-166 S2-3 both counters fall, twice is once');

update public.subscriptions set assets_used = 5, usage_reset_at = now() - interval '32 days'
where user_id = '00000000-0000-0000-0000-00000000000a';
select lives_ok($$select public.increment_user_usage('00000000-0000-0000-0000-00000000000a')$$, 'A2-166 a new month opens itself');
select is(pg_temp.usage()::text, '(1,1)', 'A2-166 at one');
update public.subscriptions set assets_used = 4, usage_reset_at = now() - interval '40 days'
where user_id = '00000000-0000-0000-0000-00000000000a';
select is(private.reset_due_usage(), 1::bigint, 'A2-166 whose month is over begins a new one');
select is(private.reset_due_usage(), 0::bigint, 'A2-166 once');
select is(pg_temp.usage()::text, '(0,0)', 'A2-166 at nothing');

-- plans
insert into public.subscriptions (user_id, tier, status, stripe_subscription_id)
values ('00000000-0000-0000-0000-00000000000a', 'pro', 'active', 'sub_1');
select results_eq(
    $$select tier, assets_limit, platforms_limit from public.subscriptions where user_id = '00000000-0000-0000-0000-00000000000a'$$,
    $$values ('pro', 100, 3)$$, 'S2-11 A2-160 pro has the limits of pro; the free row made way');
select throws_ok($$insert into public.subscriptions (user_id, tier) values ('00000000-0000-0000-0000-00000000000a', 'studio')$$,
    '23505', null, 'A2-121 one subscription for each user');
update public.subscriptions set tier = 'studio', status = 'trialing' where stripe_subscription_id = 'sub_1';
select results_eq(
    $$select u.subscription_tier, u.subscription_status, s.assets_limit, s.platforms_limit
      from public.users as u join public.subscriptions as s on s.user_id = u.id
      where u.id = '00000000-0000-0000-0000-00000000000a'$$,
    $$values ('studio', 'trialing', -1, -1)$$, 'S2-11 C12 users mirrors tier and status, trialing too');
select throws_ok($$update public.users set subscription_tier = 'free' where id = '00000000-0000-0000-0000-00000000000a'$$,
    'PT409', null, 'S2-11 C12 the mirror cannot drift');
update public.subscriptions set status = 'canceled' where stripe_subscription_id = 'sub_1';
select is((select assets_limit from public.subscriptions where stripe_subscription_id = 'sub_1'), 5,
    'S2-11 a plan that ended is the free one');
delete from public.subscriptions where stripe_subscription_id = 'sub_1';
select results_eq($$select subscription_tier, subscription_status, assets_generated_this_month from public.users
    where id = '00000000-0000-0000-0000-00000000000a'$$, $$values ('free', 'none', 0)$$, 'C12 and nothing is none');
insert into public.subscriptions (user_id) values ('00000000-0000-0000-0000-00000000000a');

-- jobs
set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a", "role": "authenticated"}';
insert into public.generation_jobs (user_id, asset_type, job_type, total_assets)
values ('00000000-0000-0000-0000-00000000000a', 'banner', 'batch', 4);
select throws_ok($$insert into public.generation_jobs (user_id, asset_type, total_assets)
    values ('00000000-0000-0000-0000-00000000000a', 'banner', 2)$$, 'PT402', null,
    'S2-10 open jobs and usage together stay within the plan');
select lives_ok($$insert into public.generation_jobs (user_id, asset_type, parent_job_id)
    select user_id, asset_type, id from public.generation_jobs where job_type = 'batch'$$, 'A2-163 a part of a batch');
select lives_ok($$insert into public.generation_jobs (user_id, asset_type, parent_job_id, total_assets)
    select user_id, asset_type, id, 3 from public.generation_jobs where job_type = 'batch'$$, 'A2-163 and the rest of it');
select is((select count(*) from public.generation_jobs where started_at is not null), 0::bigint, 'A2-053 none has begun');
select throws_ok($$insert into public.generation_jobs (user_id, asset_type, parent_job_id, total_assets)
    select user_id, asset_type, id, 1 from public.generation_jobs where job_type = 'batch'$$, '23514', null,
    'A2-163 its parts ask for no more than the batch');
select public.cancel_generation_job(id) from public.generation_jobs where job_type = 'batch';
select is((select string_agg(distinct status, ',') from public.generation_jobs), 'cancelled', 'C18 C22 a batch takes its parts along');
select lives_ok($$insert into public.generation_jobs (user_id, asset_type, total_assets)
    values ('00000000-0000-0000-0000-00000000000a', 'banner', 5)$$, 'C22 what was cancelled is free again');

set local role service_role;
select is((select status from public.claim_generation_jobs(10)), 'processing', 'A2-053 a worker claims what waits');
select is_empty($$select * from public.claim_generation_jobs(10)$$, 'A2-053 once');
select throws_ok($$update public.generation_jobs set completed_assets = 6 where status = 'processing'$$, '23514', null,
    'S2-8 counts stay within the total');
select throws_ok($$update public.generation_jobs set total_assets = 50 where status = 'processing'$$, 'PT409', null,
    'S2-8 the total is what was asked for');
update public.generation_jobs set status = 'queued' where status = 'processing';
select is((select retry_count from public.generation_jobs where status = 'queued'), 1, 'A2-055 back to the queue is a retry');
select throws_ok($$update public.generation_jobs set status = 'completed' where status = 'queued'$$, 'PT409', null,
    'C18 a job that never ran is not completed');
update public.generation_jobs set status = 'processing' where status = 'queued';
savepoint said;
update public.generation_jobs set failed_assets = 1 where status = 'processing';
update public.generation_jobs set status = 'completed' where status = 'processing';
select is((select completed_assets from public.generation_jobs where status = 'completed'), 4, 'A2-049 completed without a word about counts is all but what failed');
rollback to savepoint said;
update public.generation_jobs set completed_assets = 3, failed_assets = 2, status = 'partial' where status = 'processing';
select ok((select completed_at is not null and started_at is not null from public.generation_jobs where status = 'partial'),
    'A2-052 A2-053 A2-054 times are kept');
select throws_ok($$update public.generation_jobs set error_message = 'x' where status = 'partial'$$, 'PT409', null,
    'C18 what has ended stays as it is');
select lives_ok($$update public.generation_jobs set status = 'partial' where status = 'partial'$$, 'C18 saying it twice is fine');
reset role;

-- assets
insert into public.assets (user_id, asset_type, storage_key) values ('00000000-0000-0000-0000-00000000000a', 'banner', 'a/1');
select is((select expires_at from public.assets), now() + interval '30 days', 'A2-161 S2-10 free assets expire');
update public.subscriptions set tier = 'pro', stripe_subscription_id = 'sub_2'
where user_id = '00000000-0000-0000-0000-00000000000a';
select is((select expires_at from public.assets), null, 'A2-161 a paid plan keeps them');
insert into public.assets (user_id, asset_type, expires_at, storage_key)
values ('00000000-0000-0000-0000-00000000000a', 'banner', now() - interval '1 day', 'a/2');
select is((select count(*) from public.assets where expires_at is not null), 0::bigint, 'A2-161 whatever was said');
update public.subscriptions set status = 'canceled' where stripe_subscription_id = 'sub_2';
select is((select min(expires_at) from public.assets), now() + interval '30 days', 'A2-161 the end of the plan starts the clock');
update public.assets set expires_at = now() where storage_key = 'a/1';
select is(private.delete_expired_assets(), 1::bigint, 'A2-081 what is over goes');
select is(private.delete_expired_assets(), 0::bigint, 'A2-081 once');
select is((select array_agg(key) from public.take_storage_purges(10) as key), array['a/1'], 'A2-073 its file is handed out');
select is_empty($$select public.take_storage_purges(10)$$, 'A2-073 once');

-- the queries of the document
select results_eq(
    $$select (select count(*) from public.brand_kits where user_id = u.id) as brand_kit_count,
          (select count(*) from public.assets where user_id = u.id) as asset_count,
          (select count(*) from public.platform_connections where user_id = u.id) as connection_count
      from public.users as u where u.id = '00000000-0000-0000-0000-00000000000a'$$,
    $$values (0::bigint, 1::bigint, 0::bigint)$$, 'A2-174 a user with counts');
select is(
    (select count(*) from (
        select gj.*, (select count(*) from public.assets where job_id = gj.id) as actual_asset_count
        from public.generation_jobs as gj
        where gj.user_id = '00000000-0000-0000-0000-00000000000a'
        order by gj.created_at desc limit 10) as recent), 4::bigint, 'A2-175 S2-7 C21 recent jobs by creation');
select is(
    (select string_agg(case when s.assets_limit = -1 then 'Unlimited' else concat(s.assets_used, '/', s.assets_limit) end,
        ' ' order by s.user_id) from public.subscriptions as s), '0/5 0/5', 'A2-176 usage display');
update public.subscriptions set tier = 'studio', status = 'active' where stripe_subscription_id = 'sub_2';
select is(
    (select case when s.assets_limit = -1 then 'Unlimited' else concat(s.assets_used, '/', s.assets_limit) end
    from public.subscriptions as s where stripe_subscription_id = 'sub_2'), 'Unlimited', 'A2-176 without a limit');

select * from finish();
rollback;

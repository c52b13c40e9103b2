-- seed.sql: it ran when this database was made; what it left works (S0-2 to S0-4, S0-18).
begin;
create extension if not exists pgtap with schema extensions;
select plan(11);

insert into auth.users (id, email) values ('00000000-0000-0000-0000-00000000000a', 'a@test.com');
set local role service_role;
select lives_ok($$select public.seed_test_data('00000000-0000-0000-0000-00000000000a')$$,
    'S0-3 S0-4 A0-103 seed_test_data works');
reset role;
select results_eq($$select status, progress, count(*) from public.jobs group by 1, 2 order by 1$$,
    $$values ('completed', 100, 2::bigint), ('failed', 0, 1), ('processing', 50, 1), ('queued', 0, 1)$$,
    'A0-109 five jobs');
select isnt((select error_message from public.jobs where status = 'failed'), null, 'S0-4 the failed job says why');
select is((select monthly_usage from public.users), 5, 'S0-8b seeded jobs count');
select is((select count(*) from public.assets as a join public.jobs as j on j.id = a.job_id
    where j.status = 'completed' and a.asset_type = 'image'), 2::bigint, 'A0-110 an image for each completed job');
select ok((select bool_and(file_size between 1024 and 102400 and file_size % 1024 = 0
    and metadata ?& array['width', 'height', 'format']) from public.assets), 'A0-110 size and metadata');
select throws_ok($$select public.seed_test_data('00000000-0000-0000-0000-00000000000b')$$, 'PT404', null, 'A0-103 for a user who is there');
select public.seed_test_data('00000000-0000-0000-0000-00000000000a');
select is((select count(*) from public.assets), 4::bigint, 'A0-110 a second call gives no second image to the first jobs');
select results_eq(
    $$select email, subscription_tier, monthly_usage, completed_jobs, processing_jobs, queued_jobs, total_assets
      from public.dev_user_summary$$,
    $$values ('a@test.com', 'free', 10, 4::bigint, 2::bigint, 2::bigint, 4::bigint)$$,
    'S0-18 A0-104 dev_user_summary counts without multiplying');
select ok('security_invoker=on' = any ((select reloptions from pg_class where oid = 'public.dev_user_summary'::regclass)::text[]),
    'S0-2 Sx-C5 dev_user_summary shows nobody more than the tables do');
select is(obj_description('public.dev_user_summary'::regclass), 'Development view for quick user status overview',
    'A0-113 it has its comment');
select * from finish();
rollback;

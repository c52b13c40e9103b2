-- Who may do what, as attacks: the defects S0-1 to S0-9 and Sx-C2 to Sx-C9, each by its id.
begin;
create extension if not exists pgtap with schema extensions;
select plan(65);

insert into auth.users (id, email, raw_user_meta_data) values
    ('00000000-0000-0000-0000-00000000000a', 'a@test.com', '{"name": "A", "full_name": "Not A", "avatar_url": "https://a"}'),
    ('00000000-0000-0000-0000-00000000000b', 'b@test.com', '{"full_name": "B"}');
insert into public.jobs (id, user_id, job_type) values
    ('00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-00000000000a', 'generation'),
    ('00000000-0000-0000-0000-0000000000f2', '00000000-0000-0000-0000-00000000000b', 'generation');
insert into public.assets (job_id, user_id, asset_type, url, storage_path, file_size) values
    ('00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-00000000000a', 'image', 'u', 'p', 1),
    ('00000000-0000-0000-0000-0000000000f2', '00000000-0000-0000-0000-00000000000b', 'image', 'u', 'p', 3000000000);
insert into public.subscriptions (user_id, stripe_subscription_id, stripe_customer_id, tier, status,
    current_period_start, current_period_end)
values ('00000000-0000-0000-0000-00000000000b', 'sub_b', 'cus_b', 'pro', 'active', now(), now() + interval '30 days');
insert into public.subscription_audit (user_id, action) values
    ('00000000-0000-0000-0000-00000000000a', 'a'), ('00000000-0000-0000-0000-00000000000b', 'b');

select results_eq(
    $$select email, name, avatar_url from public.users where id = '00000000-0000-0000-0000-00000000000a'$$,
    $$values ('a@test.com', 'A', 'https://a')$$,
    'A0-114 sign-up copies e-mail, name and avatar');
select is((select name from public.users where id = '00000000-0000-0000-0000-00000000000b'), 'B',
    'A0-114 full_name stands in for name');

-- a user
set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a", "role": "authenticated"}';

select is((select count(*) from public.users), 1::bigint, 'S0-R1 reads only the own profile');
select is((select count(*) from public.jobs), 1::bigint, 'S0-R1 A0-117 reads only own jobs');
select is((select count(*) from public.assets), 1::bigint, 'S0-R1 reads only own assets');
select is((select count(*) from public.subscriptions), 0::bigint, 'S0-R1 reads no other user''s subscription');
select is((select count(*) from public.subscription_audit), 1::bigint, 'S0-R1 reads only own audit rows');
select lives_ok($$update public.users set name = 'New', avatar_url = 'https://n'$$,
    'A0-115 changes name and avatar');
select throws_ok($$update public.users set subscription_tier = 'enterprise'$$, '42501', null, 'S0-1 cannot set the own tier');
select throws_ok($$update public.users set subscription_status = 'active'$$, '42501', null, 'S0-1 cannot set the own status');
select throws_ok($$update public.users set monthly_usage = 0$$, '42501', null, 'S0-1 cannot set the own usage');
select throws_ok($$update public.users set usage_reset_at = '2999-01-01'$$, '42501', null, 'S0-1 cannot move the reset');
select throws_ok($$update public.users set created_at = now()$$, '42501', null, 'S0-1 cannot set created_at');
select throws_ok($$update public.users set email = 'victim@corp.com'$$, '42501', null, 'S0-5 cannot squat an e-mail');
select throws_ok($$update public.users set id = gen_random_uuid()$$, '42501', null, 'S0-1 cannot change the own id');
select throws_ok($$insert into public.users (id) values (gen_random_uuid())$$, '42501', null, 'A0-114 cannot make a profile');
select throws_ok($$delete from public.users$$, '42501', null, 'A0-115 cannot delete a profile');
update public.users set name = 'x' where id = '00000000-0000-0000-0000-00000000000b';
select lives_ok($$insert into public.jobs (user_id, job_type, parameters)
    values ('00000000-0000-0000-0000-00000000000a', 'generation', '{}')$$, 'A0-117 creates an own job');
select throws_ok($$insert into public.jobs (user_id, job_type)
    values ('00000000-0000-0000-0000-00000000000b', 'generation')$$, '42501', null, 'S0-R3 cannot create a job for another');
select throws_ok($$insert into public.jobs (user_id, job_type, status, progress, completed_at)
    values ('00000000-0000-0000-0000-00000000000a', 'generation', 'completed', 100, now())$$, '42501', null,
    'S0-8 cannot forge a finished job');
select throws_ok($$insert into public.jobs (user_id, job_type, result)
    values ('00000000-0000-0000-0000-00000000000a', 'generation', '{}')$$, '42501', null, 'S0-8 cannot forge a result');
select throws_ok($$insert into public.jobs (user_id, job_type, created_at)
    values ('00000000-0000-0000-0000-00000000000a', 'generation', '1999-01-01')$$, '42501', null, 'S0-8 cannot backdate a job');
select throws_ok($$update public.jobs set parameters = '{}'$$, '42501', null, 'A0-117 cannot update a job');
select throws_ok($$delete from public.jobs$$, '42501', null, 'A0-117 cannot delete a job');
select throws_ok($$insert into public.assets (job_id, user_id, asset_type, url, storage_path, file_size) values
    ('00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-00000000000a', 'image', 'u', 'p', 1)$$, '42501', null,
    'A0-116 cannot write assets');
select throws_ok($$update public.subscriptions set tier = 'enterprise'$$, '42501', null, 'S0-R2 A0-116 cannot write subscriptions');
select throws_ok($$insert into public.subscription_audit (action) values ('x')$$, '42501', null, 'A0-116 cannot write the audit');
select throws_ok($$truncate public.users cascade$$, '42501', null, 'Sx-C2 cannot truncate');
select throws_ok($$select public.seed_test_data('00000000-0000-0000-0000-00000000000a')$$, '42501',
    'permission denied for function seed_test_data', 'S0-4b cannot seed');
select throws_ok($$select public.reset_monthly_usage()$$, '42501', 'permission denied for function reset_monthly_usage',
    'S0-1 cannot reset the usage');
select is((select current_usage(u) from public.users as u), 2, 'A0-008 reads the usage of the running period');
-- what a user types is one word, and no page
select throws_ok(format($$insert into public.jobs (user_id, job_type) values ('00000000-0000-0000-0000-00000000000a', %L)$$, word),
    '23514', 'new row for relation "jobs" violates check constraint "jobs_job_type_check"', 'A0-048 no word: ' || left(word, 3))
from unnest(array['', (select string_agg(md5(n::text), '') from generate_series(1, 400) as n)]) as word;
select throws_ok($$select public.apply_stripe_event('{}')$$, '42501',
    'permission denied for function apply_stripe_event', 'A0-116 cannot post a Stripe event');
select throws_ok($$select * from private.stripe_events$$, '42501', null, 'A0-116 cannot read the webhook inbox');
select is((select monthly_jobs from public.tier_limits where tier = 'free'), 10, 'S0-8b may read the limits');
select throws_ok($$update public.tier_limits set monthly_jobs = 1000$$, '42501', null, 'S0-8b cannot change the limits');
select throws_ok($$select * from public.dev_user_summary$$, '42501', null, 'S0-2 a user cannot read the development view');

-- nobody
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok($$select * from public.users$$, '42501', null, 'S0-R4 anon reads no users');
select throws_ok($$select * from public.dev_user_summary$$, '42501', null, 'S0-2 Sx-C5 anon cannot read the development view');
select throws_ok($$select public.seed_test_data('00000000-0000-0000-0000-00000000000a')$$, '42501',
    'permission denied for function seed_test_data', 'S0-4b anon cannot seed');
select throws_ok($$truncate public.users cascade$$, '42501', null, 'Sx-C2 anon cannot truncate');

-- the service
set local role service_role;
select is((select count(*) from public.users), 2::bigint, 'C32 the service role needs no policy');
select throws_ok($$delete from public.subscription_audit$$, '42501', null, 'S0-12 not even the service deletes audit rows');
select throws_ok($$truncate public.jobs cascade$$, '42501', null, 'Sx-C2 not even the service truncates');
reset role;

select is((select name from public.users where id = '00000000-0000-0000-0000-00000000000b'), 'B',
    'S0-R1 a user cannot rename another');

-- the mirror of auth.users
select lives_ok($$insert into auth.users (id, phone) values ('00000000-0000-0000-0000-00000000000c', '491')$$,
    'S0-6 sign-up without an e-mail');
select lives_ok($$insert into auth.users (id, email, is_sso_user) values (gen_random_uuid(), 'a@test.com', true)$$,
    'S0-5 S0-6 an address may be shared with an SSO account');
update auth.users set email = 'a2@test.com' where id = '00000000-0000-0000-0000-00000000000a';
select is((select email from public.users where id = '00000000-0000-0000-0000-00000000000a'), 'a2@test.com',
    'S0-7 an e-mail change reaches the profile');

-- what even the owner cannot do
select throws_ok($$insert into public.assets (job_id, user_id, asset_type, url, storage_path, file_size) values
    ('00000000-0000-0000-0000-0000000000f2', '00000000-0000-0000-0000-00000000000a', 'image', 'u', 'p', 1)$$, '23503', null,
    'S0-9 an asset cannot hang on another user''s job');
select throws_ok($$update public.assets set file_size = -1$$, '23514', null, 'S0-9 a size cannot be negative');
select throws_ok(format($$update public.assets set storage_path = %L$$, name), '23514', null, 'A0-074 no name in storage: ' || left(quote_literal(name), 20))
from unnest(array['', '/', 'a/../b', './a', 'a//b', 'a/', 'a\b', 'a' || chr(10), repeat('ä', 513)]) as name;
select throws_ok($$update public.subscriptions set current_period_end = current_period_start - interval '1 second'$$, '23514', null, 'A0-030 a period does not end before it begins');
select throws_ok($$update public.subscriptions set stripe_subscription_id = ''$$, '23514', null, 'A0-025 an id is not empty');
select throws_ok($$update public.tier_limits set monthly_jobs = -1$$, '23514', null, 'S0-8b no limit is negative');
select throws_ok($$insert into public.tier_limits values ('gold', 1)$$, '23514', null, 'S0-8b a limit is of a known tier');

-- account deletion
delete from auth.users where id = '00000000-0000-0000-0000-00000000000b';
select results_eq(
    $$select (select count(*) from public.users where id = u.id), (select count(*) from public.subscriptions where user_id = u.id),
        (select count(*) from public.jobs where user_id = u.id), (select count(*) from public.assets where user_id = u.id),
        (select count(*) from public.subscription_audit where action = 'b' and user_id is null)
      from (values ('00000000-0000-0000-0000-00000000000b'::uuid)) as u (id)$$,
    $$values (0::bigint, 0::bigint, 0::bigint, 0::bigint, 1::bigint)$$,
    'A0-118 S0-12 C29 deleting the account takes all but the anonymous audit trail');
select * from finish();
rollback;

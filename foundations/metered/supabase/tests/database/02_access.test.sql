-- Who may do what, as attacks: the defects S1-1 to S1-7 and S1-R1 to S1-R6, each by its id.
begin;
create extension if not exists pgtap with schema extensions;
select plan(53);

insert into auth.users (id, email) values
    ('00000000-0000-0000-0000-00000000000a', 'a@test.com'), ('00000000-0000-0000-0000-00000000000b', 'b@test.com');

-- sign-up
select results_eq($$select email, plan, status from public.users join public.subscriptions on user_id = users.id order by email$$,
    $$values ('a@test.com', 'free', 'active'), ('b@test.com', 'free', 'active')$$, 'S1-1 S1-6 A1-061 a sign-up makes the profile and a free subscription');
select lives_ok($$insert into auth.users (id, phone) values ('00000000-0000-0000-0000-00000000000c', '491')$$,
    'S1-1 a sign-up without an e-mail');
select lives_ok($$insert into auth.users (id, email, is_sso_user) values ('00000000-0000-0000-0000-00000000000d', 'a@test.com', true)$$,
    'S1-1 an address may be shared with an SSO account');
set local search_path = auth, extensions;
select lives_ok($$insert into auth.users (id, email) values (gen_random_uuid(), 'e@test.com')$$,
    'Sx-C3 a sign-up with the search path of Auth');
reset search_path;
update auth.users set email = 'a2@test.com' where id = '00000000-0000-0000-0000-00000000000a';
select is((select email from public.users where id = '00000000-0000-0000-0000-00000000000a'), 'a2@test.com',
    'S1-2 A1-061 C19 an e-mail change reaches the profile');
update auth.users set email = null where id = '00000000-0000-0000-0000-00000000000d';
select is((select email from public.users where id = '00000000-0000-0000-0000-00000000000d'), '', 'S1-2 so does its removal');

-- usage of two users
set local role service_role;
select public.increment_usage('00000000-0000-0000-0000-00000000000a', 'api_calls', 5, 'one');
select public.increment_usage('00000000-0000-0000-0000-00000000000b', 'api_calls', 7, 'one');
reset role;
insert into storage.objects (bucket_id, name) values
    ('user-files', '00000000-0000-0000-0000-00000000000b/report/2026/11/00000000-0000-0000-0000-0000000000f1.pdf');

-- a pooled connection after SET LOCAL: the setting is there and empty
set local request.jwt.claims = '';
set local role authenticated;
select is_empty($$select * from public.users$$, 'S1-3 empty claims are no user, not an error');
select is_empty($$select * from public.subscriptions$$, 'S1-3 nor for subscriptions');
select is_empty($$select * from public.usage_counters$$, 'S1-3 nor for usage');
select is_empty($$select * from storage.objects$$, 'S1-3 nor for files');

-- a user
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a", "role": "authenticated"}';
select is((select count(*) from public.users), 1::bigint, 'A1-071 reads only the own profile');
select is((select count(*) from public.subscriptions), 1::bigint, 'A1-071 reads only the own subscription');
select is((select sum(count) from public.usage_counters), 5::numeric, 'A1-071 reads only own usage');
select is((select sum(delta) from public.usage_ledger), 5::numeric, 'A1-071 reads only the own ledger');
select results_eq($$select metric, used, max_count, remaining from public.current_usage order by metric$$,
    $$values ('agent_runs', 0::bigint, 10::bigint, 10::bigint), ('api_calls', 5, 100, 95), ('storage_mb', 0, 100, 100)$$,
    'A1-065 sees what is used and left');
select throws_ok($$insert into public.users (id, email) values (gen_random_uuid(), 'x')$$, '42501', null, 'S1-1 cannot make a profile');
select throws_ok($$update public.users set email = 'b@test.com'$$, '42501', null, 'S1-2 cannot take another''s e-mail');
select throws_ok($$update public.users set created_at = '1999-01-01'$$, '42501', null, 'S1-2 cannot be older than it is');
select throws_ok($$update public.users set id = gen_random_uuid()$$, '42501', null, 'S1-R6 cannot change the own id');
select throws_ok($$delete from public.users$$, '42501', null, 'S1-2 cannot delete a profile');
select throws_ok($$update public.subscriptions set plan = 'pro', status = 'active'$$, '42501', null, 'S1-R4 A1-069 cannot give itself a plan');
select throws_ok($$update public.subscriptions set trial_ends_at = '2999-01-01'$$, '42501', null, 'S1-R4 cannot prolong a trial');
select throws_ok($$insert into public.subscriptions (user_id, status, plan) values ('00000000-0000-0000-0000-00000000000a', 'active', 'free')$$,
    '42501', null, 'S1-R4 A1-069 cannot make a subscription');
select throws_ok($$update public.usage_counters set count = 0$$, '42501', null, 'S1-R4 A1-069 cannot set usage back');
select throws_ok($$insert into public.usage_counters (user_id, metric, window_start, window_end)
    values ('00000000-0000-0000-0000-00000000000a', 'api_calls', '2020-01-01', '2020-01-02')$$, '42501', null, 'S1-R4 A1-069 cannot make a counter');
select throws_ok($$delete from public.usage_counters$$, '42501', null, 'S1-R4 cannot delete usage');
select throws_ok($$insert into public.usage_ledger (user_id, metric, window_start, kind, amount, delta)
    values ('00000000-0000-0000-0000-00000000000a', 'api_calls', now(), 'correct', 5, -5)$$, '42501', null, 'S1-7 cannot write the ledger');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000b', 'api_calls', 90)$$, '42501', null, 'S1-7 cannot burn another''s quota');
select throws_ok($$select public.refund_usage('00000000-0000-0000-0000-00000000000a', 1)$$, '42501', null, 'S1-7 cannot give itself back');
select throws_ok($$select public.reset_usage('00000000-0000-0000-0000-00000000000a', 'api_calls')$$, '42501', null, 'S1-7 cannot reset');
select throws_ok($$select public.correct_usage('00000000-0000-0000-0000-00000000000a', 'api_calls', -5)$$, '42501', null, 'S1-7 cannot correct');
select throws_ok($$update public.plan_limits set max_count = null$$, '42501', null, 'S1-7 cannot change the limits');
select throws_ok($$insert into public.usage_metrics values ('mine', 'day')$$, '42501', null, 'S1-5 cannot make a metric');
select throws_ok($$select public.apply_lemon_squeezy_event('{}')$$, '42501', null, 'S1-6 cannot post an event');
select throws_ok($$select * from private.lemon_squeezy_events$$, '42501', null, 'S1-6 cannot read the inbox');
select throws_ok($$select * from public.lemon_squeezy_variants$$, '42501', null, 'S1-6 cannot read the variants');
select throws_ok($$insert into public.lemon_squeezy_variants values ('1', 'pro')$$, '42501', null, 'S1-6 cannot make one');
select throws_ok($$select public.files_to_purge()$$, '42501', null, 'S1-10 cannot ask for others'' files');
select throws_ok($$select * from public.storage_purges$$, '42501', null, 'S1-10 cannot see who left');
select throws_ok($$select public.expire_subscriptions()$$, '42501', null, 'S1-12 cannot run jobs');
select throws_ok($$select public.seed_usage('00000000-0000-0000-0000-00000000000a')$$, '42501', null, 'Sx-C4 cannot seed');
select throws_ok($$select * from private.usage_quota('00000000-0000-0000-0000-00000000000b', 'api_calls', now())$$, '42501', null, 'Sx-C4 cannot ask for another''s quota');
select throws_ok($$truncate public.users cascade$$, '42501', null, 'Sx-C2 cannot truncate');

-- nobody
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok($$select * from public.users$$, '42501', null, 'S1-R5 anon reads no users');
select throws_ok($$select * from public.current_usage$$, '42501', null, 'S1-R5 Sx-C5 anon reads no usage');
select is_empty($$select * from storage.objects$$, 'S1-R5 anon lists no files');
select throws_ok($$truncate public.users cascade$$, '42501', null, 'Sx-C2 anon cannot truncate');

-- the service
set local role service_role;
select is((select count(*) from public.users), 5::bigint, 'C32 A1-011 the service role needs no policy');
select throws_ok($$update public.usage_counters set count = 0$$, '42501', null, 'S1-7 not even the service counts by hand');
select throws_ok($$truncate public.users cascade$$, '42501', null, 'Sx-C2 not even the service truncates');
reset role;

-- account deletion
delete from auth.users where id = '00000000-0000-0000-0000-00000000000b';
select results_eq(
    $$select (select count(*) from public.users where id = u.id), (select count(*) from public.subscriptions where user_id = u.id),
        (select count(*) from public.usage_counters where user_id = u.id), (select count(*) from public.usage_ledger where user_id = u.id)
      from (values ('00000000-0000-0000-0000-00000000000b'::uuid)) as u (id)$$,
    $$values (0::bigint, 0::bigint, 0::bigint, 0::bigint)$$, 'A1-062 C19 deleting the account takes all its rows');
set local role service_role;
select results_eq($$select name from public.files_to_purge()$$,
    $$values ('00000000-0000-0000-0000-00000000000b/report/2026/11/00000000-0000-0000-0000-0000000000f1.pdf')$$,
    'S1-10 A1-062 A1-068 and its files are to be purged');
select is(public.finish_storage_purges(), 0::bigint, 'S1-10 which is not done while they are there');
reset role;
select * from finish();
rollback;

-- What reaches where: two people with the same rows, each verb tried by both and by nobody; then values that make no
-- sense, for whoever writes them.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

insert into auth.users (id, email) values
    ('00000000-0000-0000-0000-00000000000a', 'a@test.com'), ('00000000-0000-0000-0000-00000000000b', 'b@test.com');
create function public.id(person text) returns uuid language sql immutable as $$select ('00000000-0000-0000-0000-00000000000' || person)::uuid$$;
grant execute on function public.id(text) to public;
insert into public.brand_kits (user_id, name) select public.id(person), 'kit' from unnest('{a,b}'::text[]) as person;
insert into public.generation_jobs (id, user_id, asset_type)
select ('00000000-0000-0000-0000-0000000000f' || person)::uuid, public.id(person), 'banner' from unnest('{a,b}'::text[]) as person;
insert into public.assets (user_id, asset_type, storage_key) select public.id(person), 'banner', person || '.png' from unnest('{a,b}'::text[]) as person;
select public.save_platform_connection(public.id(person), 'twitch', 'tv-' || person, 'token') from unnest('{a,b}'::text[]) as person;

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
-- The state that users shows when b's subscription is a free trial and so changed; undone.
create function pg_temp.mirrored(change text) returns text language plpgsql as $$
begin
    update public.subscriptions set tier = 'free', status = 'trialing', stripe_subscription_id = null where user_id = public.id('b');
    execute format('update public.subscriptions set %s where user_id = public.id(''b'')', change);
    raise exception using errcode = 'ZZ000', message = (select subscription_status from public.users where id = public.id('b'));
exception when sqlstate 'ZZ000' then return sqlerrm;
end;
$$;
create function pg_temp.attempt(person text, statement text) returns text language sql as $$
    select pg_temp.attempt(case person when 'anon' then 'anon' when 'service' then 'service_role' else 'authenticated' end,
        case when length(person) = 1 then public.id(person) end, statement)
$$;

-- Nothing in these names a row: whoever could reach the other person's would reach two.
select is(pg_temp.attempt('a', statement) || ' ' || pg_temp.attempt('anon', statement), '1 42501', 'S2-R1 S2-R4 an own row, and nobody else''s: ' || statement)
from unnest(array[
    'update public.users set display_name = ''x''', 'update public.brand_kits set name = ''x''', 'delete from public.brand_kits',
    'update public.generation_jobs set custom_prompt = ''x''', 'update public.assets set is_public = true', 'delete from public.assets',
    'update public.platform_connections set is_active = false', 'delete from public.platform_connections']) as statement;
select is(pg_temp.attempt('b', statement), '42501', 'S2-R1 nothing in another one''s name: ' || statement)
from unnest(array[
    'insert into public.brand_kits (user_id, name) values (''00000000-0000-0000-0000-00000000000a'', ''x'')',
    'insert into public.generation_jobs (user_id, asset_type) values (''00000000-0000-0000-0000-00000000000a'', ''banner'')']) as statement;
select is(pg_temp.attempt('b', statement), '23503', 'S2-R1 nothing that hangs on another one''s: ' || statement)
from unnest(array[
    'insert into public.generation_jobs (user_id, asset_type, parent_job_id) values (''00000000-0000-0000-0000-00000000000b'', ''banner'', ''00000000-0000-0000-0000-0000000000fa'')',
    'insert into public.generation_jobs (user_id, asset_type, brand_kit_id) select ''00000000-0000-0000-0000-00000000000b'', ''banner'', gen_random_uuid()']) as statement;
update public.generation_jobs set status = 'processing';
select is(pg_temp.attempt('a', 'update public.generation_jobs set custom_prompt = ''x'''), '0', 'C22 a prompt is changed while its job waits');
-- from common/touched.sql
--   function = update_updated_at_column
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
where t.tgfoid = 'public.update_updated_at_column'::regproc and t.tgparentid = 0;
select is_empty('select tab from touched where stale > 0', 'a change of a row is a change of its updated_at');
select cmp_ok((select count(*) from touched where rows > 0), '>', 0::bigint, 'of some rows at least');
rollback to savepoint touched;
-- end common/touched.sql

-- values that make no sense
select is(pg_temp.attempt('service', format('update public.%s', change)), code, 'no such value: ' || left(change, 60))
from (values
    ('users set display_name = repeat(''x'', 10000)', '23514'), ('users set avatar_url = ''javascript:alert(1)''', '23514'),
    ('users set stripe_customer_id = ''cus_1''', '23505'), ('subscriptions set stripe_subscription_id = ''sub_1''', '23505'), ('users set stripe_customer_id = ''''', '23514'),
    ('brand_kits set name = ''''', '23514'), ('brand_kits set style_reference = repeat(''x'', 100000)', '23514'),
    ('brand_kits set extracted_from = repeat(''x'', 100000)', '23514'),
    ('generation_jobs set custom_prompt = repeat(''x'', 100000)', '23514'), ('generation_jobs set platform_context = ''[]''', '23514'),
    ('generation_jobs set retry_count = -1', '23514'), ('generation_jobs set completed_at = now()', '23514'),
    ('generation_jobs set parent_job_id = id', '23514'), ('generation_jobs set status = ''paused''', 'PT409'),
    ('assets set asset_type = ''statue''', '23514'), ('assets set height = 0', '23514'), ('assets set width = 100000', '23514'),
    ('assets set cdn_url = ''ftp://x''', '23514'), ('assets set shareable_url = ''x''', '23514'), ('assets set viral_score = 101', '23514'),
    ('platform_connections set platform_user_id = ''''', '23514'), ('platform_connections set platform = ''myspace''', '23514')) as expected (change, code);
select is(pg_temp.attempt('service', format('insert into public.generation_jobs (user_id, asset_type, %s) values (public.id(''b''), ''banner'', %s)', count, amount)), '23514', 'S2-8 no job with such a count: ' || count)
from (values ('total_assets', 0), ('completed_assets', -1), ('failed_assets', -1)) as counts (count, amount);
select is(pg_temp.attempt('service', format('update public.assets set storage_key = %L', key)), '23514', 'no name in storage: ' || left(quote_literal(key), 20))
from unnest(array['', '/', 'a/../b', './a', 'a//b', 'a/', 'a\b', 'a' || chr(10), repeat('ä', 513)]) as key;
select throws_ok(format('update public.subscriptions set %s', change), '23514', null, 'S2-11 no such subscription: ' || change)
from unnest(array['current_period_start = now(), current_period_end = now() - interval ''1 second''', 'tier = ''gold''', 'status = ''zombie''',
    'stripe_subscription_id = ''''']) as change;
-- Their rules stand in one function each, and are named as CHECKs of their own would be.
select throws_ok(format('update public.%s set %s', tab, change), '23514', format('new row for relation "%s" violates check constraint "%1$s_%s_check"', tab, rule),
    item || ' the rule is named: ' || left(change, 60))
from (values
    ('S2-5 C3', 'users', 'password_hash', 'password_hash = ''x'''),
    ('S2-14', 'users', 'display_name', 'display_name = repeat(''x'', 101)'),
    ('S2-14', 'users', 'avatar_url', 'avatar_url = ''javascript:alert(1)'''),
    ('S2-14', 'users', 'avatar_url', 'avatar_url = ''https://'' || repeat(''x'', 2041)'),
    ('S2-11', 'users', 'stripe_customer_id', 'stripe_customer_id = '''''),
    ('S2-11', 'users', 'stripe_customer_id', 'stripe_customer_id = repeat(''x'', 256)'),
    ('S2-11', 'subscriptions', 'stripe_subscription_id', 'stripe_subscription_id = '''''),
    ('S2-11', 'subscriptions', 'stripe_subscription_id', 'stripe_subscription_id = repeat(''x'', 256)'),
    ('S2-11', 'subscriptions', 'period', 'current_period_start = now(), current_period_end = now() - interval ''1 second'''),
    ('S2-11', 'subscriptions', 'assets_limit', 'assets_limit = -2'),
    ('S2-11', 'subscriptions', 'assets_used', 'assets_used = -1'),
    ('S2-11', 'subscriptions', 'platforms_limit', 'platforms_limit = -2')) as broken (item, tab, rule, change);
-- what the trigger refuses first
select throws_ok('select private.users_holds(null, null, null, -1, null)', '23514',
    'new row for relation "users" violates check constraint "users_assets_generated_this_month_check"', 'S2-11 nobody used less than nothing');
select ok(private.users_holds(null, repeat('x', 100), 'https://' || repeat('x', 2040), 0, repeat('x', 255)), 'S2-14 what just fits');
select ok(private.subscriptions_holds(repeat('x', 255), now(), now(), -1, 0, -1), 'S2-11 what just fits');
select throws_ok(format('update private.plans set %s', change), '23514', null, 'no such plan: ' || change)
from unnest(array['assets_limit = -2', 'platforms_limit = -2', 'asset_retention = ''-1 day''', 'tier = ''gold''']) as change;
select throws_ok($$insert into private.plans select * from private.plans$$, '23505', null, 'S2-11 a plan is there once');
select throws_ok($$insert into private.storage_purges (storage_key) values ('x'), ('x')$$, '23505', null, 'S2-8 a file is removed once');
insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000c');
delete from public.subscriptions where user_id = '00000000-0000-0000-0000-00000000000c';
select throws_ok($$update public.subscriptions set user_id = '00000000-0000-0000-0000-00000000000c' where user_id = public.id('b')$$, 'PT409', null, 'S2-11 a subscription keeps its user');
select throws_ok(call, code, null, 'S2-9 ' || call)
from (values
    ($$select public.save_platform_connection('00000000-0000-0000-0000-0000000000ff', 'twitch', 'tv-x', 'token')$$, 'PT404'),
    ($$select public.save_platform_connection('00000000-0000-0000-0000-00000000000a', 'twitch', 'tv-x', '')$$, '22023'),
    ($$select public.save_platform_connection('00000000-0000-0000-0000-00000000000a', null, 'tv-x', 'token')$$, '22023'),
    ($$select public.save_platform_connection('00000000-0000-0000-0000-00000000000a', 'twitch', 'tv-b', 'token')$$, '23505')) as calls (call, code);

-- The service has what its writing sets off, too. As in a session of its own: a right to an expression is asked once in a
-- transaction, so nobody who has it may have evaluated it before.
discard plans;
select is(pg_temp.attempt('service', statement), answer, item || ' the service: ' || statement)
from (values
    ('S2-11 C12', 'update public.users set subscription_tier = ''studio''', 'PT409'),
    ('S2-11', 'update public.subscriptions set tier = ''studio'' where user_id = public.id(''a'')', '1'),
    ('S2-11', 'insert into public.subscriptions (user_id, tier, stripe_subscription_id) values (public.id(''a''), ''pro'', ''sub_x'')', '1'),
    ('S2-11', 'delete from public.subscriptions where user_id = public.id(''a'')', '1'),
    ('S2-8', 'delete from public.assets where user_id = public.id(''a'')', '1'),
    ('S2-10', 'select public.take_storage_purges(1)', '0'),
    ('A2-124', 'select public.reset_monthly_usage(public.id(''a''))', '1')) as writing (item, statement, answer);

-- what users says of a subscription: nothing of the free one that nobody pays for, and the state of every other
select is(mirrored.status, expected, 'S2-11 users mirrors: ' || change)
from (values ('tier = ''pro''', 'trialing'), ('stripe_subscription_id = ''sub_b''', 'trialing'), ('cancel_at_period_end = false', 'none')) as t (change, expected),
    lateral (select pg_temp.mirrored(change) as status) as mirrored;

select is(pg_temp.attempt('a', 'update public.users set display_name = repeat(''x'', 101)'), '23514', 'S2-14 who writes a row learns which rule it breaks');

-- one plan changes, the other one's assets do not
create function pg_temp.kept() returns text language sql as $$
    select string_agg(case when expires_at is null then 'kept' else 'ends' end, ' ' order by user_id) from public.assets
    where user_id in (public.id('a'), public.id('b'))
$$;
update public.subscriptions set tier = 'free', status = 'active', stripe_subscription_id = null;
select is(pg_temp.kept(), 'ends ends', 'S2-8 free assets end');
update public.subscriptions set tier = 'pro' where user_id = public.id('a');
select is(pg_temp.kept(), 'kept ends', 'S2-8 who pays keeps the own ones');
update public.subscriptions set tier = 'pro' where user_id = public.id('b');
update public.subscriptions set tier = 'free' where user_id = public.id('a');
select is(pg_temp.kept(), 'ends kept', 'S2-8 and who no longer does, does not');
update public.assets set storage_key = 'shared.png';
delete from public.assets where user_id = public.id('b');
select is_empty($$select from private.storage_purges where storage_key = 'shared.png'$$, 'S2-8 a file that another asset has stays');
insert into auth.users (id, raw_user_meta_data) select gen_random_uuid(), jsonb_build_object('name', name, 'avatar_url', 'https://' || repeat('x', size))
from (values ('fits', 2040), ('long', 2041)) as t (name, size);
select results_eq($$select display_name, length(avatar_url) from public.users where display_name in ('fits', 'long') order by 1$$,
    $$values ('fits', 2048), ('long', null)$$, 'S2-14 an avatar that is none keeps nobody from signing up');

-- of five assets that were asked for, two are there, one failed and two are to come: three more fit
delete from public.generation_jobs where user_id = public.id('a');
insert into public.generation_jobs (user_id, asset_type, total_assets) values (public.id('a'), 'banner', 5);
update public.generation_jobs set status = 'processing' where user_id = public.id('a');
update public.generation_jobs set completed_assets = 2, failed_assets = 1 where user_id = public.id('a');
select is(pg_temp.attempt('a', format('insert into public.generation_jobs (user_id, asset_type, total_assets) values (public.id(''a''), ''banner'', %s)', size)), code,
    'C22 what is still to come is reserved: ' || size) from (values (3, '1'), (4, 'PT402')) as jobs (size, code);
select throws_ok(format('update public.generation_jobs set %s where user_id = public.id(''a'')', change), 'PT409', null, 'S2-8 counts do not go back: ' || change)
from unnest('{completed_assets = 1,failed_assets = 0}'::text[]) as change;

-- the clock
select is(private.requeue_stuck_jobs(), 0::bigint, 'A2-055 a job that is at work is left to it');
update public.generation_jobs set retry_count = 2 where user_id = public.id('a');
delete from public.generation_jobs where user_id = public.id('b');
select private.requeue_stuck_jobs('-1 second');
select is((select status from public.generation_jobs where user_id = public.id('a')), 'queued', 'A2-055 one whose worker died is queued again');
update public.generation_jobs set status = 'processing';
select private.requeue_stuck_jobs('-1 second');
select results_eq('select status, error_message from public.generation_jobs', $$values ('failed', 'no worker finished it')$$, 'A2-055 and fails at the third time');
select ok(to_regclass('cron.job') is null or (select bool_and(xml ~ job) from unnest('{reset-due-usage,delete-expired-assets,requeue-stuck-jobs}'::text[]) as job,
        query_to_xml('select jobname from cron.job', false, false, '') as jobs, lateral (select jobs::text as xml) as x), 'where there is pg_cron the jobs are in it');

select * from finish();
rollback;

-- What happens by itself, the seed, and that migrations run once.
begin;
create extension if not exists pgtap with schema extensions;
select plan(12);

insert into auth.users (id) values
    ('00000000-0000-0000-0000-00000000000a'), ('00000000-0000-0000-0000-00000000000b'), ('00000000-0000-0000-0000-00000000000c'),
    ('00000000-0000-0000-0000-00000000000d');
update public.subscriptions set plan = 'pro', lemon_squeezy_id = right(user_id::text, 1), current_period_end = now() + interval '9 days',
    status = case right(user_id::text, 1) when 'a' then 'trial' when 'b' then 'trial' when 'c' then 'cancelled' else 'active' end,
    trial_ends_at = now() + case when user_id = '00000000-0000-0000-0000-00000000000a' then -interval '2 days' else interval '2 days' end;
update public.subscriptions set current_period_end = now() - interval '2 days' where user_id = '00000000-0000-0000-0000-00000000000c';

select results_eq($$select public.entitled_plan(s) from public.subscriptions as s order by user_id$$,
    $$values ('free'), ('pro'), ('free'), ('pro')$$, 'A1-064 a trial and a cancelled subscription end at their time, job or not');
set local role service_role;
-- a payment may be told of a day late, so what ended an hour ago waits
update public.subscriptions set trial_ends_at = now() - interval '1 hour' where user_id = '00000000-0000-0000-0000-00000000000b';
select is(public.expire_subscriptions(), 2::bigint, 'A1-064 the job writes it down');
select is(public.expire_subscriptions(), 0::bigint, 'A1-064 twice is once');
update public.subscriptions set trial_ends_at = now() + interval '1 hour' where user_id = '00000000-0000-0000-0000-00000000000b';
select is(public.expire_subscriptions(), 0::bigint, 'A1-064 and nothing before its time');
reset role;
select results_eq($$select status from public.subscriptions order by user_id$$, $$values ('expired'), ('trial'), ('expired'), ('active')$$,
    'A1-064 and touches no other');
select is(
    public.apply_lemon_squeezy_event('{"meta": {"event_name": "subscription_updated"}, "data": {"type": "subscriptions", "id": "a", "attributes":
        {"status": "active", "variant_id": 1002, "created_at": "2026-01-01", "updated_at": "2026-11-01", "renews_at": "2999-01-01"}}}'),
    'applied', 'A1-064 a payment that is told of late still counts');

-- where there is pg_cron the jobs are in it, once
select ok(to_regclass('cron.job') is null or query_to_xml($$
        select jobname from cron.job where jobname in ('expire-subscriptions', 'finish-storage-purges') order by jobname$$,
        false, false, '')::text ~ 'expire-subscriptions(.*)finish-storage-purges', 'S1-12 the jobs are scheduled');

-- the seed
select lives_ok($$select public.seed_usage('00000000-0000-0000-0000-00000000000a')$$, 'the seed makes usage');
select lives_ok($$select public.seed_usage('00000000-0000-0000-0000-00000000000a')$$, 'and can be run again');
select results_eq($$select metric, used from public.current_usage where user_id = '00000000-0000-0000-0000-00000000000a' order by metric$$,
    $$values ('agent_runs', 3::bigint), ('api_calls', 42), ('storage_mb', 17)$$, 'A1-065 and counts once');
select results_eq($$select variant_id, plan from public.lemon_squeezy_variants order by variant_id$$, $$values ('1001', 'basic'), ('1002', 'pro')$$,
    'the seed has the variants of a test store');

-- history
select results_eq($$select version from supabase_migrations.schema_migrations order by version$$,
    $$values ('0001'), ('0002'), ('0003'), ('0004'), ('0005'), ('0006')$$,
    'A1-060 A1-070 S1-4 each migration ran, once');
select * from finish();
rollback;

-- Billing: Lemon Squeezy's states (S1-6, C17), and webhooks delivered twice and out of order.
begin;
create extension if not exists pgtap with schema extensions;
select plan(40);

insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000a'), ('00000000-0000-0000-0000-00000000000b');

-- An event as Lemon Squeezy posts it.
create function pg_temp.event(updated text, subscription text, state text, variant text default '1002', born text default '2026-01-01',
    renews text default '2999-02-01', ends text default null, trial text default null, who text default '00000000-0000-0000-0000-00000000000a') returns jsonb
language sql as $$
    select jsonb_build_object(
        'meta', jsonb_build_object('event_name', 'subscription_updated', 'custom_data', jsonb_build_object('user_id', who, 'plan', 'pro')),
        'data', jsonb_build_object('type', 'subscriptions', 'id', subscription, 'attributes', jsonb_build_object(
            'status', state, 'variant_id', variant::integer, 'created_at', born, 'updated_at', updated,
            'renews_at', renews, 'ends_at', ends, 'trial_ends_at', trial)))
$$;
create function pg_temp.served() returns text language sql as $$
    select format('%s %s %s', plan, status, public.entitled_plan(s)) from public.subscriptions as s
    where user_id = '00000000-0000-0000-0000-00000000000a'
$$;
grant execute on function pg_temp.event, pg_temp.served to service_role;

set local role service_role;
select is(pg_temp.served(), 'free active free', 'S1-6 everybody begins free');
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-01-01', '1', 'on_trial', trial => '2999-01-01')), 'applied', 'S1-6 C17 a trial');
select is(pg_temp.served(), 'pro trial pro', 'S1-6 A1-064 serves its plan');
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-01-01', '1', 'on_trial', trial => '2999-01-01')), 'duplicate', 'S1-6 a replay is a duplicate');
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-01-03', '1', 'active', '1001')), 'applied', 'S1-6 a later event');
select is(pg_temp.served(), 'basic active basic', 'S1-6 the plan is the variant''s, not the checkout''s');
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-01-02', '1', 'past_due')), 'stale', 'S1-6 an event out of order is stale');
select is(pg_temp.served(), 'basic active basic', 'S1-6 and changes nothing');
select is(public.apply_lemon_squeezy_event(pg_temp.event(format('2026-01-04 0%s:00', hour), '1', state)), 'applied', 'S1-6 C17 the state ' || state)
from unnest(array['paused', 'past_due', 'unpaid', 'cancelled']) with ordinality as told (state, hour);
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-01-05', '1', 'cancelled', ends => '2999-01-15')), 'applied', 'S1-6 a cancellation');
select is(pg_temp.served(), 'pro cancelled pro', 'S1-6 serves to the end of the period');
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-01-06', '2', 'active', '1001', born => '2026-01-06')), 'applied', 'S1-6 a younger subscription takes over');
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-01-07', '1', 'expired', ends => '2026-01-07')), 'superseded', 'S1-6 the end of the older one does not end it');
select is(pg_temp.served(), 'basic active basic', 'S1-6 the user is served by the younger one');
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-01-08', '2', 'expired', '1001', ends => '2026-01-07 12:00')), 'applied', 'S1-6 a subscription expires');
select is(pg_temp.served(), 'basic expired free', 'S1-6 and the user is served as free');
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-01-09', '3', 'active', who => '00000000-0000-0000-0000-0000000000ff')), 'unknown_user', 'S1-6 a user nobody knows');
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-01-09', '3', 'active', who => 'x'' or true')), 'unknown_user', 'S1-6 or who is none');
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-01-10', '2', 'active', '1002', who => '00000000-0000-0000-0000-00000000000b')), 'applied',
    'S1-6 an event about a known subscription');
select is((select lemon_squeezy_id from public.subscriptions where user_id = '00000000-0000-0000-0000-00000000000b'), null, 'S1-6 does not hand it to another user');
select is(pg_temp.served(), 'pro active pro', 'S1-6 it stays with who has it');
select is(public.apply_lemon_squeezy_event('{"meta": {"event_name": "order_created"}, "data": {"type": "orders", "id": "9", "attributes": {"updated_at": "2026-01-01"}}}'),
    'ignored', 'S1-6 other events are ignored');

-- periods
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-02-01', '4', 'active', born => '2026-02-01', renews => '2026-03-01', who => '00000000-0000-0000-0000-00000000000b')), 'applied', 'A1-064 a first period');
select is(public.apply_lemon_squeezy_event(pg_temp.event('2026-03-01 00:01', '4', 'active', born => '2026-02-01', renews => '2026-04-01', who => '00000000-0000-0000-0000-00000000000b')), 'applied', 'A1-064 a renewal');
select results_eq($$select current_period_start, current_period_end from public.subscriptions where lemon_squeezy_id = '4'$$,
    $$values ('2026-03-01'::timestamptz, '2026-04-01'::timestamptz)$$, 'A1-064 begins where the period before ended');

-- nonsense
select throws_ok($$select public.apply_lemon_squeezy_event('{}')$$, '22023', null, 'S1-6 nonsense is refused');
select throws_ok($$select public.apply_lemon_squeezy_event(null)$$, '22023', null, 'S1-6 so is nothing');
select throws_ok($$select public.apply_lemon_squeezy_event('[1]')$$, '22023', null, 'S1-6 and a list');
select throws_ok($$select public.apply_lemon_squeezy_event(pg_temp.event('2026-04-01', '2', 'zombie'))$$, '22023', null, 'S1-6 C17 a state nobody documented');
select throws_ok($$select public.apply_lemon_squeezy_event(pg_temp.event('2026-04-01', '2', 'active', '7'))$$, '22023', null, 'S1-6 a variant without a plan');
select throws_ok($$select public.apply_lemon_squeezy_event(pg_temp.event('2026-04-01', '2', 'on_trial'))$$, '22023', null, 'S1-6 a trial without an end');
select throws_ok($$select public.apply_lemon_squeezy_event(pg_temp.event('soon', '2', 'active'))$$, '22023', null, 'S1-6 a time that is none');
select is((select count(*) from private.lemon_squeezy_events where created_at = '2026-04-01'), 0::bigint, 'S1-6 a refused event leaves no trace');

-- what the table refuses, whoever writes
select throws_ok($$update public.subscriptions set lemon_squeezy_id = '2' where lemon_squeezy_id = '4'$$, '23505', null, 'S1-6 one id on two users');
select throws_ok($$update public.subscriptions set lemon_squeezy_id = null where lemon_squeezy_id = '4'$$, '23514', null, 'S1-6 a paid plan without a provider');
select throws_ok($$update public.subscriptions set status = 'trial', trial_ends_at = null where lemon_squeezy_id = '4'$$, '23514', null, 'S1-5 a trial without an end');
select throws_ok($$update public.subscriptions set current_period_end = current_period_start - interval '1 day' where lemon_squeezy_id = '4'$$, '23514', null, 'S1-5 a reversed period');
reset role;
select * from finish();
rollback;

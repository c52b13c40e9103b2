-- Billing: the mirror (S0-10, C12), Stripe's states (S0-13), webhooks delivered twice and out of order (S0-12).
begin;
create extension if not exists pgtap with schema extensions;
select plan(38);

insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000a'), ('00000000-0000-0000-0000-00000000000b');

-- An event as Stripe posts it.
create function pg_temp.event(id text, created integer, subscription text, state text, tier text default 'pro',
    born integer default 100, type text default 'customer.subscription.updated') returns jsonb
language sql as $$
    select jsonb_build_object('id', id, 'type', type, 'created', created, 'data', jsonb_build_object('object',
        jsonb_build_object('id', subscription, 'customer', 'cus_1', 'status', state, 'created', born,
            'cancel_at_period_end', false,
            'metadata', jsonb_build_object('user_id', '00000000-0000-0000-0000-00000000000a'),
            'items', jsonb_build_object('data', jsonb_build_array(jsonb_build_object(
                'current_period_start', created, 'current_period_end', created + 1000,
                'price', jsonb_build_object('id', 'price_1', 'metadata', jsonb_build_object('tier', tier))))))))
$$;
grant execute on function pg_temp.event to service_role;

set local role service_role;
select is(public.apply_stripe_event(pg_temp.event('evt_1', 1000, 'sub_1', 'trialing')), 'applied', 'S0-12 an event is applied');
select results_eq($$select subscription_tier, subscription_status from public.users
    where id = '00000000-0000-0000-0000-00000000000a'$$, $$values ('pro', 'trialing')$$, 'S0-10 C12 users mirrors it');
select is(public.apply_stripe_event(pg_temp.event('evt_1', 1000, 'sub_1', 'trialing')), 'duplicate', 'S0-12 a replay is a duplicate');
select is((select count(*) from public.subscription_audit), 1::bigint, 'S0-12 and leaves one audit row');
select is(public.apply_stripe_event(pg_temp.event('evt_2', 3000, 'sub_1', 'active', 'studio')), 'applied', 'S0-12 a later event');
select is(public.apply_stripe_event(pg_temp.event('evt_3', 2000, 'sub_1', 'past_due')), 'stale', 'S0-12 an event out of order is stale');
select is((select tier || ' ' || status from public.subscriptions), 'studio active', 'S0-12 and changes nothing');
select is(public.apply_stripe_event(pg_temp.event('evt_4', 4000, 'sub_2', 'active', 'enterprise', 200)), 'applied',
    'S0-12 a younger subscription takes over');
select is(public.apply_stripe_event(pg_temp.event('evt_5', 5000, 'sub_1', 'canceled')), 'superseded',
    'S0-12 the end of the older one does not end it');
select is(public.apply_stripe_event(pg_temp.event('evt_6', 5500, 'sub_1', 'active')), 'superseded',
    'S0-12 nor does the older one come back');
select is((select subscription_tier from public.users where id = '00000000-0000-0000-0000-00000000000a'), 'enterprise',
    'S0-12 the user is served by the younger one');
select is(public.apply_stripe_event(pg_temp.event('evt_7', 6000, 'sub_2', 'canceled', type => 'customer.subscription.deleted')),
    'applied', 'S0-12 a subscription ends');
select is(public.apply_stripe_event(pg_temp.event('evt_8', 6000, 'sub_2', 'active')), 'stale', 'S0-12 and stays ended');
select is(public.apply_stripe_event(jsonb_set(pg_temp.event('evt_9', 7000, 'sub_9', 'active'), '{data,object}',
    (pg_temp.event('evt_9', 7000, 'sub_9', 'active') #> '{data,object}') || '{"customer": "cus_9", "metadata": {"user_id": "no"}}')),
    'unknown_user', 'S0-12 a customer nobody knows is noted');
select is(public.apply_stripe_event('{"id": "evt_i", "type": "invoice.paid", "created": 1, "data": {"object": {}}}'), 'ignored',
    'S0-12 other events are ignored');
select throws_ok($$select public.apply_stripe_event('{}')$$, '22023', null, 'S0-12 nonsense is refused');
select throws_ok($$select public.apply_stripe_event(pg_temp.event('evt_10', 8000, 'sub_2', 'zombie'))$$, '22023', null,
    'C17 a state nobody documented is refused');
select throws_ok($$select public.apply_stripe_event(pg_temp.event('evt_11', 8000, 'sub_2', 'active', 'gold'))$$, '22023', null,
    'C17 a price without a tier is refused');
select is((select count(*) from private.stripe_events where id in ('evt_10', 'evt_11')), 0::bigint,
    'S0-12 a refused event leaves no trace');

select throws_ok(format($$select public.apply_stripe_event(pg_temp.event('evt_12', 8000, 'sub_2', 'active') #- %L)$$, path), '22023', null,
    'S0-12 an event without ' || path)
from unnest(array['{data,object,id}', '{data,object,customer}', '{data,object,items,data,0,current_period_start}',
    '{data,object,items,data,0,current_period_end}']) as path;
-- what stands for one account is no other one's
select is(public.apply_stripe_event(jsonb_set(jsonb_set(pg_temp.event('evt_13', 9000, 'sub_b', 'active', 'studio', 900),
    '{data,object,customer}', '"cus_b"'), '{data,object,metadata,user_id}', '"00000000-0000-0000-0000-00000000000b"')), 'applied',
    'S0-12 another account has a younger subscription');
select is(public.apply_stripe_event(pg_temp.event('evt_14', 9500, 'sub_3', 'active', 'pro', 300)), 'applied', 'S0-12 which does not stand before this one''s');
select results_eq('select user_id, stripe_subscription_id, tier from public.subscriptions order by user_id',
    $$values ('00000000-0000-0000-0000-00000000000a'::uuid, 'sub_3', 'pro'), ('00000000-0000-0000-0000-00000000000b', 'sub_b', 'studio')$$,
    'S0-12 each account has its own');
delete from public.subscriptions where stripe_subscription_id = 'sub_b';

-- states and mapping
select lives_ok($$update public.subscriptions set status = 'paused'$$, 'S0-13 paused is a state');
select lives_ok($$update public.subscriptions set status = 'incomplete_expired'$$, 'S0-13 incomplete_expired is a state');
select results_eq($$select public.subscription_status(s) from unnest(array['on_trial', 'trial', 'cancelled', 'expired', 'past_due']) as s$$,
    $$values ('trialing'), ('trialing'), ('canceled'), ('canceled'), ('past_due')$$, 'C17 the words of other providers');

-- drift
update public.subscriptions set tier = 'studio', status = 'active';
select is((select subscription_tier from public.users where id = '00000000-0000-0000-0000-00000000000a'), 'studio',
    'S0-10 a tier written to subscriptions reaches users');
select throws_ok($$update public.users set subscription_tier = 'enterprise'
    where id = '00000000-0000-0000-0000-00000000000a'$$, 'PT409', null, 'S0-10 a mirror cannot be turned against its source');
select lives_ok($$update public.users set subscription_tier = 'enterprise'
    where id = '00000000-0000-0000-0000-00000000000b'$$, 'S0-15 C13 a user without a subscription may be given a tier');
delete from public.subscriptions;
select results_eq($$select subscription_tier, subscription_status from public.users
    where id = '00000000-0000-0000-0000-00000000000a'$$, $$values ('free', null::text)$$, 'S0-15 C13 no subscription is the free tier');

-- the audit trail
insert into public.subscription_audit (user_id, action, stripe_event_id)
    values ('00000000-0000-0000-0000-00000000000b', 'created', 'evt_x');
select throws_ok($$insert into public.subscription_audit (user_id, action, stripe_event_id)
    values ('00000000-0000-0000-0000-00000000000b', 'created', 'evt_x')$$, '23505', null, 'S0-12 one audit row for each event');
reset role;
select throws_ok($$update public.subscription_audit set action = 'x'$$, '42501', 'subscription_audit is append-only',
    'S0-12 audit rows do not change');
select throws_ok($$update public.subscription_audit set user_id = null where action = 'created'$$, '42501', null,
    'S0-12 nor are they taken from their user');
select throws_ok($$delete from public.subscription_audit$$, '42501', null, 'S0-12 nor deleted');
select throws_ok($$truncate public.subscription_audit$$, '42501', null, 'S0-12 nor truncated');
select * from finish();
rollback;

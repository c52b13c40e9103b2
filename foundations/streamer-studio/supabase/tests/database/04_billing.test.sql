-- Stripe's events: applied once, in the order they happened, whatever the order they came in.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

insert into auth.users (id, email) values
    ('00000000-0000-0000-0000-00000000000a', 'a@test.com'), ('00000000-0000-0000-0000-00000000000b', 'b@test.com');

-- An event `at` seconds after an arbitrary moment about a subscription of user A.
create function public.test_event(id text, at integer, status text, tier text default 'pro', subscription text default 'sub_1',
    period integer default 0)
returns jsonb language sql as $$
    select jsonb_build_object('id', id, 'type', 'customer.subscription.updated', 'created', 1750000000 + at,
        'data', jsonb_build_object('object', jsonb_build_object(
            'id', subscription, 'customer', 'cus_a', 'status', status, 'created', 1750000000,
            'metadata', jsonb_build_object('user_id', '00000000-0000-0000-0000-00000000000a'),
            'items', jsonb_build_object('data', jsonb_build_array(jsonb_build_object(
                'current_period_start', 1750000000 + period, 'current_period_end', 1752600000 + period,
                'price', jsonb_build_object('id', 'price_1', 'metadata', jsonb_build_object('tier', tier))))))))
$$;
create function public.test_plan() returns text language sql as $$
    select subscription_tier || ' ' || subscription_status || ' ' || stripe_customer_id
    from public.users where id = '00000000-0000-0000-0000-00000000000a'
$$;
grant execute on function public.test_event(text, integer, text, text, text, integer), public.test_plan() to service_role;

set local role service_role;
select is(public.apply_stripe_event(public.test_event('e1', 10, 'trialing')), 'applied', 'S2-11 C17 a trial begins');
select is(public.apply_stripe_event(public.test_event('e1', 10, 'trialing')), 'duplicate', 'S2-11 an event counts once');
select is(public.apply_stripe_event(public.test_event('e3', 30, 'active')), 'applied', 'S2-11 it becomes active');
select is(public.apply_stripe_event(public.test_event('e2', 20, 'past_due')), 'stale', 'S2-11 an older event changes nothing');
select is(public.test_plan(), 'pro active cus_a', 'S2-11 users mirrors it');
select public.increment_user_usage('00000000-0000-0000-0000-00000000000a');
update public.subscriptions set usage_reset_at = now() where stripe_subscription_id = 'sub_1';
select is(public.apply_stripe_event(public.test_event('e3b', 35, 'active')), 'applied', 'A2-166 something else changes');
select results_eq($$select assets_used, usage_reset_at from public.subscriptions where stripe_subscription_id = 'sub_1'$$, $$values (1, now())$$, 'A2-166 and the month goes on');
select is(public.apply_stripe_event(public.test_event('e4', 40, 'active', period => 2600000)), 'applied', 'A2-166 a new billing cycle');
select is((select assets_used from public.subscriptions where stripe_subscription_id = 'sub_1'), 0, 'A2-166 begins at nothing');
select is(public.apply_stripe_event(public.test_event('e5', 50, 'canceled')), 'applied', 'S2-11 it ends');
select is((select assets_limit from public.subscriptions where stripe_subscription_id = 'sub_1'), 5, 'S2-11 with the limits of free');
select is(public.apply_stripe_event(public.test_event('e6', 60, 'active')), 'stale', 'S2-11 what is canceled stays so');
select is(public.apply_stripe_event(public.test_event('e7', 70, 'active', 'studio', 'sub_2')), 'applied', 'S2-11 another one takes over');
select is(public.apply_stripe_event(public.test_event('e8', 80, 'canceled', 'pro', 'sub_1')), 'superseded', 'S2-11 the old one no longer matters');
select is(public.test_plan(), 'studio active cus_a', 'S2-11 studio');
select is(public.apply_stripe_event('{"id": "e9", "type": "invoice.paid", "created": 1, "data": {"object": {}}}'), 'ignored',
    'S2-11 other events are kept and change nothing');
select throws_ok($$select public.apply_stripe_event(public.test_event('e10', 90, 'sleeping'))$$, '22023', null,
    'C17 an unknown state is an error that names it');
select throws_ok($$select public.apply_stripe_event(public.test_event('e11', 90, 'active', 'gold'))$$, '22023', null,
    'S2-11 an unknown tier is an error');
select throws_ok(format('select public.apply_stripe_event(public.test_event(''e12'', 90, ''active'') #- %L)', path), '22023', null, 'S2-11 a subscription without ' || path)
from unnest(array['{data,object,id}', '{data,object,customer}', '{data,object,items,data,0,current_period_start}', '{data,object,items,data,0,current_period_end}']) as path;
select throws_ok($$select public.apply_stripe_event('{"id": 1}')$$, '22023', null, 'S2-11 what is no event is an error');
select throws_ok($$select public.apply_stripe_event(null)$$, '22023', null, 'S2-11 null is no event');

-- events outlive the account they were about
select throws_ok($$update private.stripe_events set outcome = 'lost'$$, '23514', null, 'S2-11 no such outcome');
reset role;
delete from auth.users where id = '00000000-0000-0000-0000-00000000000a';
select is((select user_id from private.stripe_events where id = 'e1'), null, 'S2-11 what happened stays when the account goes');

select * from finish();
rollback;

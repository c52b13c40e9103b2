-- Blots: every movement has its line, and the sums of the lines are the balances.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

insert into auth.users (id, email) values
    ('00000000-0000-0000-0000-00000000000a', 'a@test.com'), ('00000000-0000-0000-0000-00000000000b', 'b@test.com');
insert into public.jobs (id, owner_id, type, blots_reserved) values
    ('00000000-0000-0000-0000-0000000000a4', '00000000-0000-0000-0000-00000000000a', 'generation', 10),
    ('00000000-0000-0000-0000-0000000000b4', '00000000-0000-0000-0000-00000000000b', 'generation', 10);

-- subscription pool, pack pool, and what is wrong with the ledger: nothing
create function public.test_balance(out pools text, out drift bigint) language sql as $$
    select p.blots || '+' || p.pack_blots,
        (select abs(sum(subscription_delta) - p.blots) + abs(sum(pack_delta) - p.pack_blots)
        from public.blot_transactions as t where t.owner_id = p.owner_id)
    from public.profiles as p where p.owner_id = '00000000-0000-0000-0000-00000000000a'
$$;
grant execute on function public.test_balance() to service_role;

set local role service_role;
select is(public.get_available_blots('00000000-0000-0000-0000-00000000000a'), 75, 'A3-221 seventy-five to begin with');
select is(public.get_available_blots(gen_random_uuid()), 0, 'S3-27 nobody has none');
select ok(public.deduct_blots('00000000-0000-0000-0000-00000000000a', 10, tx_job_id => '00000000-0000-0000-0000-0000000000a4'),
    'S3-3 A3-250 takes what is there');
select is(public.test_balance()::text, '(65+0,0)', 'S3-3 A3-234 from the subscription');
select ok(not public.deduct_blots('00000000-0000-0000-0000-00000000000a', 66), 'A3-250 too few is false');
select is(public.test_balance()::text, '(65+0,0)', 'A3-250 and nothing happens');

select lives_ok($$select public.add_pack_blots('00000000-0000-0000-0000-00000000000a', 100, 'topup', 'cs_1')$$, 'S3-6 A3-236 a pack');
select lives_ok($$select public.add_pack_blots('00000000-0000-0000-0000-00000000000a', 100, 'topup', 'cs_1')$$, 'S3-5 the same pack');
select is(public.test_balance()::text, '(65+100,0)', 'S3-5 S3-6 counts once');
select ok(public.deduct_blots('00000000-0000-0000-0000-00000000000a', 80, 'hero', 'A hero'), 'C1 A3-250 both pools together');
select is(public.test_balance()::text, '(0+85,0)', 'C1 A3-250 subscription first, then pack');
select results_eq($$select subscription_delta, pack_delta, description from public.blot_transactions where type = 'hero'$$,
    $$values (-65, -15, 'A hero')$$, 'A3-194 A3-195 A3-234 with its two amounts');
select lives_ok($$select public.reset_subscription_blots('00000000-0000-0000-0000-00000000000a', 300, 'in_1')$$, 'A3-252 a month begins');
select lives_ok($$select public.reset_subscription_blots('00000000-0000-0000-0000-00000000000a', 300, 'in_1')$$, 'S3-5 announced twice');
select is(public.test_balance()::text, '(300+85,0)', 'S3-6 C1 A3-231 the packs stay');
select public.reset_subscription_blots('00000000-0000-0000-0000-00000000000a', 300);
select is(public.test_balance()::text, '(300+85,0)', 'S3-7 two resets and the ledger agrees');
savepoint nothing;
select public.reset_subscription_blots('00000000-0000-0000-0000-00000000000a', 0);
select is(public.test_balance()::text, '(0+85,0)', 'S3-4 a month may bring nothing');
rollback to savepoint nothing;
select is((select blots_reset_at from public.profiles where owner_id = '00000000-0000-0000-0000-00000000000a'),
    now() + interval '1 month', 'A3-252 the next one in a month');
select public.add_upgrade_blots('00000000-0000-0000-0000-00000000000a', 200, 'in_9');
select public.add_upgrade_blots('00000000-0000-0000-0000-00000000000a', 200, 'in_9');
select is(public.test_balance()::text, '(500+85,0)', 'S3-5 A3-253 an upgrade adds its difference once');

-- refunds
select public.refund_blots('00000000-0000-0000-0000-00000000000a', 4, '00000000-0000-0000-0000-0000000000a4', 'two pages failed');
select is(public.test_balance()::text, '(504+85,0)', 'A3-251 a refund goes to the subscription');
select is((select blots_refunded from public.jobs where id = '00000000-0000-0000-0000-0000000000a4'), 4, 'S3-5 and is written on the job');
select throws_ok($$select public.refund_blots('00000000-0000-0000-0000-00000000000a', 7, '00000000-0000-0000-0000-0000000000a4', 'x')$$,
    'PT409', null, 'S3-5 no more than is left of the reserve');
select throws_ok($$select public.refund_blots('00000000-0000-0000-0000-00000000000a', 5, '00000000-0000-0000-0000-0000000000b4', 'x')$$,
    'PT409', null, 'S3-5 not for another''s job');
select throws_ok($$select public.refund_blots('00000000-0000-0000-0000-00000000000a', 5, null, 'x')$$, 'PT409', null, 'S3-5 not for no job');

-- amounts that are none
select throws_ok(call, code, null, item || ' ' || call)
from (values
    ('S3-4', '22023', $$select public.deduct_blots('00000000-0000-0000-0000-00000000000a', -1000)$$),
    ('S3-4', '22023', $$select public.deduct_blots('00000000-0000-0000-0000-00000000000a', 0)$$),
    ('S3-4', '22023', $$select public.deduct_blots('00000000-0000-0000-0000-00000000000a', null)$$),
    ('S3-4', '22003', $$select public.deduct_blots('00000000-0000-0000-0000-00000000000a', 99999999999::bigint::integer)$$),
    ('S3-4', '22023', $$select public.refund_blots('00000000-0000-0000-0000-00000000000a', -1000, '00000000-0000-0000-0000-0000000000a4', 'x')$$),
    ('S3-4', '22023', $$select public.reset_subscription_blots('00000000-0000-0000-0000-00000000000a', -5)$$),
    ('S3-4', '22023', $$select public.add_upgrade_blots('00000000-0000-0000-0000-00000000000a', -5)$$),
    ('S3-4', '22023', $$select public.add_upgrade_blots('00000000-0000-0000-0000-00000000000a', 2147483647)$$),
    ('S3-4', '22023', $$select public.add_pack_blots('00000000-0000-0000-0000-00000000000a', -5, 'topup', 'cs_2')$$),
    ('S3-6', '23514', $$select public.add_pack_blots('00000000-0000-0000-0000-00000000000a', 5, 'gold', 'cs_2')$$),
    ('S3-6', '22023', $$select public.add_pack_blots('00000000-0000-0000-0000-00000000000a', 5, 'topup', null)$$),
    ('A3-235', '22023', $$select public.deduct_blots('00000000-0000-0000-0000-00000000000a', 1, 'refund')$$),
    ('S3-29', 'PT404', $$select public.deduct_blots(gen_random_uuid(), 10)$$),
    ('S3-29', 'PT404', $$select public.add_upgrade_blots(gen_random_uuid(), 10)$$),
    ('S3-29', 'PT404', $$select public.reset_subscription_blots(null, 10)$$)
) as bad (item, code, call);
select is(public.test_balance()::text, '(504+85,0)', 'S3-4 S3-7 and nothing changed');
reset role;
update public.profiles set disabled_at = now() where owner_id = '00000000-0000-0000-0000-00000000000b';
select throws_ok($$select public.deduct_blots('00000000-0000-0000-0000-00000000000b', 10)$$, 'PT403', null, 'S3-19 a disabled account spends nothing');

-- Stripe
create function public.test_event(id text, at integer, kind text, object jsonb) returns jsonb language sql as $$
    select jsonb_build_object('id', id, 'type', kind, 'created', extract(epoch from now())::integer + at, 'data', jsonb_build_object('object',
        object || jsonb_build_object('customer', 'cus_a')))
$$;
create function public.test_subscription(status text, plan text default 'creator', blots text default '500', invoice text default 'in_20') returns jsonb
language sql as $$
    select jsonb_build_object('id', 'sub_1', 'status', status, 'latest_invoice', invoice,
        'metadata', jsonb_build_object('user_id', '00000000-0000-0000-0000-00000000000a'),
        'items', jsonb_build_object('data', jsonb_build_array(jsonb_build_object('price', jsonb_build_object('id', 'price_1',
            'recurring', jsonb_build_object('interval', 'month'),
            'metadata', jsonb_build_object('plan', plan, 'blots', blots))))))
$$;
create function public.test_plan() returns text language sql as $$
    select concat_ws(' ', plan, plan_blots, blots, pack_blots, stripe_customer_id, payment_failed_at is not null) from public.profiles
    where owner_id = '00000000-0000-0000-0000-00000000000a'
$$;
grant execute on function public.test_event(text, integer, text, jsonb), public.test_subscription(text, text, text, text), public.test_plan() to service_role;
set local role service_role;
select is(public.apply_stripe_event(public.test_event('e1', 10, 'customer.subscription.created', public.test_subscription('active'))),
    'applied', 'A3-230 a subscription begins');
select public.deduct_blots('00000000-0000-0000-0000-00000000000a', 100);
select is(public.apply_stripe_event(public.test_event('e2', 11, 'invoice.paid',
    '{"id": "in_20", "billing_reason": "subscription_create"}')), 'applied', 'A3-231 and is paid');
select is(public.test_plan(), 'creator 500 400 85 cus_a f', 'A3-230 A3-231 its level was there, and the first invoice does not fill it again');
select is(public.apply_stripe_event(public.test_event('e2', 11, 'invoice.paid',
    '{"id": "in_20", "billing_reason": "subscription_create"}')), 'duplicate', 'S3-5 an event counts once');
select is(public.apply_stripe_event(public.test_event('e3', 20, 'invoice.payment_failed', '{"id": "in_21"}')), 'applied', 'A3-012 a payment fails');
select is(public.test_plan(), 'creator 500 400 85 cus_a t', 'A3-233 it is remembered');
select is(public.apply_stripe_event(public.test_event('e4', 21, 'invoice.paid',
    '{"id": "in_22", "billing_reason": "subscription_cycle"}')), 'applied', 'A3-233 it is paid');
select is(public.test_plan(), 'creator 500 500 85 cus_a f', 'A3-233 and forgotten');
select is(public.apply_stripe_event(public.test_event('e5', 30, 'checkout.session.completed',
    '{"id": "cs_5", "payment_status": "paid", "metadata": {"pack_id": "boost", "blots": "250"}}')), 'applied', 'A3-236 S3-6 a pack is bought');
select is(public.test_plan(), 'creator 500 500 335 cus_a f', 'A3-236 and there');
select is(public.apply_stripe_event(public.test_event('e5b', 35, 'customer.subscription.updated',
    public.test_subscription('active', 'studio', '800', 'in_23'))), 'applied', 'A3-253 a higher level');
select is(public.test_plan(), 'studio 800 800 335 cus_a f', 'A3-253 adds the difference');
select is(public.apply_stripe_event(public.test_event(format('e5%s', at), at, 'customer.subscription.updated',
    public.test_subscription('active', plan, level, 'in_3' || at))), 'applied', 'A3-253 down and up again, each with an invoice of its own')
from (values (36, 'creator', '500'), (37, 'studio', '800'), (38, 'creator', '500'), (39, 'studio', '800')) as change (at, plan, level);
select is(public.test_plan(), 'studio 800 800 335 cus_a f', 'A3-253 S3-5 adds no difference that the month has been given');
select is(public.apply_stripe_event(public.test_event('e5z', 22, 'invoice.payment_failed', '{"id": "in_22"}')), 'applied', 'A3-233 a failure of before is told of late');
select is(public.test_plan(), 'studio 800 800 335 cus_a f', 'A3-233 and the subscription that has been told since stands');
select is(public.apply_stripe_event(public.test_event('e6', 40, 'customer.subscription.deleted', public.test_subscription('canceled'))),
    'applied', 'A3-230 the subscription ends');
select is(public.test_plan(), 'free 50 800 335 cus_a f', 'A3-230 and the plan is the free one');
select is(public.apply_stripe_event(public.test_event('e7', 35, 'customer.subscription.updated', public.test_subscription('active', 'studio', '800'))),
    'stale', 'S3-5 what is older changes nothing');
select is(public.apply_stripe_event(public.test_event('e8', 50, 'customer.created', '{}')), 'ignored', 'S3-5 other events change nothing');
select throws_ok($$select public.apply_stripe_event(public.test_event('e9', 50, 'customer.subscription.updated', public.test_subscription('asleep')))$$,
    '22023', null, 'S3-5 an unknown state is an error');
select throws_ok($$select public.apply_stripe_event(public.test_event('e9', 50, 'customer.subscription.updated', public.test_subscription('active', 'gold')))$$,
    '22023', null, 'S3-5 an unknown plan too');
select throws_ok(format('select public.apply_stripe_event(public.test_event(''e9'', 50, ''checkout.session.completed'', %L))', session), '22023', null, 'S3-6 no such pack: ' || session)
from unnest(array['{"id": "cs_9", "payment_status": "paid", "metadata": {"pack_id": "gold", "blots": "250"}}',
    '{"id": "cs_9", "payment_status": "paid", "metadata": {"pack_id": "boost", "blots": "0"}}',
    '{"id": "cs_9", "payment_status": "paid", "metadata": {"pack_id": "boost"}}', '{"payment_status": "paid", "metadata": {"pack_id": "boost", "blots": "250"}}']) as session;
select throws_ok($$select public.apply_stripe_event('[]')$$, '22023', null, 'S3-5 what is no event is an error');
select is((public.test_balance()).drift, 0::bigint, 'S3-7 the ledger agrees to the end');
reset role;
delete from auth.users where id = '00000000-0000-0000-0000-00000000000a';
select is_empty($$select from private.blot_months where owner_id = '00000000-0000-0000-0000-00000000000a'$$, 'A3-253 a month goes with its account');
select is_empty($$select from private.stripe_events where owner_id = '00000000-0000-0000-0000-00000000000a'$$, 'C29 the events of an account that is gone are nobody''s');

select * from finish();
rollback;

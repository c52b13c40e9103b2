-- What Stripe tells: delivered twice, out of order, for organisations nobody knows and in words nobody documented.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

insert into auth.users (id, email) values ('00000000-0000-0000-0000-00000000000a', 'a@test.com');
insert into public.orgs (id, name, slug, owner_id)
select ('00000000-0000-0000-0000-0000000000f' || n)::uuid, 'Org', 'org-' || n, '00000000-0000-0000-0000-00000000000a' from unnest('{1,2}'::text[]) as n;

-- Events as Stripe posts them, about organisation n.
create function pg_temp.event(id text, created integer, type text, object jsonb, n text) returns jsonb language sql as $$
    select jsonb_build_object('id', id, 'type', type, 'created', created, 'data', jsonb_build_object('object', object
        || jsonb_build_object('customer', 'cus_' || n, 'metadata', coalesce(object -> 'metadata', '{}')
            || jsonb_build_object('org_id', 'org_000000000000000000000000000000f' || n))))
$$;
create function pg_temp.told(id text, created integer, subscription text, state text, n text default '1', plan text default 'pro', born integer default 100)
returns jsonb language sql as $$
    select pg_temp.event(id, created, 'customer.subscription.updated', jsonb_build_object('id', subscription, 'status', state, 'created', born,
        'items', jsonb_build_object('data', jsonb_build_array(jsonb_build_object('price', jsonb_build_object('id', 'price_1',
            'metadata', jsonb_build_object('plan', plan)))))), n)
$$;
create function pg_temp.billed(id text, created integer, invoice text, state text, cents jsonb default '1250', n text default '1', currency text default 'usd')
returns jsonb language sql as $$
    select pg_temp.event(id, created, 'invoice.updated', jsonb_build_object('id', invoice, 'status', state, 'currency', currency, 'amount_due', cents,
        'period_start', 1000, 'period_end', 2000), n)
$$;
create function pg_temp.bought(id text, session text, credits text, n text default '1', paid text default 'paid') returns jsonb language sql as $$
    select pg_temp.event(id, 3000, 'checkout.session.completed', jsonb_build_object('id', session, 'payment_intent', session, 'payment_status', paid,
        'currency', 'usd', 'amount_total', 499, 'metadata', jsonb_build_object('pack_type', 'small', 'credits', credits)), n)
$$;
create function pg_temp.plans() returns text language sql as $$select string_agg(plan, ' ' order by id) from public.orgs$$;
grant execute on all functions in schema pg_temp to service_role;

set local role service_role;
-- plans
select is(public.apply_stripe_event(pg_temp.told('e1', 1000, 'sub_1', 'trialing')), 'applied', 'S4-6 a subscription is told of');
select is(pg_temp.plans(), 'pro free', 'S4-6 its organisation has the plan, and no other');
select is(public.apply_stripe_event(pg_temp.told('e1', 1000, 'sub_1', 'trialing')), 'duplicate', 'S4-28 an event counts once');
select is(public.apply_stripe_event(pg_temp.told('e2', 3000, 'sub_1', 'active', plan => 'starter')), 'applied', 'S4-6 a later event');
select is(public.apply_stripe_event(pg_temp.told('e3', 2000, 'sub_1', 'canceled')), 'applied', 'S4-6 an end is an end, whenever it comes');
select is(pg_temp.plans(), 'free free', 'S4-6 and the plan is the free one');
select is(public.apply_stripe_event(pg_temp.told('e4', 4000, 'sub_2', 'active', '2', 'enterprise', 900)), 'applied', 'S4-6 another organisation''s');
select is(public.apply_stripe_event(pg_temp.told('e5', 4000, 'sub_3', 'active', '1', 'starter', 300)), 'applied', 'S4-6 does not stand before this one''s');
select is(pg_temp.plans(), 'starter enterprise', 'S4-6 each has its own');
select is(public.apply_stripe_event(pg_temp.told('e6', 5000, 'sub_3', 'unpaid', '1', 'starter', 300)), 'applied', 'S4-6 who does not pay');
select is(pg_temp.plans(), 'free enterprise', 'S4-6 has the free plan');
select is(public.apply_stripe_event(jsonb_set(pg_temp.told('e7', 5000, 'sub_4', 'active', '3'), '{data,object,metadata,org_id}', '"no"')), 'unknown_user',
    'S4-6 an organisation nobody knows');
select is(pg_temp.plans(), 'free enterprise', 'S4-6 changes nothing');

-- invoices
select is(public.apply_stripe_event(pg_temp.billed('i1', 1000, 'in_1', 'open')), 'applied', 'S4-28 an invoice');
select is(public.apply_stripe_event(pg_temp.billed('i2', 3000, 'in_1', 'paid')), 'applied', 'S4-28 is paid');
select is(public.apply_stripe_event(pg_temp.billed('i3', 4000, 'in_1', 'open')), 'applied', 'S4-28 and stays so');
select is(public.apply_stripe_event(pg_temp.billed('i4', 1000, 'in_2', 'uncollectible', n => '2')), 'applied', 'S4-28 another one''s is open');
select results_eq('select right(org_id::text, 1), stripe_invoice_id, status, amount_usd, period_end from public.invoices order by stripe_invoice_id',
    $$values ('1', 'in_1', 'paid', 12.50, to_timestamp(2000)), ('2', 'in_2', 'open', 12.50, to_timestamp(2000))$$, 'S4-28 each organisation has its invoices');

-- packs
select is(public.apply_stripe_event(pg_temp.bought('p1', 'pi_1', '5')), 'applied', 'S4-28 a pack is paid');
select is(public.apply_stripe_event(pg_temp.bought('p2', 'pi_1', '5')), 'applied', 'S4-28 and told of again');
select is(public.apply_stripe_event(pg_temp.bought('p3', 'pi_2', '7', '2')), 'applied', 'S4-28 another organisation buys one');
select is(public.apply_stripe_event(pg_temp.bought('p4', 'pi_3', '9', paid => 'unpaid')), 'ignored', 'S4-28 what is not paid is none');
select is(public.apply_stripe_event('{"id": "x", "type": "charge.succeeded", "created": 1, "data": {"object": {}}}'), 'ignored', 'S4-28 other events say nothing');
select results_eq('select right(org_id::text, 1), credits_remaining, price_usd from public.credit_packs order by 1', $$values ('1', 5, 4.99), ('2', 7, 4.99)$$,
    'S4-28 each payment is one pack of one organisation');

-- what became of each
select is((select string_agg(id || ' ' || outcome, ', ' order by id) from private.stripe_events where id ~ '^e'),
    'e1 applied, e2 applied, e3 applied, e4 applied, e5 applied, e6 applied, e7 unknown_user', 'S4-28 what became of an event stays');

-- what makes no sense is refused, and leaves no trace
create temporary table before as select (select count(*) from private.stripe_events) as events;
select throws_ok(format('select public.apply_stripe_event(%L)', event), '22023', null, 'C18 S4-28 ' || what)
from (values
    ('no event', '{}'::jsonb), ('nothing', null), ('a list', '[]'), ('no object', '{"id": "x", "type": "invoice.paid", "created": 1, "data": {}}'),
    ('no time', pg_temp.told('n1', 1, 'sub_1', 'active') || '{"created": "soon"}'), ('a time that no calendar has', pg_temp.told('n2', 1, 'sub_1', 'active') || '{"created": 1e30}'),
    ('a state nobody documented', pg_temp.told('n3', 1, 'sub_1', 'zombie')), ('no state', pg_temp.told('n4', 1, 'sub_1', null)),
    ('a subscription without id', pg_temp.told('n5', 1, null, 'active')), ('a plan nobody knows', pg_temp.told('n6', 1, 'sub_1', 'active', plan => 'gold')),
    ('no plan', pg_temp.told('n7', 1, 'sub_1', 'active', plan => null)), ('an invoice''s state', pg_temp.billed('n8', 1, 'in_9', 'lost')),
    ('an invoice without id', pg_temp.billed('n9', 1, null, 'open')), ('other money', pg_temp.billed('n10', 1, 'in_9', 'open', currency => 'eur')),
    ('an amount that is none', pg_temp.billed('n11', 1, 'in_9', 'open', '"many"')), ('no amount', pg_temp.billed('n12', 1, 'in_9', 'open', 'null')),
    ('a negative pack', pg_temp.bought('n13', 'pi_9', '-5')), ('an empty pack', pg_temp.bought('n14', 'pi_9', '0')),
    ('half a pack', pg_temp.bought('n15', 'pi_9', '0.5')), ('too large a pack', pg_temp.bought('n16', 'pi_9', '9999999999')), ('no number', pg_temp.bought('n17', 'pi_9', 'NaN'))
) as events (what, event);
select is((select count(*) from private.stripe_events), (select events from before), 'S4-28 a refused event leaves no trace');
select is(pg_temp.plans(), 'free enterprise', 'S4-6 and no plan changed');
select results_eq('select count(*) from public.invoices union all select count(*) from public.credit_packs', 'values (2::bigint), (2::bigint)', 'S4-28 nor the books');

-- events outlive the organisation they were about
select throws_ok($$update private.stripe_events set outcome = 'lost'$$, '23514', null, 'S4-28 no such outcome');
select throws_ok($$insert into private.stripe_events (id, type, created_at) values ('e1', 'x', now())$$, '23505', null, 'S4-28 nor an event twice');
reset role;
insert into public.invoices (org_id, stripe_invoice_id, amount_usd) values ('00000000-0000-0000-0000-0000000000f2', 'in_two', 5);
insert into private.stripe_events (id, type, created_at, org_id, says) values ('other', 'invoice.paid', now(), '00000000-0000-0000-0000-0000000000f1',
    '{"invoice": "in_two", "amount_usd": 1, "invoice_status": "paid", "line_items": []}');
select private.keep_stripe_books('00000000-0000-0000-0000-0000000000f1');
select results_eq($$select org_id, amount_usd from public.invoices where stripe_invoice_id = 'in_two'$$, $$values ('00000000-0000-0000-0000-0000000000f2'::uuid, 5::numeric)$$,
    'S4-28 what is said to one organisation changes no invoice of another');
delete from public.orgs where id = '00000000-0000-0000-0000-0000000000f2';
select results_eq($$select id, org_id from private.stripe_events where id in ('e1', 'e4') order by id$$,
    $$values ('e1', '00000000-0000-0000-0000-0000000000f1'::uuid), ('e4', null)$$, 'S4-28 what happened stays when the organisation goes');

select * from finish();
rollback;

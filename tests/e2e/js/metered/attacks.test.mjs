/** The foundation `metered`: the attacks of S1 and Sx through the official client, and counting under fifty callers. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { anonymous, ok, refused, service, signUp, untilTheEnd } from '../server.mjs';

const consume = (user_id, metric, amount, idempotency_key) =>
  service.rpc('increment_usage', { user_id, metric, amount, idempotency_key });

describe('metered', () => {
  const shared = untilTheEnd();
  let ada, bob, entry;

  before(async () => {
    [ada, bob] = await Promise.all([signUp(shared, { name: 'ada' }), signUp(shared, { name: 'bob' })]);
    entry = ok(await consume(ada.id, 'api_calls', 5)).entry;
    ok(await consume(bob.id, 'api_calls', 7));
  });

  test('S1-1 S1-6 a sign-up has a profile and the free plan', async () => {
    assert.deepEqual(ok(await ada.client.from('users').select('id, email')), [{ id: ada.id, email: ada.email }]);
    assert.deepEqual(ok(await ada.client.from('subscriptions').select('user_id, plan, status, entitled_plan')), [
      { user_id: ada.id, plan: 'free', status: 'active', entitled_plan: 'free' },
    ]);
  });

  test('S1-2 S1-R6 nobody changes an e-mail, an id or a time of the profile', async () => {
    for (const change of [{ email: bob.email }, { created_at: '1999-01-01' }, { id: randomUUID() }]) {
      refused(await ada.client.from('users').update(change).eq('id', ada.id), 403, '42501');
    }
    refused(await ada.client.from('users').insert({ id: randomUUID(), email: 'x@test.com' }), 403, '42501');
    refused(await ada.client.from('users').delete().eq('id', ada.id), 403, '42501');
  });

  test('S1-2 an e-mail that Auth changes reaches the profile', async () => {
    const eve = await signUp(shared, { name: 'eve' });
    const email = `eve-${randomUUID()}@test.com`;
    ok(await service.auth.admin.updateUserById(eve.id, { email, email_confirm: true }));
    assert.deepEqual(ok(await eve.client.from('users').select('email')), [{ email }]);
  });

  test('S1-6 S1-R4 nobody gives themselves a plan', async () => {
    const own = () => ada.client.from('subscriptions');
    refused(await own().update({ plan: 'pro', status: 'active' }).eq('user_id', ada.id), 403, '42501');
    refused(await own().update({ trial_ends_at: '2999-01-01' }).eq('user_id', ada.id), 403, '42501');
    refused(await own().insert({ user_id: ada.id, plan: 'free', status: 'active' }), 403, '42501');
    refused(await ada.client.from('lemon_squeezy_variants').insert({ variant_id: '1', plan: 'pro' }), 403, '42501');
    refused(await ada.client.from('plan_limits').update({ max_count: null }).eq('plan', 'free'), 403, '42501');
    refused(await ada.client.rpc('apply_lemon_squeezy_event', { event: {} }), 403, '42501');
  });

  test('S1-7 S1-R4 Sx-C4 nobody counts, for themselves or for others', async () => {
    for (const [name, args] of [
      ['increment_usage', { user_id: bob.id, metric: 'api_calls', amount: 90 }],
      ['refund_usage', { user_id: ada.id, entry }],
      ['reset_usage', { user_id: ada.id, metric: 'api_calls' }],
      ['correct_usage', { user_id: ada.id, metric: 'api_calls', change: -5 }],
      ['expire_subscriptions', {}],
      ['files_to_purge', {}],
      ['seed_usage', { test_user_id: ada.id }],
    ]) {
      refused(await ada.client.rpc(name, args), 403, '42501');
      refused(await anonymous().rpc(name, args), 401, '42501');
    }
    const own = () => ada.client.from('usage_counters');
    refused(await own().update({ count: 0 }).eq('user_id', ada.id), 403, '42501');
    refused(await own().delete().eq('user_id', ada.id), 403, '42501');
    refused(
      await ada.client.from('usage_ledger').insert({ user_id: ada.id, metric: 'api_calls', window_start: '2026-01-01', kind: 'correct', amount: 5, delta: -5 }),
      403,
      '42501',
    );
    assert.deepEqual(ok(await own().select('user_id, count')), [{ user_id: ada.id, count: 5 }]);
  });

  test('Sx-C2 Sx-C5 S1-R5 nobody reads what is not theirs', async () => {
    for (const table of ['users', 'subscriptions', 'usage_counters', 'usage_ledger', 'current_usage']) {
      const column = table === 'users' ? 'id' : 'user_id';
      assert.deepEqual(ok(await ada.client.from(table).select(column).eq(column, bob.id)), []);
      refused(await anonymous().from(table).select(column), 401, '42501');
    }
    refused(await ada.client.from('lemon_squeezy_events').select('*'), 404, 'PGRST205');
    for (const table of ['lemon_squeezy_variants', 'storage_purges']) {
      refused(await ada.client.from(table).select('*'), 403, '42501');
    }
  });

  test('S1-5 what makes no sense is refused and changes nothing', async () => {
    for (const amount of [0, -1, 1.5, 'NaN', 'Infinity', '9223372036854775808']) {
      refused(await consume(ada.id, 'api_calls', amount), 400, '22023');
    }
    refused(await consume(ada.id, 'api_calls', 'many'), 400, '22P02');
    refused(await consume(ada.id, 'apicalls ', 1), 400, '22023');
    refused(await consume(randomUUID(), 'api_calls', 1), 404, 'PT404');
    refused(await service.rpc('refund_usage', { user_id: bob.id, entry }), 404, 'PT404');
    refused(await service.from('usage_counters').update({ count: -1 }).eq('user_id', ada.id), 403, '42501');
    refused(await service.rpc('apply_lemon_squeezy_event', { event: { meta: {}, data: 1 } }), 400, '22023');
    assert.deepEqual(ok(await service.from('usage_counters').select('count').eq('user_id', ada.id)), [{ count: 5 }]);
  });

  test('S1-7 fifty callers at once count exactly', async () => {
    const eve = await signUp(shared, { name: 'eve' });
    const calls = await Promise.all(Array.from({ length: 50 }, () => consume(eve.id, 'agent_runs', 1)));
    assert.equal(calls.filter((call) => !call.error).length, 10);
    for (const call of calls.filter((call) => call.error)) refused(call, 402, 'PT402', /quota of agent_runs exceeded/);

    const repeated = await Promise.all(Array.from({ length: 50 }, () => consume(eve.id, 'api_calls', 3, 'one call')));
    assert.equal(repeated.filter((call) => !ok(call).repeated).length, 1);
    const back = await Promise.all(
      Array.from({ length: 50 }, () => service.rpc('refund_usage', { user_id: eve.id, entry: repeated[0].data.entry })),
    );
    assert.equal(back.filter((call) => !call.error).length, 1);
    assert.deepEqual(ok(await eve.client.from('current_usage').select('metric, used, remaining').order('metric')), [
      { metric: 'agent_runs', used: 10, remaining: 0 },
      { metric: 'api_calls', used: 0, remaining: 100 },
      { metric: 'storage_mb', used: 0, remaining: 100 },
    ]);
  });

  test('S1-6 a webhook may come twice and in any order', async () => {
    const eve = await signUp(shared, { name: 'eve' });
    const subscription = randomUUID();
    const event = (updated_at, status, variant_id = 1002) => ({
      meta: { event_name: 'subscription_updated', custom_data: { user_id: eve.id, plan: 'pro' } },
      data: {
        type: 'subscriptions',
        id: subscription,
        attributes: { status, variant_id, created_at: '2026-01-01', updated_at, renews_at: '2999-01-01', trial_ends_at: '2999-01-01' },
      },
    });
    const apply = async (event) => ok(await service.rpc('apply_lemon_squeezy_event', { event }));
    assert.equal(await apply(event('2026-01-01', 'on_trial')), 'applied');
    assert.equal(await apply(event('2026-01-03', 'active', 1001)), 'applied');
    const twice = await Promise.all(Array.from({ length: 10 }, () => apply(event('2026-01-04', 'past_due', 1001))));
    assert.deepEqual(twice.sort(), ['applied', ...Array(9).fill('duplicate')]);
    assert.equal(await apply(event('2026-01-02', 'paused')), 'stale');
    refused(await service.rpc('apply_lemon_squeezy_event', { event: event('2026-01-05', 'zombie') }), 400, '22023');
    assert.deepEqual(ok(await eve.client.from('subscriptions').select('plan, status')), [{ plan: 'basic', status: 'past_due' }]);
  });

  test('S1-10 a deleted account leaves nothing', async () => {
    const eve = await signUp({ after() {} }, { name: 'eve' });
    ok(await consume(eve.id, 'api_calls', 1));
    ok(await service.auth.admin.deleteUser(eve.id));
    for (const table of ['subscriptions', 'usage_counters', 'usage_ledger']) {
      assert.deepEqual(ok(await service.from(table).select('*').eq('user_id', eve.id)), []);
    }
    assert.equal(ok(await service.from('storage_purges').select('*').eq('folder', eve.id)).length, 1);
  });
});

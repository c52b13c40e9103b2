/** The foundation `saas`: the attacks of S0 and Sx, each by its id; what they leave unchanged is in forbidden.test.mjs. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { anonymous, finishedJob, ok, PASSWORD, refused, service, signUp, subscribe, untilTheEnd } from './server.mjs';

describe('saas', () => {
  const shared = untilTheEnd();
  let ada, bob, bobs;

  const profile = async (person) => ok(await service.from('users').select('*').eq('id', person.id).single());

  before(async () => {
    [ada, bob] = await Promise.all([signUp(shared, { name: 'ada' }), signUp(shared, { name: 'bob' })]);
    bobs = { ...(await finishedJob(bob)), ...(await subscribe(bob)) };
  });

  test('S0-1 S0-5 S0-8b S0-R2 nobody writes their own tier, state, usage, address or subscription', async () => {
    const own = () => ada.client.from('users');
    for (const change of [
      { subscription_tier: 'enterprise' }, { subscription_status: 'active' }, { monthly_usage: -1000000 }, { usage_reset_at: '2999-01-01' },
      { email: bob.email }, { created_at: '1999-01-01' },
    ]) {
      refused(await own().update(change).eq('id', ada.id), 403, '42501');
    }
    const { subscription_tier, monthly_usage, email } = await profile(ada);
    assert.deepEqual({ subscription_tier, monthly_usage, email }, { subscription_tier: 'free', monthly_usage: 0, email: ada.email });
    refused(await ada.client.from('subscriptions').insert({ user_id: ada.id, tier: 'enterprise', status: 'active' }), 403, '42501');
    refused(await bob.client.from('subscriptions').update({ tier: 'enterprise' }).eq('user_id', bob.id), 403, '42501');
  });

  test('S0-2 S0-18 Sx-C5 the development view shows nobody more than the tables', async () => {
    refused(await anonymous().from('dev_user_summary').select('id, email'), 401, '42501');
    const seen = await ada.client.from('dev_user_summary').select('id');
    if (seen.error) refused(seen, 403, '42501');
    else assert.deepEqual(seen.data, [{ id: ada.id }]);
    const [row] = ok(await service.from('dev_user_summary').select('*').eq('id', bob.id));
    assert.equal(row.email, bob.email);
  });

  test('S0-3 S0-4 S0-4b the seed function works, for the backend only', async () => {
    const eve = await signUp(shared, { name: 'eve' });
    ok(await service.rpc('seed_test_data', { test_user_id: eve.id }));
    const jobs = ok(await eve.client.from('jobs').select('status, error_message'));
    assert.equal(jobs.length, 5);
    assert.ok(jobs.filter((job) => job.status === 'failed').every((job) => job.error_message));
    refused(await ada.client.rpc('seed_test_data', { test_user_id: ada.id }), 403, '42501');
    refused(await anonymous().rpc('seed_test_data', { test_user_id: ada.id }), 401, '42501');
    refused(await service.rpc('seed_test_data', { test_user_id: randomUUID() }), 404, 'PT404');
  });

  test('S0-6 an address that another account had, and one without any, sign up', async () => {
    const eve = await signUp({ after() {} }, { name: 'eve' });
    ok(await service.from('users').update({ email: bob.email }).eq('id', eve.id));
    ok(await service.auth.admin.deleteUser(eve.id));
    const phone = `+49151${String(Math.random()).slice(2, 10)}`;
    const made = ok(await service.auth.admin.createUser({ phone, password: PASSWORD, phone_confirm: true })).user;
    shared.after(() => service.auth.admin.deleteUser(made.id));
    assert.equal((await profile(made)).email, null);
  });

  test('S0-7 an address that Auth changes reaches the profile', async () => {
    const eve = await signUp(shared, { name: 'eve' });
    const email = `eve-${randomUUID()}@test.com`;
    ok(await service.auth.admin.updateUserById(eve.id, { email, email_confirm: true }));
    assert.equal((await profile(eve)).email, email);
  });

  test('S0-8 S0-R3 nobody forges a job', async () => {
    const job = { user_id: ada.id, job_type: 'generation' };
    for (const more of [{ status: 'completed' }, { progress: 100 }, { result: {} }, { completed_at: '2026-01-01' }, { created_at: '1999-01-01' }]) {
      refused(await ada.client.from('jobs').insert({ ...job, ...more }), 403, '42501');
    }
    refused(await ada.client.from('jobs').insert({ ...job, user_id: bob.id }), 403, '42501');
    refused(await ada.client.from('jobs').update({ status: 'completed' }).eq('user_id', ada.id), 403, '42501');
    assert.deepEqual(ok(await ada.client.from('jobs').select('id')), []);
  });

  test('S0-8b a plan has so many jobs a month, however many ask at once', async () => {
    const eve = await signUp(shared, { name: 'eve' });
    const [{ monthly_jobs }] = ok(await service.from('tier_limits').select('monthly_jobs').eq('tier', 'free'));
    const ask = () => eve.client.from('jobs').insert({ user_id: eve.id, job_type: 'generation' });
    const answers = await Promise.all(Array.from({ length: monthly_jobs + 10 }, ask));
    for (const answer of answers.filter((answer) => answer.error)) refused(answer, 402, 'PT402');
    assert.equal(answers.filter((answer) => !answer.error).length, monthly_jobs);
    assert.equal((await profile(eve)).monthly_usage, monthly_jobs);
  });

  test('S0-9 S0-11 S0-14 what cannot be is refused, to the backend too', async () => {
    const asset = { job_id: bobs.job.id, user_id: bob.id, asset_type: 'image', url: 'https://e.com/x', storage_path: 'x', file_size: 1 };
    refused(await service.from('assets').insert({ ...asset, user_id: ada.id }), 409, '23503');
    refused(await service.from('assets').insert({ ...asset, file_size: -1 }), 400, '23514');
    const large = ok(await service.from('assets').insert({ ...asset, file_size: 3_000_000_000 }).select().single());
    assert.equal(large.file_size, 3_000_000_000);
    refused(await service.from('users').update({ monthly_usage: -5 }).eq('id', bob.id), 400, '23514');
    const { id } = ok(await service.from('jobs').insert({ user_id: bob.id, job_type: 'generation' }).select().single());
    refused(await service.from('jobs').update({ status: 'completed' }).eq('id', id), 409, 'PT409');
    ok(await service.from('jobs').update({ status: 'processing' }).eq('id', id));
    const done = ok(await service.from('jobs').update({ status: 'completed' }).eq('id', id).select().single());
    assert.equal(done.progress, 100);
    assert.ok(done.completed_at);
  });

  test('S0-10 S0-13 S0-15 a tier follows its subscription, in every state that Stripe has', async () => {
    const eve = await signUp(shared, { name: 'eve' });
    const event = (at, status) => ({
      id: `evt_${randomUUID()}`, type: 'customer.subscription.updated', created: 1750000000 + at,
      data: { object: {
        id: `sub_${eve.id}`, customer: `cus_${eve.id}`, created: 1750000000, status, metadata: { user_id: eve.id },
        items: { data: [{ current_period_start: 1750000000, current_period_end: 4000000000, price: { id: 'p', metadata: { tier: 'studio' } } }] },
      } },
    });
    assert.deepEqual(ok(await eve.client.from('subscriptions').select('tier')), []);
    for (const [at, status] of ['incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'active'].entries()) {
      assert.equal(ok(await service.rpc('apply_stripe_event', { event: event(at, status) })), 'applied', status);
      assert.equal((await profile(eve)).subscription_status, status);
    }
    assert.equal((await profile(eve)).subscription_tier, 'studio');
    ok(await service.from('subscriptions').update({ tier: 'pro' }).eq('user_id', eve.id));
    assert.equal((await profile(eve)).subscription_tier, 'pro');
    refused(await service.rpc('apply_stripe_event', { event: event(9, 'zombie') }), 400, '22023');
    refused(await service.rpc('apply_stripe_event', { event: { ...event(9, 'active'), created: 1e300 } }), 400, '22023');
  });

  test('S0-12 an event counts once, and what was audited stays', async () => {
    const entry = { user_id: bob.id, action: 'created', stripe_event_id: `evt_${randomUUID()}` };
    ok(await service.from('subscription_audit').insert(entry));
    refused(await service.from('subscription_audit').insert(entry), 409, '23505');
    const one = (client) => client.from('subscription_audit');
    assert.ok((await one(service).update({ action: 'x' }).eq('stripe_event_id', entry.stripe_event_id)).error);
    assert.ok((await one(service).delete().eq('stripe_event_id', entry.stripe_event_id)).error);
    assert.equal(ok(await one(service).select('action').eq('stripe_event_id', entry.stripe_event_id)).length, 1);
    refused(await one(ada.client).insert({ user_id: ada.id, action: 'forged' }), 403, '42501');
  });

  test('S0-R1 S0-R4 Sx-C2 Sx-C4 nobody reads, deletes or calls what is not theirs', async () => {
    for (const table of ['users', 'subscriptions', 'jobs', 'assets', 'subscription_audit']) {
      const column = table === 'users' ? 'id' : 'user_id';
      assert.deepEqual(ok(await ada.client.from(table).select(column).eq(column, bob.id)), [], table);
      refused(await anonymous().from(table).select(column), 401, '42501');
      refused(await anonymous().from(table).delete().eq(column, bob.id), 401, '42501');
    }
    for (const [name, args] of [['apply_stripe_event', { event: {} }], ['reset_monthly_usage', {}], ['subscription_status', { provider_state: 'active' }]]) {
      refused(await ada.client.rpc(name, args), 403, '42501');
      refused(await anonymous().rpc(name, args), 401, '42501');
    }
    for (const name of ['save_subscription', 'settle_stripe_event', 'stripe_time']) refused(await service.rpc(name), 404, 'PGRST202');
    refused(await service.from('stripe_events').select('*'), 404, 'PGRST205');
  });
});

/** The foundation `streamer-studio`: the attacks of S2 and Sx through the official client. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { anonymous, ok, refused, service, signUp, untilTheEnd } from '../server.mjs';

describe('streamer-studio', () => {
  const shared = untilTheEnd();
  let ada, bob;

  const PROFILE = 'id, email, email_verified, subscription_tier, subscription_status, assets_generated_this_month';
  const profile = async (person) => ok(await person.client.from('users').select(PROFILE).single());
  const connect = (person, platform, channel) =>
    service.rpc('save_platform_connection', {
      p_user_id: person.id, p_platform: platform, p_platform_user_id: channel, p_access_token: 'secret',
    });

  before(async () => {
    [ada, bob] = await Promise.all([signUp(shared, { name: 'ada' }), signUp(shared, { name: 'bob' })]);
    for (const person of [ada, bob]) {
      person.kit = ok(await person.client.from('brand_kits').insert({ user_id: person.id, name: 'Kit' }).select().single()).id;
      person.job = ok(
        await person.client.from('generation_jobs').insert({ user_id: person.id, asset_type: 'banner' }).select().single(),
      ).id;
    }
  });

  test('S2-4 a sign-up has a profile and the free plan', async () => {
    assert.deepEqual(await profile(ada), {
      id: ada.id, email: ada.email, email_verified: true, subscription_tier: 'free', subscription_status: 'none',
      assets_generated_this_month: 0,
    });
  });

  test('S2-1 S2-5 S2-R2 nobody writes what grants, proves or charges', async () => {
    for (const change of [
      { subscription_tier: 'studio' }, { subscription_status: 'active' }, { assets_generated_this_month: 0 },
      { email_verified: true }, { password_hash: 'x' }, { stripe_customer_id: 'cus_victim' }, { email: bob.email },
    ]) {
      refused(await ada.client.from('users').update(change).eq('id', ada.id), 403, '42501');
    }
    refused(await ada.client.from('users').select('password_hash'), 403, '42501');
    refused(await ada.client.from('subscriptions').update({ tier: 'studio' }).eq('user_id', ada.id), 403, '42501');
    refused(await ada.client.from('subscriptions').insert({ user_id: ada.id, tier: 'studio' }), 403, '42501');
    ok(await ada.client.from('users').update({ display_name: 'Ada' }).eq('id', ada.id));
  });

  test('S2-2 S2-3 Sx-C4 counters and events belong to the backend', async () => {
    for (const [name, args] of [
      ['increment_user_usage', { p_user_id: bob.id }],
      ['reset_monthly_usage', { p_user_id: ada.id }],
      ['claim_generation_jobs', {}],
      ['platform_tokens', { p_connection_id: randomUUID() }],
      ['take_storage_purges', {}],
      ['apply_stripe_event', { event: {} }],
    ]) {
      refused(await ada.client.rpc(name, args), 403, '42501');
      refused(await anonymous().rpc(name, args), 401, '42501');
    }
    refused(await service.rpc('increment_user_usage', { p_user_id: randomUUID() }), 404, 'PT404');
    for (let asset = 0; asset < 5; asset += 1) ok(await service.rpc('increment_user_usage', { p_user_id: bob.id }));
    refused(await service.rpc('increment_user_usage', { p_user_id: bob.id }), 402, 'PT402');
    assert.equal((await profile(bob)).assets_generated_this_month, 5);
    refused(await bob.client.from('generation_jobs').insert({ user_id: bob.id, asset_type: 'banner' }), 402, 'PT402');
    ok(await service.rpc('reset_monthly_usage', { p_user_id: bob.id }));
    assert.equal((await profile(bob)).assets_generated_this_month, 0);
    assert.equal(ok(await bob.client.from('subscriptions').select('assets_used').single()).assets_used, 0);
  });

  test('S2-8 S2-R3 nobody forges a job or uses what is not theirs', async () => {
    const jobs = () => ada.client.from('generation_jobs');
    for (const change of [{ status: 'completed' }, { completed_assets: 99 }, { retry_count: -5 }, { total_assets: 9 }]) {
      refused(await jobs().update(change).eq('id', ada.job), 403, '42501');
      refused(await jobs().insert({ user_id: ada.id, asset_type: 'banner', status: 'completed', ...change, total_assets: 1 }), 403, '42501');
    }
    refused(await jobs().insert({ user_id: ada.id, asset_type: 'banner', brand_kit_id: bob.kit }), 409, '23503');
    refused(await jobs().insert({ user_id: ada.id, asset_type: 'banner', parent_job_id: bob.job }), 409, '23503');
    refused(await jobs().insert({ user_id: bob.id, asset_type: 'banner' }), 403, '42501');
    refused(await ada.client.rpc('cancel_generation_job', { p_job_id: bob.job }), 404, 'PT404');
    refused(await jobs().delete().eq('id', ada.job), 403, '42501');
  });

  test('S2-9 tokens never reach a browser, and a plan allows one platform', async () => {
    const id = ok(await connect(ada, 'twitch', `ada ${ada.id}`));
    const own = () => ada.client.from('platform_connections');
    refused(await own().select('access_token_encrypted'), 403, '42501');
    refused(await own().update({ access_token_encrypted: 'planted' }).eq('id', id), 403, '42501');
    refused(await own().insert({ user_id: ada.id, platform: 'youtube', platform_user_id: 'x' }), 403, '42501');
    refused(await connect(ada, 'youtube', 'x'), 402, 'PT402');
    refused(await connect(bob, 'twitch', `ada ${ada.id}`), 409, '23505');
    const [row] = ok(await service.from('platform_connections').select('access_token_encrypted').eq('id', id));
    assert.doesNotMatch(row.access_token_encrypted, /secret/);
    assert.equal(ok(await service.rpc('platform_tokens', { p_connection_id: id }))[0].access_token, 'secret');
  });

  test('S2-6 S2-10 assets are made by the backend, and public ones tell little', async () => {
    const insert = { user_id: ada.id, asset_type: 'banner', is_public: true, prompt_used: 'mine', storage_key: 'k' };
    refused(await ada.client.from('assets').insert(insert), 403, '42501');
    const { id } = ok(await service.from('assets').insert(insert).select('id').single());
    assert.deepEqual(ok(await anonymous().from('assets').select('id').eq('id', id)), [{ id }]);
    for (const column of ['prompt_used', 'storage_key', 'generation_params', 'user_id']) {
      refused(await anonymous().from('assets').select(column), 401, '42501');
    }
    refused(await bob.client.from('assets').select('prompt_used'), 403, '42501');
    assert.deepEqual(ok(await bob.client.rpc('asset_generation', { p_asset_id: id })), []);
    assert.equal(ok(await ada.client.rpc('asset_generation', { p_asset_id: id }))[0].prompt_used, 'mine');
    refused(await ada.client.from('assets').update({ viral_score: 100 }).eq('id', id), 403, '42501');
    ok(await service.from('assets').update({ expires_at: '2020-01-01' }).eq('id', id));
    assert.deepEqual(ok(await anonymous().from('assets').select('id').eq('id', id)), []);
  });

  test('S2-12 S2-14 kits: values are checked, a used one can go', async () => {
    const own = () => ada.client.from('brand_kits');
    refused(await own().insert({ user_id: ada.id, name: 'x', primary_colors: ['javascript:alert(1)'] }), 400, '23514');
    refused(await own().insert({ user_id: ada.id, name: 'x', logo_url: 'javascript:alert(1)' }), 400, '23514');
    ok(await service.from('generation_jobs').update({ brand_kit_id: ada.kit }).eq('id', ada.job));
    ok(await own().delete().eq('id', ada.kit));
    assert.equal(ok(await ada.client.from('generation_jobs').select('brand_kit_id').eq('id', ada.job).single()).brand_kit_id, null);
  });

  test('S2-R1 S2-R4 Sx-C2 nobody reads or deletes what is not theirs', async () => {
    for (const table of ['users', 'brand_kits', 'generation_jobs', 'platform_connections', 'subscriptions']) {
      const column = table === 'users' ? 'id' : 'user_id';
      assert.deepEqual(ok(await ada.client.from(table).select(column).eq(column, bob.id)), [], table);
      refused(await anonymous().from(table).select(column), 401, '42501');
      refused(await anonymous().from(table).delete().eq(column, bob.id), 401, '42501');
    }
    refused(await ada.client.from('assets').update({ user_id: bob.id }).eq('user_id', ada.id), 403, '42501');
  });

  test('S2-11 S2-12c a tier follows its subscription in every state, and the account takes all along', async () => {
    const eve = await signUp({ after() {} }, { name: 'eve' });
    const event = (at, status) => ({
      id: `evt_${randomUUID()}`, type: 'customer.subscription.updated', created: 1750000000 + at,
      data: { object: {
        id: `sub_${eve.id}`, customer: `cus_${eve.id}`, created: 1750000000, status, metadata: { user_id: eve.id },
        items: { data: [{ current_period_start: 1750000000, current_period_end: 4000000000, price: { id: 'p', metadata: { tier: 'pro' } } }] },
      } },
    });
    const states = ['trialing', 'active', 'past_due', 'unpaid', 'canceled'];
    for (const [at, status] of states.entries()) assert.equal(ok(await service.rpc('apply_stripe_event', { event: event(at, status) })), 'applied', status);
    assert.equal(ok(await service.rpc('apply_stripe_event', { event: event(1, 'active') })), 'stale');
    const { subscription_tier, subscription_status } = await profile(eve);
    const subscription = ok(await eve.client.from('subscriptions').select('status').single());
    assert.deepEqual({ subscription_tier, subscription_status, stored: subscription.status }, {
      subscription_tier: 'pro', subscription_status: 'canceled', stored: 'canceled',
    });
    ok(await service.auth.admin.deleteUser(eve.id));
    for (const table of ['users', 'subscriptions']) {
      assert.deepEqual(ok(await service.from(table).select('*').eq(table === 'users' ? 'id' : 'user_id', eve.id)), [], table);
    }
  });
});

/** The foundation `coloring-book`: the attacks of S3 and Sx through the official client. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { anonymous, newEmail, ok, PASSWORD, refused, service, signUp, untilTheEnd } from '../server.mjs';

describe('coloring-book', () => {
  const shared = untilTheEnd();
  let ada, bob;

  const hero = (person) => ({
    owner_id: person.id, name: 'Fox', description: 'A fox', audience: 'children', compiled_prompt: 'fox',
    reference_key: `${person.id}/fox.png`,
  });
  const book = (person, more) => ({
    owner_id: person.id, name: 'Book', page_count: 3, audience: 'children', style_preset: 'kawaii', ...more,
  });
  const profile = async (person) => ok(await person.client.from('profiles').select('*').single());

  before(async () => {
    [ada, bob] = await Promise.all([signUp(shared, { name: 'ada' }), signUp(shared, { name: 'bob' })]);
    for (const person of [ada, bob]) {
      person.hero = ok(await person.client.from('heroes').insert(hero(person)).select().single()).id;
      person.book = ok(await person.client.from('projects').insert(book(person)).select().single()).id;
      const pages = [1, 2, 3].map((sort_order) => ({ project_id: person.book, sort_order }));
      person.pages = ok(await person.client.from('pages').insert(pages).select()).map((page) => page.id);
    }
  });

  test('S3-1 S3-7 a sign-up works and its Blots stand in the ledger', async () => {
    const { blots, pack_blots, plan } = await profile(ada);
    assert.deepEqual({ blots, pack_blots, plan }, { blots: 75, pack_blots: 0, plan: 'free' });
    assert.deepEqual(ok(await ada.client.from('blot_transactions').select('type, subscription_delta')), [
      { type: 'signup_grant', subscription_delta: 75 },
    ]);
  });

  test('S3-2 nobody writes their own plan, Blots, limit, customer or ban', async () => {
    const before = await profile(ada);
    for (const change of [
      { plan: 'studio' }, { plan_blots: 100000 }, { blots: 1000000 }, { pack_blots: 5 }, { storage_used_bytes: 0 },
      { storage_limit_bytes: 9e15 }, { commercial_projects_used: 0 }, { stripe_customer_id: 'cus_B' },
      { payment_failed_at: null }, { disabled_at: null },
    ]) {
      refused(await ada.client.from('profiles').update(change).eq('owner_id', ada.id), 403, '42501');
    }
    assert.deepEqual(await profile(ada), before);
  });

  test('S3-8 Sx-C4 nobody moves Blots or events, for themselves or for others', async () => {
    for (const [name, args] of [
      ['deduct_blots', { user_id: bob.id, amount: 5 }],
      ['refund_blots', { user_id: ada.id, amount: 1000, p_job_id: null, reason: 'x' }],
      ['reset_subscription_blots', { user_id: ada.id, new_amount: 1000 }],
      ['add_upgrade_blots', { user_id: ada.id, blot_difference: 1000 }],
      ['add_pack_blots', { user_id: ada.id, amount: 1000, pack_id: 'topup', session_id: 'cs' }],
      ['get_available_blots', { user_id: bob.id }],
      ['finish_job', { p_job_id: randomUUID(), p_status: 'failed' }],
      ['claim_jobs', {}],
      ['take_storage_purges', {}],
      ['apply_stripe_event', { event: {} }],
    ]) {
      refused(await ada.client.rpc(name, args), 403, '42501');
      refused(await anonymous().rpc(name, args), 401, '42501');
    }
  });

  test('S3-4 S3-29 S3-5 amounts that are none, and users who are nobody', async () => {
    for (const amount of [0, -1, -1000]) refused(await service.rpc('deduct_blots', { user_id: ada.id, amount }), 400, '22023');
    refused(await service.rpc('deduct_blots', { user_id: randomUUID(), amount: 5 }), 404, 'PT404');
    refused(await service.rpc('refund_blots', { user_id: ada.id, amount: 5, p_job_id: null, reason: 'x' }), 409, 'PT409');
    refused(await service.rpc('reset_subscription_blots', { user_id: ada.id, new_amount: -5 }), 400, '22023');
    refused(await service.rpc('apply_stripe_event', { event: { id: 'e' } }), 400, '22023');
    assert.equal((await profile(ada)).blots, 75);
  });

  test('S3-9 S3-13 S3-16 the DNA is locked, and references stay with their owner', async () => {
    const own = () => ada.client.from('projects');
    for (const change of [{ audience: 'adult' }, { page_count: 45 }, { trim_size: '6x9' }, { line_weight: 'fine' }, { deleted_at: null }]) {
      refused(await own().update(change).eq('id', ada.book), 403, '42501');
    }
    refused(await own().update({ hero_id: bob.hero }).eq('id', ada.book), 409, '23503');
    refused(await own().insert(book(bob)), 403, '42501');
    const other = ok(await own().insert(book(ada)).select().single()).id;
    assert.equal(ok(await ada.client.rpc('delete_project', { p_project_id: other })), true);
    assert.deepEqual(ok(await own().select('id').eq('id', other)), []);
    assert.equal(ok(await ada.client.rpc('delete_project', { p_project_id: bob.book })), false);
  });

  test('S3-18 pages fit into their project', async () => {
    const own = () => ada.client.from('pages');
    refused(await own().insert({ project_id: ada.book, sort_order: 4 }), 400, '23514');
    refused(await own().insert({ project_id: ada.book, sort_order: -1 }), 400, '23514');
    refused(await own().insert({ project_id: bob.book, sort_order: 3 }), 403, '42501');
    refused(await own().update({ current_version: 99 }).eq('id', ada.pages[0]), 409, '23503');
  });

  test('S3-10 S3-11 S3-12 S3-14 S3-26 versions, files and jobs are not the user\'s to write', async () => {
    for (const [table, row] of [
      ['page_versions', { page_id: ada.pages[0], asset_key: `${bob.id}/p`, compiled_prompt: 'p', blots_spent: 0 }],
      ['assets', { owner_id: ada.id, type: 'page', r2_key: `${ada.id}/x`, size_bytes: -9000000000 }],
      ['jobs', { owner_id: ada.id, type: 'generation', status: 'completed', blots_refunded: 1000000 }],
      ['job_items', { job_id: randomUUID() }],
      ['blot_transactions', { owner_id: ada.id, type: 'refund', subscription_delta: 1000 }],
      ['global_config', { key: 'x', value: true }],
    ]) {
      refused(await ada.client.from(table).insert(row), 403, '42501');
      const column = table === 'global_config' ? 'key' : 'id';
      refused(await ada.client.from(table).delete().eq(column, randomUUID()), 403, '42501');
    }
    refused(await ada.client.from('projects').delete().eq('id', ada.book), 403, '42501');
    const file = (r2_key, size_bytes) => service.from('assets').insert({ owner_id: ada.id, type: 'page', r2_key, size_bytes });
    refused(await file(`${ada.id}/x`, -1), 400, '23514');
    refused(await file(`${bob.id}/x`, 1), 400, '23514');
    refused(await file(`${ada.id}/../${bob.id}/x`, 1), 400, '23514');
    refused(await file(`${ada.id}/x`, 99999999999999), 402, 'PT402');
    assert.equal((await profile(ada)).storage_used_bytes, 0);
  });

  test('S3-3 S3-5 S3-14 a job is paid, ended and given back once', async () => {
    const job = ok(await bob.client.rpc('create_job', { p_type: 'generation', p_project_id: bob.book }));
    assert.equal(job.blots_reserved, 15);
    assert.equal((await profile(bob)).blots, 60);
    refused(await ada.client.rpc('cancel_job', { p_job_id: job.id }), 404, 'PT404');
    refused(await ada.client.rpc('create_job', { p_type: 'generation', p_project_id: bob.book }), 404, 'PT404');
    refused(await service.rpc('finish_job', { p_job_id: job.id, p_status: 'failed', p_blots_spent: -5 }), 400, '22023');
    refused(await service.rpc('finish_job', { p_job_id: job.id, p_status: 'failed', p_blots_spent: 16 }), 409, 'PT409');
    ok(await bob.client.rpc('cancel_job', { p_job_id: job.id }));
    refused(await bob.client.rpc('cancel_job', { p_job_id: job.id }), 409, 'PT409');
    refused(await service.rpc('refund_blots', { user_id: bob.id, amount: 1, p_job_id: job.id, reason: 'x' }), 409, 'PT409');
    assert.equal((await profile(bob)).blots, 75);
  });

  test('S3-R1 S3-R2 S3-R5 Sx-C2 nobody reads or deletes what is not theirs', async () => {
    for (const table of ['profiles', 'heroes', 'projects', 'pages', 'page_versions', 'jobs', 'job_items', 'assets', 'blot_transactions']) {
      assert.deepEqual(ok(await ada.client.from(table).select('owner_id').eq('owner_id', bob.id)), [], table);
      refused(await anonymous().from(table).select('id'), 401, '42501');
      refused(await anonymous().from(table).delete().eq('owner_id', bob.id), 401, '42501');
    }
    assert.deepEqual(ok(await ada.client.from('heroes').update({ name: 'x' }).eq('id', bob.hero).select()), []);
  });

  test('S3-17 switches are public, limits are not, and they hold', async () => {
    const keys = ok(await anonymous().from('global_config').select('key').order('key')).map((row) => row.key);
    assert.deepEqual(keys, ['export_enabled', 'generation_enabled', 'maintenance_mode', 'signup_enabled']);
    const set = async (key, value) => ok(await service.from('global_config').update({ value }).eq('key', key));
    await set('generation_enabled', false);
    refused(await ada.client.rpc('create_job', { p_type: 'hero_creation' }), 503, 'PT503');
    await set('generation_enabled', true);
    await set('signup_enabled', false);
    const answer = await anonymous().auth.signUp({ email: newEmail(), password: PASSWORD });
    await set('signup_enabled', true);
    assert.ok(answer.error, 'sign-ups are closed');
  });

  test('S3-19 a disabled account writes nothing', async () => {
    const eve = await signUp(shared, { name: 'eve' });
    ok(await service.from('profiles').update({ disabled_at: new Date().toISOString() }).eq('owner_id', eve.id));
    refused(await eve.client.from('projects').insert(book(eve)), 403, '42501');
    refused(await eve.client.rpc('create_job', { p_type: 'hero_creation' }), 403, 'PT403');
  });

  test('S3-6 S3-27 S3-28 what was bought stays, and belongs to one customer', async () => {
    const eve = await signUp(shared, { name: 'eve' });
    const buy = (session_id) => service.rpc('add_pack_blots', { user_id: eve.id, amount: 100, pack_id: 'topup', session_id });
    const session = randomUUID();
    for (let time = 0; time < 3; time += 1) ok(await buy(session));
    ok(await service.rpc('reset_subscription_blots', { user_id: eve.id, new_amount: 50 }));
    assert.equal(ok(await service.rpc('get_available_blots', { user_id: eve.id })), 150);
    const nobody = await service.rpc('get_available_blots', { user_id: randomUUID() });
    assert.notEqual(nobody.error ? nobody.error.code : nobody.data, null);
    const own = (person, customer) => service.from('profiles').update({ stripe_customer_id: customer }).eq('owner_id', person.id);
    ok(await own(eve, `cus_${eve.id}`));
    refused(await own(bob, `cus_${eve.id}`), 409, '23505');
    refused(await buy(null), 400, '22023');
    refused(await service.rpc('add_pack_blots', { user_id: eve.id, amount: 2147483647, pack_id: 'topup', session_id: 'x' }), 400, '22023');
  });

  test('S3-15 S3-22 S3-24 S3-25 counters, sizes and times are kept by the database', async () => {
    const eve = await signUp(shared, { name: 'eve' });
    const fox = ok(await eve.client.from('heroes').insert(hero(eve)).select().single());
    const own = ok(await eve.client.from('projects').insert(book(eve, { hero_id: fox.id })).select().single());
    assert.equal(ok(await eve.client.from('heroes').select('times_used').eq('id', fox.id).single()).times_used, 1);
    const renamed = ok(await eve.client.from('projects').update({ name: 'New' }).eq('id', own.id).select('updated_at').single());
    assert.ok(renamed.updated_at > own.updated_at);
    const page = ok(await eve.client.from('pages').insert({ project_id: own.id, sort_order: 1 }).select().single());
    const version = { page_id: page.id, asset_key: `${eve.id}/p`, compiled_prompt: 'p' };
    for (const wrong of [{ quality_score: 17 }, { version: -1 }, { blots_spent: -5 }]) {
      refused(await service.from('page_versions').insert({ ...version, ...wrong }), 400, '23514');
    }
    ok(await service.from('assets').insert({ owner_id: eve.id, type: 'page', r2_key: `${eve.id}/x`, size_bytes: 1000 }));
    assert.equal((await profile(eve)).storage_used_bytes, 1000);
    ok(await service.from('assets').delete().eq('owner_id', eve.id));
    assert.equal((await profile(eve)).storage_used_bytes, 0);
  });
});

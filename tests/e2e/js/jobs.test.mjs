/** The main job: a user asks for work, the service role does it, the user reads the result. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishedJob, ok, refused, service, signUp } from './server.mjs';

test('a job goes from queue to result with its assets', async (t) => {
  const ada = await signUp(t, { name: 'ada' });
  const mine = () => ada.client.from('jobs').select().single();

  const inserted = await ada.client
    .from('jobs')
    .insert({ user_id: ada.id, job_type: 'generation', parameters: { prompt: 'a café in Zürich ☕', seed: 7 } })
    .select()
    .single();
  const job = ok(inserted, 201);
  assert.deepEqual(
    { status: job.status, progress: job.progress, result: job.result, completed_at: job.completed_at },
    { status: 'queued', progress: 0, result: null, completed_at: null },
  );
  assert.deepEqual(job.parameters, { prompt: 'a café in Zürich ☕', seed: 7 });

  // A worker claims it: of two, only one gets it.
  const claim = () =>
    service.from('jobs').update({ status: 'processing' }).eq('id', job.id).eq('status', 'queued').select('id');
  const claims = (await Promise.all([claim(), claim()])).map((answer) => ok(answer, 200).length);
  assert.deepEqual(claims.sort(), [0, 1]);
  assert.equal(ok(await mine()).status, 'processing');

  ok(await service.from('jobs').update({ progress: 60 }).eq('id', job.id), 204);
  assert.equal(ok(await mine()).progress, 60);

  const assets = [1, 2].map((page) => ({
    job_id: job.id,
    user_id: ada.id,
    asset_type: 'image',
    url: `https://storage.example.com/${page}.png`,
    storage_path: `assets/${page}.png`,
    file_size: 3_000_000_000 * page,
    metadata: { page },
  }));
  assert.equal(ok(await service.from('assets').insert(assets).select(), 201).length, 2);

  const finish = { status: 'completed', progress: 100, result: { pages: 2 }, completed_at: new Date().toISOString() };
  ok(await service.from('jobs').update(finish).eq('id', job.id));
  const seen = ok(
    await ada.client
      .from('jobs')
      .select('status, progress, result, assets(file_size, page:metadata->page)')
      .order('file_size', { referencedTable: 'assets' })
      .single(),
  );
  assert.deepEqual(seen, {
    status: 'completed',
    progress: 100,
    result: { pages: 2 },
    assets: [
      { file_size: 3_000_000_000, page: 1 },
      { file_size: 6_000_000_000, page: 2 },
    ],
  });
});

test('a finished job does not change again', async (t) => {
  const ada = await signUp(t);
  const { job } = await finishedJob(ada);
  refused(await service.from('jobs').update({ status: 'queued', progress: 0 }).eq('id', job.id), 409, 'PT409');
  refused(await service.from('jobs').update({ result: { forged: true } }).eq('id', job.id), 409, 'PT409');
  assert.deepEqual(ok(await service.from('jobs').select().eq('id', job.id).single()), job);
});

test('states that contradict each other are refused', async (t) => {
  const ada = await signUp(t);
  const insert = (columns) => service.from('jobs').insert({ user_id: ada.id, job_type: 'generation', ...columns });
  refused(await insert({ status: 'finished' }), 400, '23514');
  refused(await insert({ progress: 101 }), 400, '23514');
  refused(await insert({ status: 'completed', progress: 10 }), 400, '23514');
  refused(await insert({ completed_at: new Date().toISOString() }), 400, '23514');
  assert.deepEqual(ok(await ada.client.from('jobs').select()), []);
});

test("an asset cannot hang on another's job", async (t) => {
  const [ada, bob] = await Promise.all([signUp(t), signUp(t)]);
  const { job } = await finishedJob(bob);
  const asset = {
    job_id: job.id,
    user_id: ada.id,
    asset_type: 'image',
    url: 'https://storage.example.com/x.png',
    storage_path: 'assets/x.png',
    file_size: 1,
  };
  refused(await service.from('assets').insert(asset), 409, '23503');
  refused(await service.from('assets').insert({ ...asset, user_id: bob.id, file_size: -1 }), 400, '23514');
  assert.deepEqual(ok(await ada.client.from('assets').select()), []);
});

test('the monthly quota holds, also against requests at once', async (t) => {
  const ada = await signUp(t);
  const limit = ok(await ada.client.from('tier_limits').select().eq('tier', 'free').single()).monthly_jobs;
  const ask = () => ada.client.from('jobs').insert({ user_id: ada.id, job_type: 'generation' });

  const answers = await Promise.all(Array.from({ length: limit + 5 }, ask));
  const refusals = answers.filter((answer) => answer.error);
  assert.equal(refusals.length, 5);
  for (const answer of refusals) refused(answer, 402, 'PT402', /quota/);

  const { count } = await ada.client.from('jobs').select('*', { count: 'exact', head: true });
  assert.equal(count, limit);
  assert.equal(ok(await ada.client.from('users').select('monthly_usage').single()).monthly_usage, limit);
});

test('the list of jobs is filtered, ordered, counted and paged', async (t) => {
  const ada = await signUp(t);
  const types = ['c', 'a', 'e', 'b', 'd'];
  ok(await ada.client.from('jobs').insert(types.map((job_type) => ({ user_id: ada.id, job_type }))), 201);

  const page = await ada.client
    .from('jobs')
    .select('job_type', { count: 'exact' })
    .neq('job_type', 'e')
    .order('job_type', { ascending: false })
    .range(1, 2);
  assert.deepEqual(ok(page, 206), [{ job_type: 'c' }, { job_type: 'b' }]);
  assert.equal(page.count, 4);

  const past = await ada.client.from('jobs').select('job_type', { count: 'exact' }).range(10, 11);
  refused(past, 416, 'PGRST103');
  assert.deepEqual(ok(await ada.client.from('jobs').select('job_type').ilike('job_type', 'A*')), [{ job_type: 'a' }]);
  assert.deepEqual(ok(await ada.client.from('jobs').select('job_type').is('completed_at', null).limit(1).order('job_type')), [
    { job_type: 'a' },
  ]);
  const csv = ok(await ada.client.from('jobs').select('job_type').order('job_type').limit(2).csv());
  assert.equal(csv, 'job_type\na\nb');
});

test('the service role upserts a subscription and the profile follows it', async (t) => {
  const ada = await signUp(t);
  const row = (tier, status) => ({
    user_id: ada.id,
    stripe_subscription_id: `sub_${ada.id}`,
    stripe_customer_id: `cus_${ada.id}`,
    tier,
    status,
    current_period_start: '2026-01-01T00:00:00Z',
    current_period_end: '2026-02-01T00:00:00Z',
  });
  const upsert = (...state) => service.from('subscriptions').upsert(row(...state), { onConflict: 'user_id' }).select();
  const first = ok(await upsert('pro', 'active'), 201);
  const second = ok(await upsert('studio', 'past_due'), 200);
  assert.equal(second[0].id, first[0].id);
  const profile = ok(await ada.client.from('users').select('subscription_tier, subscription_status').single());
  assert.deepEqual(profile, { subscription_tier: 'studio', subscription_status: 'past_due' });
});

test('an audit entry is written once per event and never changed', async (t) => {
  const ada = await signUp(t);
  const entry = { user_id: ada.id, action: 'created', stripe_event_id: `evt_${ada.id}` };
  const { id } = ok(await service.from('subscription_audit').insert(entry).select().single(), 201);
  refused(await service.from('subscription_audit').insert(entry), 409, '23505');
  refused(await service.from('subscription_audit').update({ action: 'forged' }).eq('id', id), 403, '42501');
  refused(await service.from('subscription_audit').delete().eq('id', id), 403, '42501');
  assert.equal(ok(await ada.client.from('subscription_audit').select().single()).action, 'created');
});

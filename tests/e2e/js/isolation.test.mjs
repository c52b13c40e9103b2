/** Two people sign up; each sees only what is theirs, by every way of asking. */

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { anonymous, finishedJob, ok, refused, server, service, signUp, subscribe, TABLES, untilTheEnd } from './server.mjs';

describe('isolation', () => {
  const shared = untilTheEnd();
  let ada, bob, adas, bobs;

  before(async () => {
    [ada, bob] = await Promise.all([signUp(shared, { name: 'ada' }), signUp(shared, { name: 'bob' })]);
    [adas, bobs] = await Promise.all(
      [ada, bob].map(async (person) => ({ ...(await finishedJob(person)), ...(await subscribe(person)) })),
    );
  });

  test('sign-up makes a profile of what was given', async () => {
    const profile = ok(await ada.client.from('users').select().single(), 200);
    assert.equal(profile.id, ada.id);
    assert.equal(profile.email, ada.email);
    assert.equal(profile.name, 'ada');
    assert.equal(profile.usage_reset_at !== null, true);
    assert.equal(ada.user.user_metadata.full_name, 'ada');
    assert.equal(ada.user.role, 'authenticated');
    assert.equal(ada.session.token_type, 'bearer');
  });

  for (const table of TABLES) {
    test(`${table}: own rows only`, async () => {
      for (const person of [ada, bob]) {
        const rows = ok(await person.client.from(table).select('*'), 200);
        assert.ok(rows.length > 0, 'there is something to see');
        const owners = rows.map((row) => (table === 'users' ? row.id : row.user_id));
        assert.deepEqual([...new Set(owners)], [person.id]);
      }
    });

    test(`${table}: asking for another's rows finds none`, async () => {
      const owner = table === 'users' ? 'id' : 'user_id';
      assert.deepEqual(ok(await ada.client.from(table).select('*').eq(owner, bob.id), 200), []);
      const { count, data, error } = await ada.client
        .from(table)
        .select('*', { count: 'exact', head: true })
        .eq(owner, bob.id);
      assert.deepEqual({ count, data, error }, { count: 0, data: null, error: null });
    });

    test(`${table}: closed to anybody who is not signed in`, async () => {
      refused(await anonymous().from(table).select('*'), 401, '42501', new RegExp(`permission denied for table ${table}`));
    });
  }

  test('asking by the id of another row finds none', async () => {
    assert.deepEqual(ok(await ada.client.from('jobs').select().eq('id', bobs.job.id)), []);
    assert.deepEqual(ok(await ada.client.from('assets').select().in('id', [bobs.asset.id])), []);
    refused(await ada.client.from('jobs').select().eq('id', bobs.job.id).single(), 406, 'PGRST116');
    assert.equal(ok(await ada.client.from('jobs').select().eq('id', bobs.job.id).maybeSingle()), null);
  });

  test('embedding shows own rows and nothing behind them', async () => {
    const jobs = ok(await ada.client.from('jobs').select('id, assets(id, storage_path), users(id, email)'));
    assert.deepEqual(jobs, [
      {
        id: adas.job.id,
        assets: [{ id: adas.asset.id, storage_path: 'assets/picture.png' }],
        users: { id: ada.id, email: ada.email },
      },
    ]);
    const users = ok(await ada.client.from('users').select('id, jobs(id, assets(id)), subscriptions(tier)'));
    assert.deepEqual(users, [
      { id: ada.id, jobs: [{ id: adas.job.id, assets: [{ id: adas.asset.id }] }], subscriptions: { tier: 'pro' } },
    ]);
  });

  test("embedding with a filter on the other's rows finds none", async () => {
    const found = await ada.client.from('users').select('id, jobs!inner(id)').eq('jobs.user_id', bob.id);
    assert.deepEqual(ok(found), []);
    const assets = await ada.client.from('assets').select('id, jobs!inner(user_id)').eq('jobs.user_id', bob.id);
    assert.deepEqual(ok(assets), []);
    const negated = await ada.client.from('jobs').select('user_id').not('user_id', 'eq', ada.id);
    assert.deepEqual(ok(negated), []);
    const either = await ada.client.from('jobs').select('user_id').or(`user_id.eq.${ada.id},user_id.eq.${bob.id}`);
    assert.deepEqual(ok(either), [{ user_id: ada.id }]);
  });

  test('embedding cannot reach a schema that is not exposed', async () => {
    for (const target of ['sessions', 'identities', 'refresh_tokens']) {
      refused(await ada.client.from('users').select(`id, ${target}(*)`), 400, 'PGRST200');
    }
    for (const schema of ['auth', 'storage', 'pg_catalog', 'information_schema', 'extensions']) {
      refused(await ada.client.schema(schema).from('users').select(), 406, 'PGRST106');
    }
    refused(await ada.client.from('pg_shadow').select(), 404, 'PGRST205');
  });

  test('the development view never shows another person', async () => {
    refused(await anonymous().from('dev_user_summary').select(), 401, '42501');
    const seen = await ada.client.from('dev_user_summary').select('id');
    // Whether users may read it is the foundation's choice; to see more than oneself is not.
    if (seen.error) refused(seen, 403, '42501');
    else assert.deepEqual(seen.data, [{ id: ada.id }]);
    const all = ok(await service.from('dev_user_summary').select().in('id', [ada.id, bob.id]));
    assert.equal(all.length, 2);
    assert.deepEqual(
      all.map(({ completed_jobs, processing_jobs, queued_jobs, total_assets }) => [
        completed_jobs,
        processing_jobs,
        queued_jobs,
        total_assets,
      ]),
      [
        [1, 0, 0, 1],
        [1, 0, 0, 1],
      ],
    );
  });

  test('the service role sees both', async () => {
    const rows = ok(await service.from('users').select('id').in('id', [ada.id, bob.id]).order('name'));
    assert.deepEqual(rows, [{ id: ada.id }, { id: bob.id }]);
    assert.notEqual(server.anonKey, server.serviceRoleKey);
  });
});

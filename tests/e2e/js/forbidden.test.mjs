/** A user tries what a user must not do. Each try is refused with its exact code, and no row is different after it. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import {
  anonymous,
  everythingOf,
  finishedJob,
  leavesUnchanged,
  ok,
  refused,
  server,
  service,
  signUp,
  subscribe,
  TABLES,
  untilTheEnd,
} from './server.mjs';

describe('forbidden', () => {
  const shared = untilTheEnd();
  let ada, bob, bobs;

  before(async () => {
    [ada, bob] = await Promise.all([signUp(shared, { name: 'ada' }), signUp(shared, { name: 'bob' })]);
    await finishedJob(ada);
    bobs = { ...(await finishedJob(bob)), ...(await subscribe(bob)) };
  });

  /** A test whose attack must leave both users' rows as they were. */
  const attack = (name, body) => test(name, () => leavesUnchanged([ada, bob], body));

  for (const [column, value] of Object.entries({
    subscription_tier: 'enterprise',
    subscription_status: 'active',
    monthly_usage: 0,
    usage_reset_at: '2000-01-01T00:00:00Z',
    email: 'other@test.com',
    created_at: '2000-01-01T00:00:00Z',
    id: randomUUID(),
  })) {
    attack(`users.${column} of oneself`, async () => {
      const own = () => ada.client.from('users');
      refused(await own().update({ [column]: value }).eq('id', ada.id), 403, '42501', /permission denied/);
      refused(await own().update({ name: 'Ada', [column]: value }).eq('id', ada.id).select(), 403, '42501');
      refused(await own().upsert({ id: ada.id, [column]: value }), 403, '42501');
    });
  }

  attack("another's profile", async () => {
    assert.deepEqual(ok(await ada.client.from('users').update({ name: 'Eve' }).eq('id', bob.id).select(), 200), []);
    ok(await ada.client.from('users').update({ name: 'Eve' }).eq('id', bob.id), 204);
    refused(await ada.client.from('users').insert({ id: bob.id, name: 'Eve' }), 403, '42501');
    refused(await ada.client.from('users').upsert({ id: bob.id, name: 'Eve' }), 403, '42501');
  });

  test('renaming everybody renames oneself', async () => {
    const before = await everythingOf(bob);
    const renamed = ok(await ada.client.from('users').update({ name: 'Ada Only' }).neq('id', randomUUID()).select('id'));
    assert.deepEqual(renamed, [{ id: ada.id }]);
    assert.deepEqual(await everythingOf(bob), before);
  });

  attack('a job of another', async () => {
    const forged = { user_id: bob.id, job_type: 'generation' };
    refused(await ada.client.from('jobs').insert(forged), 403, '42501', /row-level security policy/);
    // One row that is allowed does not carry along one that is not.
    refused(await ada.client.from('jobs').insert([{ ...forged, user_id: ada.id }, forged]), 403, '42501');
  });

  for (const [column, value] of Object.entries({
    status: 'completed',
    progress: 100,
    result: { output_url: 'https://evil.example' },
    completed_at: '2026-01-01T00:00:00Z',
    created_at: '1999-01-01T00:00:00Z',
    error_message: 'x',
    id: randomUUID(),
  })) {
    attack(`a new job with a forged ${column}`, async () => {
      const job = { user_id: ada.id, job_type: 'generation', [column]: value };
      refused(await ada.client.from('jobs').insert(job), 403, '42501', /permission denied for table jobs/);
      refused(await ada.client.from('jobs').upsert(job), 403, '42501');
    });
  }

  attack('a finished job by all columns at once', async () => {
    const job = {
      user_id: ada.id,
      job_type: 'generation',
      status: 'completed',
      progress: 100,
      result: {},
      completed_at: new Date().toISOString(),
    };
    refused(await ada.client.from('jobs').insert(job), 403, '42501');
  });

  attack('changing jobs', async () => {
    const jobs = () => ada.client.from('jobs');
    refused(await jobs().update({ status: 'completed' }).eq('user_id', ada.id), 403, '42501');
    refused(await jobs().update({ parameters: {} }).eq('user_id', ada.id), 403, '42501');
    refused(await jobs().update({ user_id: ada.id }).eq('id', bobs.job.id), 403, '42501');
    refused(await jobs().upsert({ id: bobs.job.id, user_id: ada.id, job_type: 'x' }), 403, '42501');
  });

  for (const table of TABLES) {
    attack(`deleting ${table}`, async () => {
      const owner = table === 'users' ? 'id' : 'user_id';
      refused(await ada.client.from(table).delete().eq(owner, ada.id), 403, '42501', /permission denied/);
      refused(await ada.client.from(table).delete().eq(owner, bob.id), 403, '42501');
      refused(await ada.client.from(table).delete().not(owner, 'is', null), 403, '42501');
    });

    attack(`${table} without a session`, async () => {
      const owner = table === 'users' ? 'id' : 'user_id';
      const nobody = anonymous().from(table);
      refused(await nobody.select(), 401, '42501');
      refused(await nobody.insert({ [owner]: ada.id }), 401, '42501');
      refused(await nobody.update({ [owner]: ada.id }).eq(owner, bob.id), 401, '42501');
      refused(await nobody.delete().eq(owner, bob.id), 401, '42501');
    });
  }

  for (const [table, row] of Object.entries({
    subscriptions: () => ({
      user_id: ada.id,
      stripe_subscription_id: 'sub_forged',
      stripe_customer_id: 'cus_forged',
      tier: 'enterprise',
      status: 'active',
      current_period_start: '2026-01-01T00:00:00Z',
      current_period_end: '2030-01-01T00:00:00Z',
    }),
    assets: () => ({
      job_id: bobs.job.id,
      user_id: ada.id,
      asset_type: 'image',
      url: 'https://evil.example/x.png',
      storage_path: 'x',
      file_size: 1,
    }),
    subscription_audit: () => ({ user_id: ada.id, action: 'forged' }),
    tier_limits: () => ({ tier: 'free', monthly_jobs: 1_000_000 }),
  })) {
    attack(`writing ${table}`, async () => {
      refused(await ada.client.from(table).insert(row()), 403, '42501', new RegExp(`permission denied for table ${table}`));
      refused(await ada.client.from(table).upsert(row()), 403, '42501');
      const [column, value] = Object.entries(row()).at(-1);
      refused(await ada.client.from(table).update({ [column]: value }).not(column, 'is', null), 403, '42501');
    });
  }

  attack('internal functions by RPC', async () => {
    for (const name of ['handle_new_user', 'handle_user_email_change', 'update_updated_at', 'consume_job_quota']) {
      refused(await ada.client.rpc(name), 404, 'PGRST202');
      refused(await anonymous().rpc(name), 404, 'PGRST202');
    }
    for (const [name, args] of [
      ['reset_monthly_usage', {}],
      ['seed_test_data', { test_user_id: ada.id }],
    ]) {
      refused(await ada.client.rpc(name, args), 403, '42501', /permission denied for function/);
      refused(await anonymous().rpc(name, args), 401, '42501');
    }
    for (const name of ['pg_sleep', 'pg_read_file', 'set_config', 'dblink', 'pg_terminate_backend']) {
      refused(await ada.client.rpc(name, {}), 404, 'PGRST202');
    }
  });

  attack('SQL in every place that takes a name or a value', async () => {
    const evil = `x'; truncate public.users cascade; --`;
    assert.deepEqual(ok(await ada.client.from('jobs').select().eq('job_type', evil)), []);
    assert.deepEqual(ok(await ada.client.from('jobs').select().in('job_type', [evil, '",\\'])), []);
    refused(await ada.client.from('jobs').select().eq('id', evil), 400, '22P02');
    refused(await ada.client.from('jobs; truncate users').select(), 404, 'PGRST205');
    assert.equal((await ada.client.from('jobs').select().eq('id"; truncate users --', 1)).status, 400);
    refused(await ada.client.from('jobs').insert({ user_id: ada.id, [evil]: 1 }), 400, 'PGRST204');
    refused(await ada.client.rpc(`now(); truncate users`), 404, 'PGRST202');
    const parameters = { prompt: evil, "'": '"', $1: '$$' };
    // A refused status shows the value was carried as data up to the privilege check.
    refused(await ada.client.from('jobs').insert({ user_id: ada.id, job_type: evil, parameters, status: evil }), 403, '42501');
  });

  attack('asking for another role or identity by header', async () => {
    const session = (await ada.client.auth.getSession()).data.session;
    for (const headers of [
      { Role: 'service_role' },
      { 'X-Client-Role': 'service_role', 'X-Supabase-Role': 'service_role' },
      { 'request.jwt.claims': JSON.stringify({ role: 'service_role', sub: bob.id }) },
      { Prefer: `role=service_role` },
    ]) {
      const answer = await fetch(`${server.url}/rest/v1/jobs?select=user_id`, {
        headers: { apikey: server.anonKey, authorization: `Bearer ${session.access_token}`, ...headers },
      });
      assert.equal(answer.status, 200);
      assert.deepEqual(await answer.json(), [{ user_id: ada.id }]);
    }
  });

  attack('metadata the user may write grants nothing', async () => {
    const { data, error } = await ada.client.auth.updateUser({
      data: { role: 'service_role', subscription_tier: 'enterprise', is_admin: true },
    });
    assert.ifError(error);
    assert.equal(data.user.role, 'authenticated');
    const { data: renewed } = await ada.client.auth.refreshSession();
    assert.equal(JSON.parse(atob(renewed.session.access_token.split('.')[1])).role, 'authenticated');
    refused(await ada.client.from('users').update({ monthly_usage: 0 }).eq('id', ada.id), 403, '42501');
  });

  test('sign-up metadata grants nothing', async (t) => {
    const eve = await signUp(t, {
      name: 'eve',
      data: { name: 'Eve', role: 'service_role', subscription_tier: 'enterprise', monthly_usage: -5, id: bob.id },
    });
    const profile = ok(await service.from('users').select().eq('id', eve.id).single());
    assert.deepEqual(
      [profile.name, profile.subscription_tier, profile.subscription_status, profile.monthly_usage],
      ['Eve', 'free', null, 0],
    );
  });

  test('the limited fields are the user’s own', async () => {
    const change = { name: 'Ada Lovelace', avatar_url: 'https://example.com/ada.png' };
    const changed = await ada.client.from('users').update(change).eq('id', ada.id).select('name, avatar_url').single();
    assert.deepEqual(ok(changed, 200), change);
  });
});

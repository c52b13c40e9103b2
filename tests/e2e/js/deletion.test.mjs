/** Deleting an account takes along what is the user's and keeps what is the business's. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymous, authRefused, everythingOf, finishedJob, ok, PASSWORD, server, service, signUp, subscribe } from './server.mjs';

test('deleting the auth user cascades as documented', async (t) => {
  const [ada, bob] = await Promise.all([signUp(t, { name: 'ada' }), signUp(t, { name: 'bob' })]);
  await Promise.all([finishedJob(ada), finishedJob(bob)]);
  const [{ audit }] = await Promise.all([subscribe(ada), subscribe(bob)]);
  const bobs = await everythingOf(bob);

  assert.ifError((await service.auth.admin.deleteUser(ada.id)).error);

  assert.deepEqual(await everythingOf(ada), { users: [], subscriptions: [], jobs: [], assets: [], subscription_audit: [] });
  assert.deepEqual(await everythingOf(bob), bobs);
  // The billing trail outlives the account, without naming it.
  const kept = ok(await service.from('subscription_audit').select().eq('id', audit.id).single());
  assert.deepEqual({ ...audit, user_id: null, subscription_id: null }, kept);
});

test('a deleted user is nobody: no sign-in, no refresh, no rows, no writes', async (t) => {
  const ada = await signUp(t);
  ok(await ada.client.from('jobs').insert({ user_id: ada.id, job_type: 'generation' }));
  assert.ifError((await service.auth.admin.deleteUser(ada.id)).error);

  authRefused(await anonymous().auth.signInWithPassword({ email: ada.email, password: PASSWORD }), 400, 'invalid_credentials');
  authRefused(await ada.client.auth.refreshSession(), 400, 'refresh_token_not_found');

  // The access token is still within its hour, but there is nothing left for it to reach.
  const rest = (path, init = {}) =>
    fetch(`${server.url}/rest/v1/${path}`, {
      ...init,
      headers: {
        apikey: server.anonKey,
        authorization: `Bearer ${ada.session.access_token}`,
        'content-type': 'application/json',
      },
    });
  assert.deepEqual(await (await rest('users')).json(), []);
  assert.deepEqual(await (await rest('jobs')).json(), []);
  const write = await rest('jobs', { method: 'POST', body: JSON.stringify({ user_id: ada.id, job_type: 'generation' }) });
  assert.deepEqual([write.status, (await write.json()).code], [409, '23503']);
});

test('the address of a deleted user is free again, for a new and empty account', async (t) => {
  const ada = await signUp(t);
  await finishedJob(ada);
  assert.ifError((await service.auth.admin.deleteUser(ada.id)).error);

  const { data, error } = await anonymous().auth.signUp({ email: ada.email, password: PASSWORD });
  assert.ifError(error);
  t.after(() => service.auth.admin.deleteUser(data.user.id));
  assert.notEqual(data.user.id, ada.id);
  assert.deepEqual((await everythingOf(data.user)).jobs, []);
});

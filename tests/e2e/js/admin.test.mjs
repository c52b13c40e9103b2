/** Administration of users: create, read, list, change, ban, delete; and that nobody else can. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { anonymous, authRefused, newEmail, ok, PASSWORD, service, signUp } from './server.mjs';

const admin = service.auth.admin;

test('create, read, change and delete a user', async (t) => {
  const email = newEmail('admin-made');
  const created = await admin.createUser({
    email,
    password: PASSWORD,
    email_confirm: true,
    user_metadata: { full_name: 'Admin Made' },
    app_metadata: { plan: 'trial' },
  });
  assert.ifError(created.error);
  const { id } = created.data.user;
  t.after(() => admin.deleteUser(id));
  assert.equal(created.data.user.app_metadata.plan, 'trial');
  assert.ok(created.data.user.email_confirmed_at);
  assert.equal(ok(await service.from('users').select('name').eq('id', id).single()).name, 'Admin Made');

  assert.equal((await admin.getUserById(id)).data.user.email, email);
  const signedIn = anonymous();
  assert.ifError((await signedIn.auth.signInWithPassword({ email, password: PASSWORD })).error);

  const moved = newEmail('moved');
  const updated = await admin.updateUserById(id, {
    email: moved,
    email_confirm: true,
    app_metadata: { plan: 'paid' },
    user_metadata: { nickname: 'Moved' },
  });
  assert.ifError(updated.error);
  assert.deepEqual([updated.data.user.email, updated.data.user.app_metadata.plan], [moved, 'paid']);
  assert.deepEqual(
    [updated.data.user.user_metadata.full_name, updated.data.user.user_metadata.nickname],
    ['Admin Made', 'Moved'],
  );
  // The profile follows the address of the account (S0-7).
  assert.equal(ok(await service.from('users').select('email').eq('id', id).single()).email, moved);

  assert.ifError((await admin.deleteUser(id)).error);
  authRefused(await admin.getUserById(id), 404, 'user_not_found');
  authRefused(await anonymous().auth.signInWithPassword({ email: moved, password: PASSWORD }), 400, 'invalid_credentials');
});

test('list users page by page', async (t) => {
  await Promise.all([signUp(t), signUp(t), signUp(t)]);
  const first = await admin.listUsers({ page: 1, perPage: 2 });
  assert.ifError(first.error);
  assert.equal(first.data.users.length, 2);
  assert.ok(first.data.total >= 3);
  assert.equal(first.data.nextPage, 2);
  const second = await admin.listUsers({ page: 2, perPage: 2 });
  const seen = new Set([...first.data.users, ...second.data.users].map((user) => user.id));
  assert.equal(seen.size, first.data.users.length + second.data.users.length);
});

test('a banned user is refused, and welcome again after it', async (t) => {
  const ada = await signUp(t);
  assert.ifError((await admin.updateUserById(ada.id, { ban_duration: '1h' })).error);
  authRefused(await anonymous().auth.signInWithPassword({ email: ada.email, password: PASSWORD }), 400, 'user_banned');
  authRefused(await ada.client.auth.getUser(), 403, 'user_banned');
  assert.ifError((await admin.updateUserById(ada.id, { ban_duration: 'none' })).error);
  assert.ifError((await anonymous().auth.signInWithPassword({ email: ada.email, password: PASSWORD })).error);
});

test('what cannot be done', async (t) => {
  const ada = await signUp(t);
  authRefused(await admin.createUser({ email: ada.email, password: PASSWORD }), 422, 'email_exists');
  authRefused(await admin.createUser({ email: 'no address' }), 400, 'validation_failed');
  authRefused(await admin.createUser({}), 400, 'validation_failed');
  authRefused(await admin.updateUserById(randomUUID(), { email: newEmail() }), 404, 'user_not_found');
  authRefused(await admin.deleteUser(randomUUID()), 404, 'user_not_found');
});

test('users and the anon key are no administrators', async (t) => {
  const [ada, bob] = await Promise.all([signUp(t), signUp(t)]);
  const { session } = (await ada.client.auth.getSession()).data;
  for (const bearer of [undefined, session.access_token]) {
    const client = anonymous();
    if (bearer) client.auth.admin.headers = { ...client.auth.admin.headers, Authorization: `Bearer ${bearer}` };
    const attempt = client.auth.admin;
    authRefused(await attempt.listUsers(), 403, 'not_admin');
    authRefused(await attempt.getUserById(bob.id), 403, 'not_admin');
    authRefused(await attempt.createUser({ email: newEmail(), password: PASSWORD }), 403, 'not_admin');
    authRefused(await attempt.updateUserById(ada.id, { app_metadata: { role: 'service_role' } }), 403, 'not_admin');
    authRefused(await attempt.deleteUser(bob.id), 403, 'not_admin');
  }
  assert.equal(ok(await service.from('users').select('id').in('id', [ada.id, bob.id])).length, 2);
});

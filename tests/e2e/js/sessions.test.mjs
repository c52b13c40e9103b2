/** Sign-in, refresh with rotation and reuse, and the three scopes of logout. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { anonymous, authRefused, newEmail, ok, PASSWORD, server, service, signUp } from './server.mjs';
import { decode } from './tokens.mjs';

let database;
before(async () => {
  database = new pg.Client({ connectionString: server.databaseUrl });
  await database.connect();
});
after(() => database.end());

/** One refresh over the wire, without the client's own bookkeeping. */
async function refresh(refreshToken) {
  const answer = await fetch(`${server.url}/auth/v1/token?grant_type=refresh_token`, {
    method: 'POST',
    headers: { apikey: server.anonKey, 'content-type': 'application/json', 'x-supabase-api-version': '2024-01-01' },
    body: JSON.stringify({ refresh_token: refreshToken }),
  });
  return { status: answer.status, body: await answer.json() };
}

/** Lets the time pass in which a used token may come again: its last use was a minute ago. */
const afterTheReuseInterval = (refreshToken) =>
  database.query("update auth.refresh_tokens set updated_at = now() - interval '1 minute' where token = $1", [refreshToken]);

const session = (token) => decode(token)[1].session_id;

test('a wrong password, an unknown address and a taken address', async (t) => {
  const ada = await signUp(t);
  const client = anonymous();
  authRefused(await client.auth.signInWithPassword({ email: ada.email, password: 'wrong password' }), 400, 'invalid_credentials');
  authRefused(await client.auth.signInWithPassword({ email: newEmail(), password: PASSWORD }), 400, 'invalid_credentials');
  authRefused(await client.auth.signUp({ email: ada.email, password: PASSWORD }), 422, 'user_already_exists');
  authRefused(await client.auth.signUp({ email: ada.email.toUpperCase(), password: PASSWORD }), 422, 'user_already_exists');
  authRefused(await client.auth.signUp({ email: newEmail(), password: '123' }), 422, 'weak_password');
  authRefused(await client.auth.signUp({ email: 'no address', password: PASSWORD }), 400, 'validation_failed');
  assert.equal((await client.auth.getSession()).data.session, null);
});

test('two at once with one address: one account', async (t) => {
  const email = newEmail();
  const answers = await Promise.all(Array.from({ length: 4 }, () => anonymous().auth.signUp({ email, password: PASSWORD })));
  const made = answers.filter((answer) => answer.data.session);
  assert.equal(made.length, 1);
  t.after(() => service.auth.admin.deleteUser(made[0].data.user.id));
  for (const answer of answers) {
    if (!answer.data.session) authRefused(answer, 422, 'user_already_exists');
  }
  assert.equal(ok(await service.from('users').select('id').eq('email', email)).length, 1);
});

test('the signed-in user reads and changes their own account', async (t) => {
  const ada = await signUp(t);
  const { data, error } = await ada.client.auth.getUser();
  assert.ifError(error);
  assert.deepEqual([data.user.id, data.user.email], [ada.id, ada.email]);
  assert.equal(data.user.identities[0].provider, 'email');

  const changed = await ada.client.auth.updateUser({ password: 'another good password', data: { nickname: 'A' } });
  assert.ifError(changed.error);
  assert.equal(changed.data.user.user_metadata.nickname, 'A');
  authRefused(await anonymous().auth.signInWithPassword({ email: ada.email, password: PASSWORD }), 400, 'invalid_credentials');
  const signedIn = await anonymous().auth.signInWithPassword({ email: ada.email, password: 'another good password' });
  assert.ifError(signedIn.error);
  authRefused(await ada.client.auth.updateUser({ password: 'another good password' }), 422, 'same_password');
});

test('refresh rotates the token and keeps the session', async (t) => {
  const ada = await signUp(t);
  const { data, error } = await ada.client.auth.refreshSession();
  assert.ifError(error);
  assert.notEqual(data.session.refresh_token, ada.session.refresh_token);
  assert.equal(session(data.session.access_token), session(ada.session.access_token));
  assert.equal(ok(await ada.client.from('users').select('id')).length, 1);
});

test('many refreshes of one token at once all get the same new one', async (t) => {
  const ada = await signUp(t);
  const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(ada.session.refresh_token)));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200]);
  const tokens = new Set(answers.map((answer) => answer.body.refresh_token));
  assert.equal(tokens.size, 1);
  assert.ok(!tokens.has(ada.session.refresh_token));
  assert.equal((await refresh([...tokens][0])).status, 200);
});

test('the parent of the active token gives the active token again, at any age', async (t) => {
  const ada = await signUp(t);
  const next = await refresh(ada.session.refresh_token);
  await afterTheReuseInterval(ada.session.refresh_token);
  const again = await refresh(ada.session.refresh_token);
  assert.equal(again.status, 200);
  assert.equal(again.body.refresh_token, next.body.refresh_token);
});

test('an old token used again ends the session for everybody who has it', async (t) => {
  const ada = await signUp(t);
  const second = await refresh(ada.session.refresh_token);
  const third = await refresh(second.body.refresh_token);
  assert.equal(third.status, 200);
  await afterTheReuseInterval(ada.session.refresh_token);

  const reused = await refresh(ada.session.refresh_token);
  assert.deepEqual([reused.status, reused.body.code], [400, 'refresh_token_already_used']);
  // The refusal is remembered: the newest token is worthless too.
  await afterTheReuseInterval(third.body.refresh_token);
  const newest = await refresh(third.body.refresh_token);
  assert.deepEqual([newest.status, newest.body.code], [400, 'refresh_token_already_used']);
});

test('refresh tokens that never were', async () => {
  const unknown = await refresh('abcdefghijkl');
  assert.deepEqual([unknown.status, unknown.body.code], [400, 'refresh_token_not_found']);
  for (const token of ['', 'x', 'ABCDEFGHIJKL', '../../etc/pass', 'ä'.repeat(12), 'a'.repeat(100_000)]) {
    const { status, body } = await refresh(token);
    assert.ok([400].includes(status), `${token.slice(0, 20)}: ${status}`);
    assert.match(body.code, /^(validation_failed|refresh_token_not_found)$/);
  }
});

for (const [scope, survivors] of Object.entries({
  local: ['second', 'third'],
  others: ['first'],
  global: [],
})) {
  test(`logout with scope ${scope}`, async (t) => {
    const ada = await signUp(t);
    const signIn = async () => {
      const client = anonymous();
      const { data } = await client.auth.signInWithPassword({ email: ada.email, password: PASSWORD });
      return { client, session: data.session };
    };
    const devices = { first: ada, second: await signIn(), third: await signIn() };

    assert.ifError((await ada.client.auth.signOut({ scope })).error);

    for (const [name, device] of Object.entries(devices)) {
      const alive = survivors.includes(name);
      const answer = await fetch(`${server.url}/auth/v1/user`, {
        headers: {
          apikey: server.anonKey,
          authorization: `Bearer ${device.session.access_token}`,
          'x-supabase-api-version': '2024-01-01',
        },
      });
      const body = await answer.json();
      if (alive) assert.deepEqual([answer.status, body.id], [200, ada.id], name);
      else assert.deepEqual([answer.status, body.code], [403, 'session_not_found'], name);

      const refreshed = await refresh(device.session.refresh_token);
      assert.equal(refreshed.status, alive ? 200 : 400, name);
      if (!alive) assert.equal(refreshed.body.code, 'refresh_token_not_found');
    }
  });
}

test('a changed password signs other devices out', async (t) => {
  const ada = await signUp(t);
  const other = anonymous();
  await other.auth.signInWithPassword({ email: ada.email, password: PASSWORD });
  assert.ifError((await ada.client.auth.updateUser({ password: 'a new good password' })).error);
  assert.ok((await other.auth.getUser()).error);
  assert.ifError((await ada.client.auth.getUser()).error);
});

/** Both kinds of API key work alike, and user tokens are what they claim to be. */

import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { clientWith, newEmail, ok, PASSWORD, refused, server, signUp } from './server.mjs';
import { claimsOf, decode, hs256 } from './tokens.mjs';

test('the keys have the documented forms and roles', () => {
  assert.match(server.publishableKey, /^sb_publishable_/);
  assert.match(server.secretKey, /^sb_secret_/);
  assert.equal(decode(server.anonKey)[1].role, 'anon');
  assert.equal(decode(server.serviceRoleKey)[1].role, 'service_role');
  assert.ok(server.jwtSecret.length >= 32);
});

for (const [style, publicKey, secretKey] of [
  ['JWT', server.anonKey, server.serviceRoleKey],
  ['sb_', server.publishableKey, server.secretKey],
]) {
  test(`${style} keys: sign up, own rows, sign in, refresh`, async (t) => {
    const ada = await signUp(t, { key: publicKey });
    assert.equal(ok(await ada.client.from('users').select('id').single()).id, ada.id);
    const again = clientWith(publicKey);
    const { data, error } = await again.auth.signInWithPassword({ email: ada.email, password: PASSWORD });
    assert.ifError(error);
    assert.equal(data.user.id, ada.id);
    assert.ifError((await again.auth.refreshSession()).error);
    assert.equal(ok(await again.from('users').select('id')).length, 1);
  });

  test(`${style} keys: the public one is anon, the secret one is the service role`, async (t) => {
    const ada = await signUp(t, { key: publicKey });
    refused(await clientWith(publicKey).from('users').select(), 401, '42501');
    assert.equal((await clientWith(publicKey).auth.admin.listUsers()).error.code, 'not_admin');

    const service = clientWith(secretKey);
    assert.equal(ok(await service.from('users').select('id').eq('id', ada.id).single()).id, ada.id);
    const { data, error } = await service.auth.admin.getUserById(ada.id);
    assert.ifError(error);
    assert.equal(data.user.email, ada.email);
  });

  test(`${style} keys: the key alone in the apikey header or query decides the role`, async () => {
    const read = (headers, query = '') => fetch(`${server.url}/rest/v1/tier_limits?select=tier${query}`, { headers });
    assert.equal((await read({ apikey: secretKey })).status, 200);
    assert.equal((await read({ apikey: publicKey })).status, 401);
    assert.equal((await read({}, `&apikey=${secretKey}`)).status, 200);
  });
}

test('user tokens are ES256 and verify against the published keys', async (t) => {
  const ada = await signUp(t);
  const [header, claims] = decode(ada.session.access_token);
  assert.equal(header.alg, 'ES256');
  const { keys } = await (await fetch(`${server.url}/auth/v1/.well-known/jwks.json`)).json();
  const jwk = keys.find((key) => key.kid === header.kid);
  assert.ok(jwk, 'the key id is among the published keys');
  assert.equal(jwk.d, undefined, 'no private part is published');
  const [signed, signature] = ada.session.access_token.split(/\.(?=[^.]*$)/);
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  assert.ok(verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'base64url')));

  assert.deepEqual(
    { sub: claims.sub, role: claims.role, aud: claims.aud, email: claims.email, aal: claims.aal, is_anonymous: claims.is_anonymous },
    { sub: ada.id, role: 'authenticated', aud: 'authenticated', email: ada.email, aal: 'aal1', is_anonymous: false },
  );
  assert.equal(claims.exp - claims.iat, 3600);
  assert.equal(claims.amr[0].method, 'password');

  const { data, error } = await ada.client.auth.getClaims();
  assert.ifError(error);
  assert.equal(data.claims.sub, ada.id);
});

test('a token signed with the shared secret is accepted', async (t) => {
  const ada = await signUp(t);
  const answer = await fetch(`${server.url}/rest/v1/users?select=id`, {
    headers: { apikey: server.anonKey, authorization: `Bearer ${hs256(claimsOf(ada.id))}` },
  });
  assert.deepEqual([answer.status, await answer.json()], [200, [{ id: ada.id }]]);
});

test('settings and health answer without a session', async () => {
  const settings = await (await fetch(`${server.url}/auth/v1/settings`, { headers: { apikey: server.anonKey } })).json();
  assert.deepEqual([settings.external.email, settings.disable_signup, settings.mailer_autoconfirm], [true, false, true]);
  const health = await (await fetch(`${server.url}/auth/v1/health`, { headers: { apikey: server.anonKey } })).json();
  assert.equal(health.name, 'GoTrue');
  assert.ok(newEmail().endsWith('@test.com'));
});

/** The foundation `metered` at the storage door: whose file is whose, what a file may be, and what a signed URL opens. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { anonymous, ok, server, service, signUp, untilTheEnd } from '../server.mjs';
import { denied, encoded, POLICY, text, tricks, uploadRefused } from '../storage-door.mjs';

const BUCKET = 'user-files';
const files = (client) => client.storage.from(BUCKET);
const at = (person, extension = 'txt') => `${person.id}/notes/2026/11/${randomUUID()}.${extension}`;

const read = async (client, path) => {
  const answer = await files(client).download(path);
  return answer.error ? answer : answer.data.text();
};

describe('metered: files', () => {
  const shared = untilTheEnd();
  let ada, bob;

  before(async () => {
    [ada, bob] = await Promise.all([signUp(shared, { name: 'ada' }), signUp(shared, { name: 'bob' })]);
    for (const person of [ada, bob]) {
      person.file = at(person);
      ok(await files(person.client).upload(person.file, person.email, text));
    }
    // files go before their owner: untilTheEnd deletes the accounts
    shared.after(() => files(service).remove([ada.file, bob.file]));
  });

  /** Everything in Bob's folder, and what is in it. */
  const bobs = async () => ({
    names: ok(await files(service).list(`${bob.id}/notes/2026/11`)).map((each) => [each.name, each.metadata.eTag]),
    content: await read(service, bob.file),
  });

  test('A1-057 everybody reads, replaces, moves, copies and deletes in their own folder', async () => {
    const [path, moved, copied] = [at(ada), at(ada), at(ada)];
    ok(await files(ada.client).upload(path, 'one', text));
    denied(await files(ada.client).upload(path, 'two', text), '409');
    ok(await files(ada.client).upload(path, 'two', { ...text, upsert: true }));
    ok(await files(ada.client).update(path, 'three', text));
    assert.equal(await read(ada.client, path), 'three');
    ok(await files(ada.client).move(path, moved));
    ok(await files(ada.client).copy(moved, copied));
    assert.equal(await read(ada.client, copied), 'three');
    denied(await files(ada.client).download(path), '404');
    assert.equal(ok(await files(ada.client).remove([moved, copied])).length, 2);
    const row = ok(await files(ada.client).info(ada.file));
    assert.deepEqual([row.size, row.contentType], [ada.email.length, 'text/plain']);
  });

  test('S1-R2 S1-R5 nobody reads or lists what is another one’s, signed in or not', async () => {
    for (const client of [ada.client, anonymous()]) {
      denied(await files(client).download(bob.file), '404');
      denied(await files(client).info(bob.file), '404');
      denied(await files(client).createSignedUrl(bob.file, 60), '404');
      const [{ error, signedUrl }] = ok(await files(client).createSignedUrls([bob.file], 60));
      assert.ok(error && !signedUrl);
      assert.equal(ok(await files(client).exists(bob.file).then((answer) => ({ ...answer, error: null }))), false);
      assert.deepEqual(ok(await files(client).list(bob.id)), []);
      assert.deepEqual(ok(await files(client).listV2({ prefix: `${bob.id}/` })).objects, []);
    }
    assert.deepEqual(ok(await files(anonymous()).list()), []);
    assert.deepEqual(ok(await files(ada.client).list()).map((each) => each.name), [ada.id]);
    assert.deepEqual(ok(await ada.client.storage.listBuckets()), []);
    const open = await fetch(files(ada.client).getPublicUrl(bob.file).data.publicUrl);
    assert.equal((await open.json()).statusCode, '404');
  });

  test('S1-R1 S1-R3 nobody writes, replaces, moves into, copies into or deletes in another one’s folder', async () => {
    const before = await bobs();
    for (const [client, source] of [[ada.client, ada.file], [anonymous(), ada.file]]) {
      const own = client === ada.client;
      denied(await files(client).upload(at(bob), 'x', text), '403', POLICY);
      denied(await files(client).upload(bob.file, 'x', { ...text, upsert: true }), '403', POLICY);
      denied(await files(client).update(bob.file, 'x', text), '403', POLICY);
      for (const target of [at(bob), bob.file]) {
        denied(await files(client).move(source, target), own ? '403' : '404', own ? POLICY : undefined);
        denied(await files(client).copy(source, target), own ? '403' : '404', own ? POLICY : undefined);
      }
      denied(await files(client).move(bob.file, at(ada)), '404');
      denied(await files(client).copy(bob.file, at(ada)), '404');
      denied(await files(client).createSignedUploadUrl(at(bob)), '403', POLICY);
      denied(await files(client).createSignedUploadUrl(bob.file, { upsert: true }), '403', POLICY);
      assert.deepEqual(ok(await files(client).remove([bob.file])), []);
    }
    assert.deepEqual(await bobs(), before);
    assert.equal(await read(ada.client, ada.file), ada.email);
  });

  test('S1-9 names that want to lead elsewhere, or have another shape, are refused', async () => {
    const before = await bobs();
    const good = at(ada);
    const hidden = [`${ada.id}/%2e%2e/${bob.id}/${good.slice(37)}`, `%2E%2E/${BUCKET}/${bob.file}`];
    for (const path of hidden) await uploadRefused(ada, `${BUCKET}/${path}`, '400', 'InvalidKey');
    await uploadRefused(ada, `nowhere/${good}`, '404', 'NoSuchBucket');
    for (const [path, ...refusal] of [
      ...tricks(ada.id, bob.id, good.slice(37)),
      [`${ada.id}/x.txt`, '403', 'AccessDenied'],
      [`${ada.id}/notes/2026/13/${randomUUID()}.txt`, '403', 'AccessDenied'],
      [`${ada.id}/${'a/'.repeat(11)}x.txt`, '403', 'AccessDenied'],
      ['x.txt', '403', 'AccessDenied'],
    ]) {
      await uploadRefused(ada, `${BUCKET}/${encoded(path)}`, ...refusal);
      denied(await files(ada.client).move(ada.file, path), refusal[0]);
      denied(await files(ada.client).copy(ada.file, path), refusal[0]);
    }
    assert.deepEqual(await bobs(), before);
    assert.equal(await read(ada.client, ada.file), ada.email);
  });

  test('S1-8 A1-054 the bucket takes its media types and sizes only', async () => {
    for (const contentType of ['text/html', 'image/svg+xml', 'application/javascript', 'image/png/x', 'text']) {
      denied(await files(ada.client).upload(at(ada), Buffer.from('x'), { contentType }), '415');
    }
    const large = Buffer.alloc(52_428_801);
    denied(await files(ada.client).upload(at(ada), large, text), '413');
    assert.deepEqual(
      ok(await files(ada.client).list(`${ada.id}/notes/2026/11`)).map((each) => each.name),
      [ada.file.split('/').at(-1)],
    );
    // nobody opens the bucket
    denied(await ada.client.storage.updateBucket(BUCKET, { public: true }), '404');
    denied(await ada.client.storage.deleteBucket(BUCKET), '404');
    denied(await ada.client.storage.createBucket(`mine-${randomUUID()}`, { public: true }), '403', POLICY);
    const emptied = await ada.client.storage.emptyBucket(BUCKET);
    assert.equal(emptied.error.status, 403);
    assert.equal(ok(await service.storage.getBucket(BUCKET)).public, false);
  });

  test('a signed URL opens its one file for its time, and uploads nothing', async () => {
    const { signedUrl } = ok(await files(ada.client).createSignedUrl(ada.file, 60));
    assert.equal(await (await fetch(signedUrl)).text(), ada.email);
    const token = new URL(signedUrl).searchParams.get('token');
    for (const [method, url] of [
      ['GET', signedUrl.replace(ada.file, bob.file)],
      ['GET', `${signedUrl.slice(0, -4)}AAAA`],
      ['PUT', signedUrl.replace('/object/sign/', '/object/upload/sign/')],
      ['GET', signedUrl.replace(token, ada.session.access_token)],
      ['GET', signedUrl.replace(token, server.serviceRoleKey)],
    ]) {
      const answer = await fetch(url, { method, ...(method === 'PUT' && { body: 'x' }) });
      assert.equal(answer.status, 400, `${method} ${url}`);
      assert.match((await answer.json()).code, /^(InvalidSignature|InvalidJWT)$/);
    }
    const asToken = await fetch(`${server.url}/rest/v1/users`, { headers: { apikey: server.anonKey, authorization: `Bearer ${token}` } });
    assert.equal(asToken.status, 401, 'the token of a URL signs nobody in');
    assert.equal(await read(ada.client, ada.file), ada.email);
  });

  test('a URL for an upload is for one name, and what it uploads is its asker’s', async () => {
    const path = at(ada);
    const { token } = ok(await files(ada.client).createSignedUploadUrl(path));
    denied(await files(anonymous()).uploadToSignedUrl(bob.file, token, 'x', text), '400');
    denied(await files(anonymous()).uploadToSignedUrl(path, token, 'x', { contentType: 'text/html' }), '415');
    ok(await files(anonymous()).uploadToSignedUrl(path, token, 'by somebody', text));
    denied(await files(anonymous()).uploadToSignedUrl(path, token, 'again', text), '409');
    assert.equal(await read(ada.client, path), 'by somebody');
    denied(await files(bob.client).download(path), '404');
    ok(await files(ada.client).remove([path]));
  });

  test('the files of a deleted account are found and removed', async () => {
    const eve = await signUp(shared, { name: 'eve' });
    const paths = [at(eve), at(eve, 'csv')];
    ok(await files(eve.client).upload(paths[0], 'x', text));
    ok(await files(eve.client).upload(paths[1], 'x', { contentType: 'text/csv' }));
    ok(await service.auth.admin.deleteUser(eve.id));
    const found = ok(await service.rpc('files_to_purge', { max_files: 1000 })).map((each) => each.name);
    assert.deepEqual(found.filter((name) => name.startsWith(eve.id)).sort(), [...paths].sort());
    ok(await files(service).remove(paths));
    denied(await files(service).download(paths[0]), '404');
    const left = ok(await service.rpc('files_to_purge', { max_files: 1000 })).map((each) => each.name);
    assert.deepEqual(left.filter((name) => name.startsWith(eve.id)), []);
  });
});

/** What the tests of the storage door share: refusals, names that want to lead elsewhere, and a door that is closed. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { anonymous, ok, refused, server, service, untilTheEnd } from './server.mjs';
import { send } from './wire.mjs';

export const POLICY = /row-level security/;
export const text = { contentType: 'text/plain' };

/** Asserts that an answer of the storage API is exactly this refusal. */
export function denied(answer, statusCode, message) {
  assert.ok(answer.error, `expected ${statusCode}, but it was allowed: ${JSON.stringify(answer.data)}`);
  assert.equal(String(answer.error.statusCode), statusCode, answer.error.message);
  if (message) assert.match(answer.error.message, message);
}

/** Asserts that somebody is refused an upload to a path that clients would tidy up before they send it. */
export async function uploadRefused(person, path, statusCode, code) {
  const headers = { authorization: `Bearer ${person.session.access_token}`, 'content-type': 'text/plain', 'x-upsert': 'true' };
  const { status, body, text } = await send('POST', `/storage/v1/object/${path}`, { headers, body: 'x' });
  assert.deepEqual([status, body?.statusCode, body?.code], [400, statusCode, code], `${path}: ${text}`);
}

export const encoded = (name) => name.split('/').map(encodeURIComponent).join('/');

/** Names that lead, or look as if they led, from one folder into another one, or are no names; and how each is refused. */
export const tricks = (own, other, file = 'x.txt') => [
  [`${own}/../${other}/${file}`, '400', 'InvalidKey'],
  [`${own}/..%2F${other}/${file}`, '400', 'InvalidKey'],
  [`${own}/./${file}`, '400', 'InvalidKey'],
  [`${own}\\..\\${other}\\${file}`, '400', 'InvalidKey'],
  [`${own}/${file}\u0000`, '400', 'InvalidKey'],
  [`${own}/${file}\n`, '400', 'InvalidKey'],
  [`${own}/${'a'.repeat(1025)}`, '400', 'InvalidKey'],
  ['', '400', 'InvalidKey'],
  [`${own}//${file}`, '403', 'AccessDenied'],
  [`/${own}/${file}`, '403', 'AccessDenied'],
  [`${own.toUpperCase()}/${file}`, '403', 'AccessDenied'],
];

/** Everything a client can ask that reads one file. */
async function readsNothing(files, name) {
  denied(await files.download(name), '404');
  denied(await files.info(name), '404');
  assert.equal((await files.exists(name)).data, false);
}

/** Nor is there a URL to it. */
async function signsNothing(files, name) {
  denied(await files.createSignedUrl(name, 60), '404');
  const [{ error, signedUrl }] = ok(await files.createSignedUrls([name], 60));
  assert.ok(error && !signedUrl);
}

/** Everything a client can ask that writes: `name` is a file that is there, `fresh` one that is not. */
async function writesNothing(files, name, fresh) {
  denied(await files.upload(fresh, 'x', text), '403', POLICY);
  denied(await files.upload(name, 'x', { ...text, upsert: true }), '403', POLICY);
  denied(await files.update(name, 'x', text), '403', POLICY);
  denied(await files.createSignedUploadUrl(fresh), '403', POLICY);
  denied(await files.createSignedUploadUrl(name, { upsert: true }), '403', POLICY);
  for (const target of [name, fresh]) {
    denied(await files.move(name, target), '404');
    denied(await files.copy(name, target), '404');
  }
  assert.deepEqual(ok(await files.remove([name, fresh])), []);
}

/**
 * A foundation without policies on files: only its service reads and writes them, whatever people are to one another,
 * in a private bucket and in a public one.
 *
 * `invite` gives the people by what they are: the first two have a folder with a file each. Each is asked for each.
 */
export function storageIsClosed(foundation, invite) {
  describe(`${foundation}: files are the service's`, () => {
    const shared = untilTheEnd();
    const buckets = [`private-${randomUUID()}`, `public-${randomUUID()}`];
    let people, names;

    before(async () => {
      people = await invite(shared);
      names = Object.values(people).slice(0, 2).map((person) => `${person.id}/file.txt`);
      for (const bucket of buckets) {
        ok(await service.storage.createBucket(bucket, { public: bucket.startsWith('public') }));
        for (const name of names) ok(await service.storage.from(bucket).upload(name, name, text));
        shared.after(async () => {
          ok(await service.storage.emptyBucket(bucket));
          ok(await service.storage.deleteBucket(bucket));
        });
      }
    });

    /** Every bucket and file, with what is in it. */
    const everything = async () => {
      const all = [];
      for (const bucket of buckets) {
        all.push(ok(await service.storage.getBucket(bucket)));
        all.push(ok(await service.storage.from(bucket).list()).map((each) => each.name).sort());
        for (const name of names) {
          all.push(ok(await service.storage.from(bucket).list(name.split('/')[0])));
          all.push(await ok(await service.storage.from(bucket).download(name)).text());
        }
      }
      return all;
    };
    const clients = () => [anonymous(), ...Object.values(people).map((person) => person.client)];

    test('nobody reads, lists or signs', async () => {
      for (const client of clients()) {
        for (const bucket of buckets) {
          // what lies in a public bucket is everybody's to read, who knows its name
          if (!bucket.startsWith('public')) for (const name of names) await readsNothing(client.storage.from(bucket), name);
          for (const name of names) await signsNothing(client.storage.from(bucket), name);
          for (const folder of ['', ...names.map((name) => name.split('/')[0])]) {
            assert.deepEqual(ok(await client.storage.from(bucket).list(folder)), []);
          }
          assert.deepEqual(ok(await client.storage.from(bucket).listV2({ prefix: '' })).objects, []);
          denied(await client.storage.getBucket(bucket), '404');
        }
        assert.deepEqual(ok(await client.storage.listBuckets()), []);
        refused(await client.schema('storage').from('objects').select('*'), 406, 'PGRST106');
      }
      const urls = buckets.map((bucket) => service.storage.from(bucket).getPublicUrl(names[0]).data.publicUrl);
      const [hidden, shown] = await Promise.all(urls.map((url) => fetch(url)));
      assert.equal((await hidden.json()).statusCode, '404');
      assert.equal(await shown.text(), names[0]);
    });

    test('nobody writes, replaces, moves, copies or removes, in their own folder or another one', async () => {
      const before = await everything();
      for (const client of clients()) {
        for (const bucket of buckets) {
          const files = client.storage.from(bucket);
          for (const name of names) await writesNothing(files, name, name.replace('file', 'fresh'));
        }
      }
      assert.deepEqual(await everything(), before);
    });

    test('nobody makes, opens, empties or deletes a bucket', async () => {
      const before = await everything();
      for (const client of clients()) {
        denied(await client.storage.createBucket(`mine-${randomUUID()}`, { public: true }), '403', POLICY);
        for (const bucket of buckets) {
          denied(await client.storage.updateBucket(bucket, { public: true }), '404');
          denied(await client.storage.deleteBucket(bucket), '404');
          assert.equal((await client.storage.emptyBucket(bucket)).error.status, 403);
        }
      }
      assert.deepEqual(await everything(), before);
    });

    test('no name and no bucket leads past that', async () => {
      const before = await everything();
      const [one, other] = Object.values(people);
      for (const [name, ...refusal] of tricks(one.id, other.id)) {
        await uploadRefused(one, `${buckets[0]}/${encoded(name)}`, ...refusal);
      }
      for (const path of [`${buckets[0]}/${one.id}/%2e%2e/${other.id}/x.txt`, `${buckets[0]}/%2E%2E/${buckets[1]}/x.txt`]) {
        await uploadRefused(one, path, '400', 'InvalidKey');
      }
      await uploadRefused(one, `nowhere/${one.id}/x.txt`, '404', 'NoSuchBucket');
      assert.deepEqual(await everything(), before);
    });
  });
}

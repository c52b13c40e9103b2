/**
 * Files by the official command line: `storage ls|cp|mv|rm` and `seed buckets`, against the running server. It finds the
 * server and its key in the project's config.toml.
 */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Project, server } from '../supabase.mjs';

const project = new Project();
const work = mkdtempSync(join(tmpdir(), 'ferrobase-files-'));
const key = process.env.SERVICE_ROLE_KEY;

const CONFIG = `project_id = "storage"
[api]
port = ${new URL(server.url).port}
[auth]
service_role_key = "env(SERVICE_ROLE_KEY)"
[storage.buckets.cli-pictures]
public = true
file_size_limit = "1MiB"
allowed_mime_types = ["image/png", "text/plain"]
objects_path = "./pictures"
[storage.buckets.cli-files]
public = false
`;

async function call(method, path, body) {
  const answer = await fetch(`${server.url}/storage/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text;
}

const content = (path) => call('GET', `/object/authenticated/${path}`);
const bucket = async (id) => JSON.parse(await call('GET', `/bucket/${id}`));

/** Runs a command of the official command line that must succeed. Answers with what it printed. */
async function supabase(...args) {
  const { status, stdout, stderr } = await project.local(...args);
  assert.equal(status, 0, `supabase ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

const storage = (...args) => supabase('storage', ...args, '--experimental', '--local', '--yes');
const list = async (...args) => (await storage('ls', ...args)).trim().split('\n').sort();

async function removeBuckets() {
  for (const { id } of JSON.parse(await call('GET', '/bucket'))) {
    if (!id.startsWith('cli-')) continue;
    await call('POST', `/bucket/${id}/empty`);
    await call('DELETE', `/bucket/${id}`);
  }
}

describe('files by the official command line', () => {
  before(async () => {
    assert.ok(key, 'SERVICE_ROLE_KEY is not set');
    await removeBuckets();
    writeFileSync(join(project.folder, 'supabase/config.toml'), CONFIG);
    mkdirSync(join(project.folder, 'supabase/pictures/cats'), { recursive: true });
    writeFileSync(join(project.folder, 'supabase/pictures/hello.txt'), 'hello');
    writeFileSync(join(project.folder, 'supabase/pictures/cats/tom.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
  });
  after(async () => {
    await removeBuckets();
    project.remove();
    rmSync(work, { recursive: true, force: true });
  });

  test('seed buckets makes what config.toml names, with its files, and brings it up to date', async () => {
    await supabase('seed', 'buckets', '--local', '--yes');
    const pictures = await bucket('cli-pictures');
    assert.deepEqual(
      { public: pictures.public, limit: pictures.file_size_limit, types: pictures.allowed_mime_types },
      { public: true, limit: 1048576, types: ['image/png', 'text/plain'] },
    );
    assert.equal((await bucket('cli-files')).public, false);
    const read = await fetch(`${server.url}/storage/v1/object/public/cli-pictures/cats/tom.png`);
    assert.equal(read.headers.get('content-type'), 'image/png');
    assert.equal(read.headers.get('cache-control'), 'max-age=3600');
    assert.equal(await content('cli-pictures/hello.txt'), 'hello');

    writeFileSync(join(project.folder, 'supabase/pictures/hello.txt'), 'changed');
    writeFileSync(join(project.folder, 'supabase/config.toml'), CONFIG.replace('"1MiB"', '"2MiB"'));
    await supabase('seed', 'buckets', '--local', '--yes');
    assert.equal((await bucket('cli-pictures')).file_size_limit, 2 * 1048576);
    assert.equal(await content('cli-pictures/hello.txt'), 'changed');
  });

  test('ls shows buckets, folders and files', async () => {
    const buckets = await list('ss:///');
    assert.ok(buckets.includes('cli-pictures/') && buckets.includes('cli-files/'), buckets.join(' '));
    assert.deepEqual(await list('ss:///cli-pictures/'), ['cats/', 'hello.txt']);
    assert.deepEqual(await list('--recursive', 'ss:///cli-pictures/'), [
      '/cli-pictures/cats/tom.png',
      '/cli-pictures/hello.txt',
    ]);
  });

  test('cp takes one file and whole folders there and back', async () => {
    const folder = join(work, 'tree');
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    const large = Buffer.alloc(1_500_000, 'x');
    writeFileSync(join(folder, 'one.txt'), 'one');
    writeFileSync(join(folder, 'deep/er/two.bin'), large);
    await storage('cp', join(folder, 'one.txt'), 'ss:///cli-files/single.txt');
    assert.equal(await content('cli-files/single.txt'), 'one');
    await storage('cp', '--recursive', folder, 'ss:///cli-files/');
    assert.deepEqual(await list('--recursive', 'ss:///cli-files/'), [
      '/cli-files/single.txt',
      '/cli-files/tree/deep/er/two.bin',
      '/cli-files/tree/one.txt',
    ]);
    const back = join(work, 'back');
    await storage('cp', '--recursive', 'ss:///cli-files/tree', back);
    assert.deepEqual(readdirSync(back, { recursive: true }).sort(), ['deep', 'deep/er', 'deep/er/two.bin', 'one.txt']);
    assert.ok(readFileSync(join(back, 'deep/er/two.bin')).equals(large));
    await storage('cp', 'ss:///cli-files/single.txt', join(work, 'single.txt'));
    assert.equal(readFileSync(join(work, 'single.txt'), 'utf8'), 'one');
  });

  test('what a bucket does not take is refused with the reason', async () => {
    const page = join(work, 'page.html');
    writeFileSync(page, '<!doctype html><title>x</title>');
    const { status, stdout, stderr } = await project.local(
      'storage', 'cp', page, 'ss:///cli-pictures/page.html', '--experimental', '--local', '--yes',
    );
    assert.notEqual(status, 0);
    assert.match(stdout + stderr, /mime type text\/html.* is not supported/);
  });

  test('mv gives files and whole folders another name', async () => {
    await storage('mv', 'ss:///cli-files/single.txt', 'ss:///cli-files/moved.txt');
    await storage('mv', '--recursive', 'ss:///cli-files/tree', 'ss:///cli-files/wood');
    assert.deepEqual(await list('--recursive', 'ss:///cli-files/'), [
      '/cli-files/moved.txt',
      '/cli-files/wood/deep/er/two.bin',
      '/cli-files/wood/one.txt',
    ]);
    assert.equal(await content('cli-files/wood/one.txt'), 'one');
  });

  test('rm takes files, folders and buckets away', async () => {
    await storage('rm', 'ss:///cli-files/moved.txt');
    await storage('rm', '--recursive', 'ss:///cli-files/wood');
    assert.equal((await storage('ls', '--recursive', 'ss:///cli-files/')).trim(), '');
    await storage('rm', '--recursive', 'ss:///cli-pictures');
    const left = JSON.parse(await call('GET', '/bucket')).map((each) => each.id);
    assert.ok(!left.includes('cli-pictures'), left.join(' '));
  });
});

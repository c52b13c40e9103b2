/**
 * `ferrobase gen types` prints what the official command line prints: byte for byte, TypeScript after a
 * formatter has been over both.
 */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';

import { Project, connect, run, server } from './supabase.mjs';

const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '../../..');
const schemas = join(root, 'crates/schema/tests/types/schemas');
// making these takes a superuser
const SKIPPED = ['foreign_tables.sql'];

const built = ['release', 'debug'].map((profile) => join(root, 'target', profile, 'ferrobase'));
const binary = [process.env.FERROBASE_BIN, ...built].find((path) => path && existsSync(path));

const project = new Project();
const database = await connect();
after(async () => {
  await database.end();
  project.remove();
});

/** What both print of these schemas of a database. */
async function both(language, names, url) {
  const [official, ours] = await Promise.all([
    project.local('gen', 'types', `--lang=${language}`, '--schema', names, `--remote=${url}`),
    run(binary, ['gen', 'types', language, '--schema', names, '--db-url', url, '--project', project.folder], {}),
  ]);
  assert.equal(official.status, 0, official.stderr);
  assert.equal(ours.status, 0, ours.stderr);
  if (language !== 'typescript') return { official: official.stdout, ours: ours.stdout };
  const formatted = (code) => format(code, { parser: 'typescript', semi: false });
  return { official: await formatted(official.stdout), ours: await formatted(ours.stdout) };
}

async function compare(names, url) {
  const one = async (language) => {
    const { official, ours } = await both(language, names, url);
    assert.equal(ours, official, language);
  };
  await Promise.all(['typescript', 'go', 'python'].map(one));
}

for (const file of readdirSync(schemas).filter((name) => !SKIPPED.includes(name))) {
  test(`types of ${file} are the official ones`, async () => {
    const sql = readFileSync(join(schemas, file), 'utf8');
    const names = /^-- schemas: (.*)$/m.exec(sql)[1].split(/, */).join(',');
    const name = `types_${process.pid}_${file.replace('.sql', '')}`;
    await database.query(`create database ${name} template template0`);
    const url = new URL(server.databaseUrl);
    url.pathname = `/${name}`;
    try {
      const client = await connect(url.href);
      await client.query(sql);
      await client.end();
      await compare(names, url.href);
    } finally {
      await database.query(`drop database ${name} with (force)`);
    }
  });
}

test('types of the foundation and the platform are the official ones', async () => {
  await compare('public', server.databaseUrl);
  await compare('auth,public,realtime,storage', server.databaseUrl);
});

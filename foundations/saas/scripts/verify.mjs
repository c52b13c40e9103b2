/**
 * Verifies the foundation: its files are there, the database has its tables, and nobody without a
 * session can read them. Prints PASSED, or what is wrong and FAILED.
 *
 *     node scripts/verify.mjs            files, and the database of the running project
 *     node scripts/verify.mjs --files    files only
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, status } from './project.mjs';

const FILES = [
  'supabase/migrations/00001_initial_schema.sql',
  'supabase/migrations/00002_rls_policies.sql',
  'supabase/seed.sql',
  'apps/web/lib/env.ts',
  'apps/web/lib/supabase/client.ts',
  'apps/web/lib/supabase/server.ts',
  'apps/web/lib/supabase/admin.ts',
  'apps/web/lib/supabase/middleware.ts',
  'apps/web/middleware.ts',
  'packages/types/src/database.ts',
  'packages/backend/src/config.py',
  'packages/backend/src/database.py',
  'packages/backend/tests/fixtures/__init__.py',
  'packages/backend/tests/fixtures/factories.py',
  'packages/backend/tests/test_database.py',
];
const SCRIPTS = [
  ...['dev', 'build', 'test', 'lint', 'clean'],
  ...['db:start', 'db:stop', 'db:migrate', 'db:reset', 'db:seed', 'db:types', 'db:studio'],
];
const TABLES = ['users', 'subscriptions', 'jobs', 'assets', 'subscription_audit'];

let failures = 0;
function check(what, problem) {
  console.log(`${problem ? '✗' : '✓'} ${what}${problem ? `: ${problem}` : ''}`);
  if (problem) failures += 1;
}

function verifyFiles() {
  const missing = FILES.filter((file) => !existsSync(join(root, file)));
  check('files', missing.length > 0 && `missing ${missing.join(', ')}`);

  const migrations = join(root, 'supabase/migrations');
  const names = existsSync(migrations) ? readdirSync(migrations).filter((name) => name.endsWith('.sql')) : [];
  const unnumbered = names.filter((name) => !/^\d+_\w+\.sql$/.test(name));
  const numbers = new Set(names.map((name) => name.split('_')[0]));
  check(
    'migrations run in a fixed order',
    unnumbered.length > 0 ? `not numbered: ${unnumbered.join(', ')}` : numbers.size !== names.length && 'a number is used twice',
  );

  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const absent = SCRIPTS.filter((name) => !scripts[name]);
  check('package.json scripts', absent.length > 0 && `missing ${absent.join(', ')}`);

  const types = readFileSync(join(root, 'packages/types/src/database.ts'), 'utf8');
  const untyped = TABLES.filter((table) => !new RegExp(`^\\s*${table}: {$`, 'm').test(types));
  check('types name every table', untyped.length > 0 && `missing ${untyped.join(', ')}: run db:types`);
}

async function verifyDatabase() {
  const { API_URL: url, SERVICE_ROLE_KEY: serviceKey, ANON_KEY: anonKey } = status();
  if (!url || !serviceKey || !anonKey) {
    check('running project', 'not found: run db:start first, or set API_URL, DB_URL, SERVICE_ROLE_KEY and ANON_KEY');
    return;
  }
  const read = async (table, key) => {
    const answer = await fetch(`${url}/rest/v1/${table}?select=*&limit=1`, {
      headers: { apikey: key, authorization: `Bearer ${key}` },
    });
    return { status: answer.status, body: await answer.json() };
  };
  for (const table of TABLES) {
    const service = await read(table, serviceKey);
    check(`table ${table}`, service.status !== 200 && `${service.status} ${JSON.stringify(service.body)}`);
    const anon = await read(table, anonKey);
    check(`table ${table} is closed to anon`, !(anon.status === 401 && anon.body.code === '42501') && `answered ${anon.status}`);
  }
}

verifyFiles();
if (!process.argv.includes('--files')) {
  await verifyDatabase().catch((error) => check('running project', error.cause?.message ?? error.message));
}
console.log(failures === 0 ? 'PASSED' : `FAILED: ${failures} checks`);
process.exitCode = failures === 0 ? 0 : 1;

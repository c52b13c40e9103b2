/**
 * What people do with the official command line, on a project that Ferrobase runs. The tests of this file share one
 * database and run in order.
 */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { Project, connect, foundation, run, server } from './supabase.mjs';

const project = new Project();
const database = await connect();
after(async () => {
  await database.end();
  project.remove();
});

/** What `inspect db` can tell; the names that it calls deprecated are these under others. */
const REPORTS = [
  'db-stats', 'replication-slots', 'locks', 'blocking', 'outliers', 'calls', 'index-stats', 'collation-drift',
  'long-running-queries', 'bloat', 'role-stats', 'vacuum-stats', 'table-stats', 'traffic-profile', 'toast-sizes', 'xid-age',
];

const FOUNDATION = ['00001', '00002', '00003', '00004', '00005'];

async function signUp() {
  const answer = await fetch(`${server.url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: server.anonKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email: `cli-${randomUUID()}@test.com`, password: 'correct horse battery staple' }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

const one = async (sql) => Object.values((await database.query(sql)).rows[0])[0];

const applied = async () => {
  const history = 'select version from supabase_migrations.schema_migrations order by version';
  return (await database.query(history)).rows.map((row) => row.version);
};

test('db reset leaves the migrated project, with the platform under it as it was', async () => {
  const platform = `select string_agg(c.oid::regclass || ' ' || c.relowner::regrole || ' ' || c.relrowsecurity, ',' order by c.oid) as tables
    from pg_class c where relnamespace in ('auth'::regnamespace, 'storage'::regnamespace, 'ferrobase'::regnamespace) and relkind = 'r'`;
  const before = await one(platform);
  const { user } = await signUp();
  for (const statement of [
    'create schema leftover create table secrets (id int)',
    'create table public.leftover (id uuid references auth.users)',
    'create extension pg_trgm with schema public',
    'create policy leftover on storage.objects using (true)',
    'create publication leftover for table public.leftover',
    `create function public.leftover() returns trigger language plpgsql as 'begin return new; end'`,
    'create trigger leftover after insert on auth.users for each row execute function public.leftover()',
  ]) {
    await database.query(statement);
  }

  await project.supabase('db', 'reset', '--yes');

  assert.equal(await one(platform), before);
  assert.equal(await one(`select count(*)::int as left from auth.users where id = '${user.id}'`), 0);
  const leftovers = `select
    (select count(*) from pg_namespace where nspname = 'leftover')
    + (select count(*) from pg_class where relname = 'leftover')
    + (select count(*) from pg_extension where extname = 'pg_trgm')
    + (select count(*) from pg_policy where polname = 'leftover')
    + (select count(*) from pg_publication where pubname = 'leftover')
    + (select count(*) from pg_trigger where tgname = 'leftover') as left`;
  assert.equal(Number(await one(leftovers)), 0);
  assert.deepEqual(await applied(), FOUNDATION);
});

test('after a reset the foundation is verified and people can sign up', async () => {
  const { status, stdout } = await run(process.execPath, ['scripts/verify.mjs'], { cwd: foundation });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^PASSED$/m);
  const { user } = await signUp();
  assert.equal(await one(`select count(*)::int as profiles from public.users where id = '${user.id}'`), 1);
});

test('a migration goes its way: new, up, list, down, push, repair, fetch', async () => {
  const made = await project.local('migration', 'new', 'things');
  assert.equal(made.status, 0, made.stderr);
  const file = project.migrations().find((name) => name.endsWith('_things.sql'));
  const version = file.split('_')[0];
  const path = join(project.folder, 'supabase/migrations', file);
  const sql = 'create table public.things (id int primary key);\ncreate policy things on storage.objects using (true);\n';
  writeFileSync(path, sql);

  await project.supabase('migration', 'up', '--yes');
  assert.deepEqual(await applied(), [...FOUNDATION, version]);
  assert.match(await project.supabase('migration', 'list'), new RegExp(`${version}\\W+${version}`));

  await project.supabase('migration', 'down', '--yes');
  assert.deepEqual(await applied(), FOUNDATION);
  assert.equal(await one(`select to_regclass('public.things') as things`), null);

  await project.supabase('db', 'push', '--yes');
  assert.deepEqual(await applied(), [...FOUNDATION, version]);
  assert.equal(await one(`select count(*)::int as policies from pg_policies where policyname = 'things'`), 1);

  await project.supabase('migration', 'repair', '--yes', '--status', 'reverted', version);
  assert.deepEqual(await applied(), FOUNDATION);
  await project.supabase('migration', 'repair', '--yes', '--status', 'applied', version);
  assert.deepEqual(await applied(), [...FOUNDATION, version]);

  renameSync(path, join(project.folder, file));
  await project.supabase('migration', 'fetch', '--yes');
  assert.match(readFileSync(path, 'utf8'), /create table public\.things/);
});

test('a migration that fails changes nothing', async () => {
  await project.local('migration', 'new', 'broken');
  const file = project.migrations().find((name) => name.endsWith('_broken.sql'));
  const path = join(project.folder, 'supabase/migrations', file);
  writeFileSync(path, 'create table public.half (id int);\nalter table auth.users add column mine text;\n');
  const before = await applied();
  const { status, stdout, stderr } = await project.attempt('db', 'push', '--yes');
  assert.notEqual(status, 0);
  assert.match(stdout + stderr, /must be owner of table auth\.users \(SQLSTATE 42501\)/);
  assert.deepEqual(await applied(), before);
  assert.equal(await one(`select to_regclass('public.half') as half`), null);
  renameSync(path, join(project.folder, file));
});

test('push says what it would do, takes older migrations, roles and seeds when it is told to', async () => {
  const write = (name, sql) => {
    const path = join(project.folder, 'supabase', name);
    writeFileSync(path, sql);
    return path;
  };
  const before = await applied();
  const version = String(Number(before.at(-1)) + 1);
  const newer = write(`migrations/${version}_newer.sql`, 'create table public.newer (id int);\n');

  const { status, stdout, stderr } = await project.attempt('db', 'push', '--dry-run', '--yes');
  assert.equal(status, 0, stderr);
  assert.match(stdout + stderr, new RegExp(`${version}_newer\\.sql`));
  assert.deepEqual(await applied(), before);
  await project.supabase('db', 'push', '--yes');
  assert.deepEqual(await applied(), [...before, version]);

  const older = write('migrations/00006_older.sql', 'create table public.older (id int);\n');
  for (const command of [['db', 'push'], ['migration', 'up']]) {
    const refused = await project.attempt(...command, '--yes');
    assert.notEqual(refused.status, 0);
    assert.match(refused.stdout + refused.stderr, /--include-all/);
  }
  await project.supabase('migration', 'up', '--include-all', '--yes');
  assert.deepEqual(await applied(), [...FOUNDATION, '00006', ...before.slice(FOUNDATION.length), version]);

  const role = `reporter_${randomUUID().slice(0, 8)}`;
  const roles = write('roles.sql', `create role "${role}" nologin noinherit;\n`);
  const seeds = readFileSync(join(project.folder, 'supabase/seed.sql'), 'utf8');
  const seed = write('seed.sql', `insert into public.newer values (7);\n`);
  // otherwise a changed seed is only noted
  await database.query('truncate supabase_migrations.seed_files');
  await project.supabase('db', 'push', '--include-roles', '--include-seed', '--yes');
  assert.equal(await one(`select count(*)::int as roles from pg_roles where rolname = '${role}'`), 1);
  assert.equal(await one('select sum(id)::int as total from public.newer'), 7);
  await project.supabase('db', 'push', '--include-seed', '--yes');
  assert.equal(await one('select sum(id)::int as total from public.newer'), 7, 'a seed goes in once');

  await database.query(`drop role "${role}"; drop table public.newer, public.older`);
  await project.supabase('migration', 'repair', '--yes', '--status', 'reverted', '00006', version);
  for (const file of [newer, older, roles]) rmSync(file);
  writeFileSync(seed, seeds);
  assert.deepEqual(await applied(), before);
});

test('a reset takes other seeds, none, or fewer migrations', async () => {
  const extra = join(project.folder, 'supabase/extra.sql');
  writeFileSync(extra, 'create table public.seeded as select 1 as id;\n');
  const seeded = () => one(`select to_regclass('public.seeded') is not null as there`);
  await project.supabase('db', 'reset', '--yes', '--sql-paths', './extra.sql');
  assert.equal(await seeded(), true);
  await project.supabase('db', 'reset', '--yes', '--no-seed', '--last', '1');
  assert.equal(await seeded(), false);
  const files = project.migrations().map((name) => name.split('_')[0]);
  assert.deepEqual(await applied(), files.slice(0, -1));
  await project.supabase('db', 'reset', '--yes', '--version', '00003');
  assert.deepEqual(await applied(), ['00001', '00002', '00003']);
  await project.supabase('migration', 'up', '--yes');
  assert.deepEqual(await applied(), files);
  rmSync(extra);
});

test('types are generated in every language that needs no other program', async () => {
  const typescript = await project.supabase('gen', 'types', '--lang=typescript', '--schema', 'public');
  for (const table of ['users', 'subscriptions', 'jobs', 'assets', 'subscription_audit', 'things']) {
    assert.match(typescript, new RegExp(`"${table}": ?{`));
  }
  assert.match(await project.supabase('gen', 'types', '--lang=go', '--schema', 'public'), /type PublicUsersSelect struct/);
  assert.match(await project.supabase('gen', 'types', '--lang=python', '--schema', 'public'), /class PublicUsers\(BaseModel\)/);
});

test('queries are answered', async () => {
  const printed = await project.supabase('db', 'query', '--read-only', '--output', 'json', 'select count(*) from public.jobs');
  assert.deepEqual(JSON.parse(printed), [{ count: 0 }]);
  await project.supabase('db', 'query', '--yes', 'create table public.asked ()');
  assert.equal(await one(`select to_regclass('public.asked') as asked`), 'asked');

  const two = `select 1 as number, 'a, "b"' as text union all select 2, null order by 1`;
  assert.equal(await project.supabase('db', 'query', '--read-only', '--output', 'csv', two), 'number,text\n1,"a, ""b"""\n2,NULL\n');
  assert.match(await project.supabase('db', 'query', '--read-only', '--output', 'table', two), /number.*text[^]*1.*a, "b"/);
  const file = join(project.folder, 'two.sql');
  writeFileSync(file, two);
  const rows = [{ number: 1, text: 'a, "b"' }, { number: 2, text: null }];
  assert.deepEqual(JSON.parse(await project.supabase('db', 'query', '--read-only', '--output', 'json', '--file', file)), rows);
  const piped = await project.pipe(two, 'db', 'query', '--read-only', '--output', 'json');
  assert.deepEqual(JSON.parse(piped.stdout), rows, piped.stderr);

  const written = await project.attempt('db', 'query', '--read-only', `with made as (insert into public.asked default values returning 1) select 1`);
  assert.notEqual(written.status, 0);
  assert.match(written.stdout + written.stderr, /read-only transaction/);
});

test('advisors find nothing wrong with the platform', async () => {
  const ask = async (...flags) => {
    const printed = await project.supabase('db', 'advisors', '--output', 'json', ...flags);
    return printed.includes('[') ? JSON.parse(printed.slice(printed.indexOf('['))) : [];
  };
  assert.deepEqual((await ask()).filter((finding) => finding.metadata?.schema !== 'public'), []);

  await database.query(`create table public.careless (id int primary key, parent int references public.careless);
    create function public.careless() returns int language sql as 'select 1'`);
  const names = async (...flags) =>
    (await ask(...flags)).filter((finding) => finding.metadata?.name === 'careless').map((finding) => finding.name);
  assert.deepEqual(await names('--type', 'security'), ['function_search_path_mutable']);
  assert.deepEqual(await names('--type', 'performance', '--level', 'info'), ['unindexed_foreign_keys']);
  const failed = await project.attempt('db', 'advisors', '--type', 'security', '--fail-on', 'warn');
  assert.notEqual(failed.status, 0, failed.stdout);
  await database.query('drop table public.careless; drop function public.careless');
});

test('lint checks the functions, where the server has plpgsql_check', async (t) => {
  const available = await one(`select count(*)::int as there from pg_available_extensions where name = 'plpgsql_check'`);
  if (available === 0) return t.skip('this PostgreSQL has no plpgsql_check');
  const broken = `create function public.broken() returns bigint language plpgsql as
    'begin return (select count(*) from not_there); end'`;
  await database.query(broken);
  const found = JSON.parse(await project.supabase('db', 'lint', '--schema', 'public'));
  await database.query('drop function public.broken()');
  assert.deepEqual(
    found.filter((one) => one.issues.some((issue) => issue.level === 'error')).map((one) => [one.function, one.issues[0].sqlState]),
    [['public.broken', '42P01']],
  );
});

test('inspect reads the statistics', async () => {
  const report = join(project.folder, 'report');
  await project.supabase('inspect', 'report', '--output-dir', report);
  const [day] = readdirSync(report);
  const files = readdirSync(join(report, day));
  assert.ok(files.includes('db_stats.csv') && files.includes('outliers.csv'), files.join(', '));
  for (let at = 0; at < REPORTS.length; at += 4) {
    await Promise.all(REPORTS.slice(at, at + 4).map((name) => project.supabase('inspect', 'db', name)));
  }
  assert.match(await project.supabase('inspect', 'db', 'table-stats'), /public\W+jobs|jobs/);
});

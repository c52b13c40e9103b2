/**
 * The server under test and the people who use it.
 *
 * Where the server is and which keys it has comes from the environment, under the names that
 * `ferrobase status -o env` prints. Clients are the published package with its defaults; only the
 * background refresh is off, so that nothing keeps a finished test alive.
 */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { createClient } from '@supabase/supabase-js';

const required = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run tests/e2e/run.sh, or export \`ferrobase status -o env\``);
  return value;
};

export const server = {
  url: required('API_URL').replace(/\/$/, ''),
  anonKey: required('ANON_KEY'),
  serviceRoleKey: required('SERVICE_ROLE_KEY'),
  publishableKey: required('PUBLISHABLE_KEY'),
  secretKey: required('SECRET_KEY'),
  jwtSecret: required('JWT_SECRET'),
  databaseUrl: required('DB_URL'),
};

export const TABLES = ['users', 'subscriptions', 'jobs', 'assets', 'subscription_audit'];
export const PASSWORD = 'correct horse battery staple';

const options = { auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false } };

/** A client with the given key that has nobody signed in. */
export const clientWith = (key) => createClient(server.url, key, options);
export const anonymous = () => clientWith(server.anonKey);

/** The service role: row level security does not apply to it. */
export const service = clientWith(server.serviceRoleKey);

export const newEmail = (name = 'user') => `${name}-${randomUUID()}@test.com`;

/** For what a whole `describe` shares: what is handed to its `after` runs when the last test of it is over. */
export function untilTheEnd() {
  const jobs = [];
  after(() => Promise.all(jobs.map((job) => job())));
  return { after: (job) => jobs.push(job) };
}

/** Signs somebody up through the public API. They are deleted after `t`, a test's context or `untilTheEnd()`. */
export async function signUp(t, { name = 'user', key = server.anonKey, data } = {}) {
  const client = clientWith(key);
  const email = newEmail(name);
  const answer = await client.auth.signUp({
    email,
    password: PASSWORD,
    options: { data: data ?? { full_name: name } },
  });
  assert.ifError(answer.error);
  const { user, session } = answer.data;
  assert.ok(session, 'sign-up must answer with a session');
  t.after(() => service.auth.admin.deleteUser(user.id));
  return { client, email, id: user.id, user, session };
}

/** The data of an answer that must be a success. */
export function ok(answer, status) {
  assert.equal(answer.error, null, answer.error ? `${answer.error.code}: ${answer.error.message}` : undefined);
  if (status !== undefined) assert.equal(answer.status, status);
  return answer.data;
}

/** Asserts that an answer of the data API is exactly this refusal. */
export function refused(answer, status, code, message) {
  assert.ok(answer.error, `expected ${code}, but it was allowed: ${JSON.stringify(answer.data)}`);
  assert.deepEqual(
    { status: answer.status, code: answer.error.code },
    { status, code },
    `refused with ${answer.status} ${answer.error.code}: ${answer.error.message}`,
  );
  if (message !== undefined) assert.match(answer.error.message, message);
}

/** Asserts that an answer of the auth API is exactly this refusal. */
export function authRefused(answer, status, code) {
  assert.ok(answer.error, `expected ${code}, but it was allowed`);
  assert.deepEqual(
    { status: answer.error.status, code: answer.error.code },
    { status, code },
    `refused with ${answer.error.status} ${answer.error.code}: ${answer.error.message}`,
  );
}

/** Every row of every table that belongs to these users: what an attack must leave as it was. */
export async function everythingOf(...people) {
  const ids = people.map((person) => person.id);
  const rows = {};
  for (const table of TABLES) {
    const owner = table === 'users' ? 'id' : 'user_id';
    rows[table] = ok(await service.from(table).select('*').in(owner, ids).order('id'));
  }
  return rows;
}

/** Runs an attack and asserts that no row of these users is different afterwards. */
export async function leavesUnchanged(people, attack) {
  const before = await everythingOf(...people);
  await attack();
  assert.deepEqual(await everythingOf(...people), before);
}

/** A finished job with an asset, made the way a worker makes it. */
export async function finishedJob(person, name = 'picture') {
  const job = ok(
    await person.client.from('jobs').insert({ user_id: person.id, job_type: 'generation' }).select().single(),
  );
  ok(await service.from('jobs').update({ status: 'processing', progress: 50 }).eq('id', job.id));
  const finished = ok(
    await service
      .from('jobs')
      .update({
        status: 'completed',
        progress: 100,
        result: { output_url: `https://storage.example.com/${name}.png` },
        completed_at: new Date().toISOString(),
      })
      .eq('id', job.id)
      .select()
      .single(),
  );
  const asset = ok(
    await service
      .from('assets')
      .insert({
        job_id: job.id,
        user_id: person.id,
        asset_type: 'image',
        url: `https://storage.example.com/${name}.png`,
        storage_path: `assets/${name}.png`,
        file_size: 2048,
        metadata: { width: 8, height: 8, format: 'png' },
      })
      .select()
      .single(),
  );
  return { job: finished, asset };
}

/** A paid subscription with its audit entry, as a webhook writes them. */
export async function subscribe(person, tier = 'pro') {
  const subscription = ok(
    await service
      .from('subscriptions')
      .insert({
        user_id: person.id,
        stripe_subscription_id: `sub_${randomUUID()}`,
        stripe_customer_id: `cus_${randomUUID()}`,
        tier,
        status: 'active',
        current_period_start: new Date().toISOString(),
        current_period_end: new Date(Date.now() + 30 * 86_400_000).toISOString(),
      })
      .select()
      .single(),
  );
  const audit = ok(
    await service
      .from('subscription_audit')
      .insert({
        subscription_id: subscription.id,
        user_id: person.id,
        action: 'created',
        stripe_event_id: `evt_${randomUUID()}`,
        details: { tier },
      })
      .select()
      .single(),
  );
  return { subscription, audit };
}

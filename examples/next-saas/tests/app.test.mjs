/**
 * The application, built and served as in production, used through its pages.
 *
 * API_URL, ANON_KEY, SERVICE_ROLE_KEY and JWT_SECRET say where the backend is.
 */

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Browser, visibleText } from './browser.mjs';
import { expire, readSession } from './session-cookie.mjs';

const root = join(import.meta.dirname, '..');
const { API_URL, ANON_KEY, SERVICE_ROLE_KEY, JWT_SECRET } = process.env;
const PASSWORD = 'correct horse battery staple';

let origin, next;

before(async () => {
  for (const [name, value] of Object.entries({ API_URL, ANON_KEY, SERVICE_ROLE_KEY, JWT_SECRET })) {
    assert.ok(value, `${name} is not set: run tests/e2e/run.sh, or export \`ferrobase status -o env\``);
  }
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    NEXT_PUBLIC_SUPABASE_URL: API_URL,
    NEXT_PUBLIC_SUPABASE_ANON_KEY: ANON_KEY,
    SUPABASE_SERVICE_ROLE_KEY: SERVICE_ROLE_KEY,
  };
  const cli = join(root, 'node_modules/next/dist/bin/next');
  execFileSync(process.execPath, [cli, 'build'], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  next = spawn(process.execPath, [cli, 'start', '--hostname', '127.0.0.1', '--port', String(port)], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of next.stdout) if (/Ready in/.test(String(line))) break;
  next.stdout.resume();
});

after(async () => {
  if (!next) return;
  next.kill();
  if (next.exitCode === null && next.signalCode === null) await once(next, 'exit');
});

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Somebody who has just signed up through the form. They are deleted after the test. */
async function signUp(t, name = 'Ada') {
  const browser = new Browser(origin);
  const email = `next-${randomUUID()}@test.com`;
  const answer = await browser.submit('/signup', 'Sign up', { name, email, password: PASSWORD });
  assert.deepEqual([answer.status, answer.location], [303, '/dashboard'], visibleText(answer.text));
  const { id } = readSession(browser).user;
  t.after(() =>
    fetch(`${API_URL}/auth/v1/admin/users/${id}`, {
      method: 'DELETE',
      headers: { apikey: SERVICE_ROLE_KEY, authorization: `Bearer ${SERVICE_ROLE_KEY}` },
    }),
  );
  return { browser, email, id };
}

const toLogin = (answer) =>
  assert.deepEqual([answer.status, new URL(answer.location, origin).pathname], [307, '/login']);

test('a visitor without a session sees the home page and is sent from the dashboard to sign in', async () => {
  const visitor = new Browser(origin);
  assert.match(visibleText((await visitor.open('/')).text), /Sign up or sign in/);
  toLogin(await visitor.request('/dashboard'));
  assert.equal(visitor.cookies.size, 0);
});

test('sign up, create jobs, see them and the usage', async (t) => {
  const { browser, email } = await signUp(t);
  const fresh = visibleText((await browser.open('/dashboard')).text);
  assert.match(fresh, /Hello, Ada/);
  assert.ok(fresh.includes(`${email} · free tier · 0 of 10 jobs`), fresh);
  assert.match(fresh, /None yet/);

  for (const prompt of ['A hedgehog <reading> & thinking', 'Ein Häschen 🐇']) {
    const answer = await browser.submit('/dashboard', 'Create job', { prompt });
    assert.equal(answer.status, 200, visibleText(answer.text));
  }
  const page = await browser.open('/dashboard');
  assert.ok(visibleText(page.text).includes('Ein Häschen 🐇 queued 0 % A hedgehog <reading> & thinking queued 0 %'), visibleText(page.text));
  assert.match(visibleText(page.text), /2 of 10 jobs/);

  const empty = await browser.submit('/dashboard', 'Create job', { prompt: ' ' });
  assert.match(visibleText(empty.text), /Say what is to be made/);
});

test('the quota is explained, not crashed into', async (t) => {
  const { browser } = await signUp(t);
  for (let n = 1; n <= 10; n += 1) await browser.submit('/dashboard', 'Create job', { prompt: `job ${n}` });
  const refused = await browser.submit('/dashboard', 'Create job', { prompt: 'one too many' });
  assert.equal(refused.status, 200);
  assert.match(visibleText(refused.text), /monthly job quota exceeded/);
  assert.match(visibleText((await browser.open('/dashboard')).text), /10 of 10 jobs/);
});

test('nobody sees the jobs of another', async (t) => {
  const [ada, bob] = [await signUp(t, 'Ada'), await signUp(t, 'Bob')];
  await ada.browser.submit('/dashboard', 'Create job', { prompt: 'secret of Ada' });
  const page = visibleText((await bob.browser.open('/dashboard')).text);
  assert.match(page, /Hello, Bob/);
  assert.doesNotMatch(page, /secret of Ada/);
});

test('sign out and in again; a wrong password is refused with a reason', async (t) => {
  const { browser, email } = await signUp(t);
  const out = await browser.submit('/dashboard', 'Sign out');
  assert.deepEqual([out.status, out.location], [303, '/login']);
  assert.equal(readSession(browser), null);
  toLogin(await browser.request('/dashboard'));

  const wrong = await browser.submit('/login', 'Sign in', { email, password: 'wrong password' });
  assert.match(visibleText(wrong.text), /Invalid login credentials/);
  assert.equal(readSession(browser), null);

  const right = await browser.submit('/login', 'Sign in', { email, password: PASSWORD });
  assert.deepEqual([right.status, right.location], [303, '/dashboard']);
  assert.match(visibleText((await browser.open('/dashboard')).text), /Hello, Ada/);
});

test('many requests at once with an expired session all stay signed in', async (t) => {
  const { browser } = await signUp(t);
  const before = readSession(browser);
  expire(browser, JWT_SECRET);

  // Every tab sends the same old cookies; each refreshes for itself, as the requests of one page load do.
  const tabs = Array.from({ length: 6 }, () => browser.clone());
  const pages = await Promise.all(tabs.map((tab) => tab.request('/dashboard')));

  for (const [n, page] of pages.entries()) {
    assert.equal(page.status, 200, `tab ${n}: ${page.location}`);
    assert.match(visibleText(page.text), /Hello, Ada/);
    assert.match(page.response.headers.get('cache-control'), /no-store/);
    const session = readSession(tabs[n]);
    assert.ok(session.expires_at > Date.now() / 1000, 'the tab got a new session');
    assert.notEqual(session.refresh_token, before.refresh_token);
  }
  assert.equal(new Set(tabs.map((tab) => readSession(tab).refresh_token)).size, 1);

  // Whichever answer came last, the browser is still signed in with it, also after the next expiry.
  for (const tab of tabs.slice(0, 2)) {
    expire(tab, JWT_SECRET);
    assert.match(visibleText((await tab.open('/dashboard')).text), /Hello, Ada/);
  }
});

test('a session that ended elsewhere is over here', async (t) => {
  const { browser, id } = await signUp(t);
  await fetch(`${API_URL}/auth/v1/logout?scope=global`, {
    method: 'POST',
    headers: { apikey: ANON_KEY, authorization: `Bearer ${readSession(browser).access_token}` },
  });
  toLogin(await browser.request('/dashboard'));
  assert.ok(id);
});

test('forged session cookies are refused', async (t) => {
  const { browser } = await signUp(t);
  const [name] = [...browser.cookies.keys()];
  for (const value of ['base64-bm90IGpzb24', 'nonsense', `base64-${Buffer.from('{"access_token":"a.b.c","refresh_token":"x","expires_at":9999999999,"user":{}}').toString('base64url')}`]) {
    const visitor = new Browser(origin);
    visitor.cookies.set(name.replace(/\.\d+$/, ''), value);
    toLogin(await visitor.request('/dashboard'));
  }
});

test('deleting the account ends it', async (t) => {
  const { browser, email } = await signUp(t);
  const deleted = await browser.submit('/dashboard', 'Delete my account');
  assert.deepEqual([deleted.status, deleted.location], [303, '/']);
  toLogin(await browser.request('/dashboard'));
  const again = await browser.submit('/login', 'Sign in', { email, password: PASSWORD });
  assert.match(visibleText(again.text), /Invalid login credentials/);
});

test('nothing the browser loads contains the service key', () => {
  const files = (folder) =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? files(path) : [path];
    });
  const loaded = files(join(root, '.next/static'));
  assert.ok(loaded.some((path) => readFileSync(path, 'utf8').includes(ANON_KEY)), 'the public key is in the bundle');
  for (const path of loaded) assert.ok(!readFileSync(path, 'utf8').includes(SERVICE_ROLE_KEY), path);
});

/**
 * The clients of this folder against a running server: no mocks but the browser's `document.cookie`.
 * `server.ts` needs a request of Next.js; examples/next-saas runs it.
 */

import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { NextRequest } from 'next/server';
import { createAdminClient } from '../lib/supabase/admin.ts';
import { createClient as createBrowserClient } from '../lib/supabase/client.ts';
import { updateSession } from '../lib/supabase/middleware.ts';
import { config, middleware, proxy } from '../middleware.ts';

const PASSWORD = 'correct horse battery staple';
const email = `web-${randomUUID()}@test.com`;
const scope = globalThis as { window?: unknown; document?: unknown };
const jar = new Map<string, string>();

let userId: string;

/** Just enough of a browser for @supabase/ssr: a place for cookies, and nothing ever happens. */
scope.document = {
  visibilityState: 'hidden',
  addEventListener: () => {},
  get cookie() {
    return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  },
  set cookie(line: string) {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    if (attributes.some((text) => /^max-age=0$/i.test(text))) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  },
};

// The other tabs a signed-in one would talk to; the channel would keep this process alive.
delete (globalThis as { BroadcastChannel?: unknown }).BroadcastChannel;

/** Runs code with a `window`, which is what tells it that it is in a browser. */
function inBrowser<T>(body: () => Promise<T>): Promise<T> {
  scope.window = {
    document: scope.document,
    location: new URL('http://localhost:3000/'),
    addEventListener: () => {},
    removeEventListener: () => {},
  };
  return body().finally(() => delete scope.window);
}

before(() =>
  inBrowser(async () => {
    const supabase = createBrowserClient();
    await supabase.auth.initialize();
    await supabase.auth.stopAutoRefresh();
    const { data, error } = await supabase.auth.signUp({ email, password: PASSWORD, options: { data: { name: 'Web' } } });
    assert.ifError(error);
    userId = data.user!.id;

    const { data: profile, error: refused } = await supabase.from('users').select('id, name, subscription_tier').single();
    assert.ifError(refused);
    assert.deepEqual(profile, { id: userId, name: 'Web', subscription_tier: 'free' });
  }),
);

after(async () => {
  await createAdminClient().auth.admin.deleteUser(userId);
});

/** A page request with the session's cookies, or with others. */
function request(cookies: Map<string, string> = jar) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return new NextRequest('http://localhost:3000/dashboard', { headers: cookie ? { cookie } : {} });
}

/** The same cookies with a session whose access token is over. */
function expiredCookies() {
  const names = [...jar.keys()].filter((name) => /-auth-token(\.\d+)?$/.test(name)).sort();
  const value = names.map((name) => decodeURIComponent(jar.get(name)!)).join('');
  const session = JSON.parse(Buffer.from(value.slice('base64-'.length), 'base64url').toString());
  const now = Math.floor(Date.now() / 1000);
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: userId, iat: now - 7200, exp: now - 3600 })}`;
  session.access_token = `${signed}.${createHmac('sha256', process.env.JWT_SECRET ?? '').update(signed).digest('base64url')}`;
  session.expires_at = now - 3600;
  const cookie = `base64-${Buffer.from(JSON.stringify(session)).toString('base64url')}`;
  return new Map([[names[0]!.replace(/\.\d+$/, ''), cookie]]);
}

test('the browser client keeps its session in cookies', () => {
  assert.ok([...jar.keys()].some((name) => /^sb-.*-auth-token/.test(name)), [...jar.keys()].join());
});

test('the middleware tells who is asking and leaves a valid session alone', async () => {
  const { supabaseResponse, user } = await updateSession(request());
  assert.equal(user?.id, userId);
  assert.deepEqual(supabaseResponse.cookies.getAll(), []);
});

test('the middleware lets a visitor without a session through as nobody', async () => {
  const { supabaseResponse, user } = await updateSession(request(new Map()));
  assert.equal(user, null);
  assert.equal(supabaseResponse.status, 200);
});

test('the middleware refreshes an expired session for the page and for the browser', async () => {
  const asked = request(expiredCookies());
  const before = asked.cookies.getAll().map(({ value }) => value).join('');
  const { supabaseResponse, user } = await updateSession(asked);

  assert.equal(user?.id, userId);
  const sent = supabaseResponse.cookies.getAll().filter(({ value }) => value);
  assert.ok(sent.length > 0, 'new cookies are sent to the browser');
  assert.match(supabaseResponse.headers.get('cache-control') ?? '', /no-store/);
  for (const { name, value } of sent) assert.equal(asked.cookies.get(name)?.value, value, 'the page sees the same cookies');
  assert.notEqual(sent.map(({ value }) => value).join(''), before);
  jar.clear();
  for (const { name, value } of sent) jar.set(name, value);
});

test('requests of one page at once with an expired session are all the same user', async () => {
  const cookies = expiredCookies();
  const answers = await Promise.all(Array.from({ length: 5 }, () => updateSession(request(cookies))));
  assert.deepEqual([...new Set(answers.map(({ user }) => user?.id))], [userId]);
  jar.clear();
  for (const { name, value } of answers[0]!.supabaseResponse.cookies.getAll()) if (value) jar.set(name, value);
});

test('the exported middleware returns the response, under both names', async () => {
  assert.equal(proxy, middleware);
  assert.equal((await middleware(request())).status, 200);
});

test('the matcher leaves out static files and images and nothing else', () => {
  const matcher = new RegExp(`^${config.matcher[0]}$`);
  for (const path of ['/', '/dashboard', '/api/jobs', '/login', '/image', '/a.svg/b']) assert.match(path, matcher);
  for (const path of ['/_next/static/chunk.js', '/_next/image', '/favicon.ico', '/logo.svg', '/a/b.webp']) {
    assert.doesNotMatch(path, matcher);
  }
});

test('the admin client passes over row level security and keeps no session', async () => {
  const admin = createAdminClient();
  const { data, error } = await admin.from('users').select('email').eq('id', userId).single();
  assert.ifError(error);
  assert.equal(data?.email, email);
  const found = await admin.auth.admin.getUserById(userId);
  assert.equal(found.data.user?.email, email);
  assert.equal((await admin.auth.getSession()).data.session, null);
});

/** The environment module refuses what would break or leak later, and says which variable it is. */

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { env, EnvironmentError, publicEnv } from '../lib/env.ts';

const jwt = (role: string) => `eyJhbGciOiJIUzI1NiJ9.${btoa(JSON.stringify({ role }))}.signature`;

beforeEach(() => {
  process.env.NEXT_PUBLIC_SUPABASE_URL = 'http://127.0.0.1:54321/';
  process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY = jwt('anon');
  process.env.SUPABASE_SERVICE_ROLE_KEY = jwt('service_role');
});

function refuses(read: () => string, name: string, reason: RegExp) {
  assert.throws(read, (error: unknown) => {
    assert.ok(error instanceof EnvironmentError);
    assert.ok(error.message.startsWith(name), error.message);
    assert.match(error.message, reason);
    return true;
  });
}

test('valid values are returned, the URL without a trailing slash', () => {
  assert.equal(publicEnv.NEXT_PUBLIC_SUPABASE_URL, 'http://127.0.0.1:54321');
  assert.equal(publicEnv.NEXT_PUBLIC_SUPABASE_ANON_KEY, jwt('anon'));
  assert.equal(env.SUPABASE_SERVICE_ROLE_KEY, jwt('service_role'));
});

test('the short key format is accepted', () => {
  process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY = 'sb_publishable_abc';
  process.env.SUPABASE_SERVICE_ROLE_KEY = 'sb_secret_abc';
  assert.equal(publicEnv.NEXT_PUBLIC_SUPABASE_ANON_KEY, 'sb_publishable_abc');
  assert.equal(env.SUPABASE_SERVICE_ROLE_KEY, 'sb_secret_abc');
});

test('a missing or blank value is named', () => {
  delete process.env.NEXT_PUBLIC_SUPABASE_URL;
  process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY = ' ';
  delete process.env.SUPABASE_SERVICE_ROLE_KEY;
  refuses(() => publicEnv.NEXT_PUBLIC_SUPABASE_URL, 'NEXT_PUBLIC_SUPABASE_URL', /is not set/);
  refuses(() => publicEnv.NEXT_PUBLIC_SUPABASE_ANON_KEY, 'NEXT_PUBLIC_SUPABASE_ANON_KEY', /is not set/);
  refuses(() => env.SUPABASE_SERVICE_ROLE_KEY, 'SUPABASE_SERVICE_ROLE_KEY', /is not set/);
});

test('a URL that is none, or of another kind, is refused', () => {
  for (const url of ['localhost', 'ftp://example.test', 'javascript:alert(1)']) {
    process.env.NEXT_PUBLIC_SUPABASE_URL = url;
    refuses(() => publicEnv.NEXT_PUBLIC_SUPABASE_URL, 'NEXT_PUBLIC_SUPABASE_URL', /http or https/);
  }
});

test('a secret key in a public variable is refused', () => {
  for (const key of ['sb_secret_abc', jwt('service_role')]) {
    process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY = key;
    refuses(() => publicEnv.NEXT_PUBLIC_SUPABASE_ANON_KEY, 'NEXT_PUBLIC_SUPABASE_ANON_KEY', /secret key/);
  }
});

test('a public key in the secret variable is refused', () => {
  for (const key of ['sb_publishable_abc', jwt('anon')]) {
    process.env.SUPABASE_SERVICE_ROLE_KEY = key;
    refuses(() => env.SUPABASE_SERVICE_ROLE_KEY, 'SUPABASE_SERVICE_ROLE_KEY', /public key/);
  }
});

test('the secret cannot be read in a browser', () => {
  const scope = globalThis as { window?: unknown };
  scope.window = {};
  try {
    refuses(() => env.SUPABASE_SERVICE_ROLE_KEY, 'SUPABASE_SERVICE_ROLE_KEY', /browser/);
  } finally {
    delete scope.window;
  }
});

/**
 * Bad input gets the protocol's own error: never a 5xx, never a half-done write.
 *
 * Each table below is input and the exact answer; what is not listed exactly still must be a 4xx with a JSON error.
 */

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { everythingOf, finishedJob, newEmail, ok, PASSWORD, server, service, signUp, untilTheEnd } from './server.mjs';
import { claimsOf, decode, es256, expired, hs256, unsigned } from './tokens.mjs';
import { send, sendBytes } from './wire.mjs';

describe('bad input', () => {
  const shared = untilTheEnd();
  let ada, user, untouched;

  before(async () => {
    ada = await signUp(shared, { name: 'ada' });
    await finishedJob(ada);
    user = { apikey: server.anonKey, authorization: `Bearer ${ada.session.access_token}` };
    untouched = await everythingOf(ada);
  });

  const rest = (method, path, { headers = {}, ...rest } = {}) =>
    send(method, `/rest/v1/${path}`, { headers: { ...user, 'content-type': 'application/json', ...headers }, ...rest });
  const auth = (method, path, { headers = {}, ...rest } = {}) =>
    send(method, `/auth/v1/${path}`, {
      headers: {
        apikey: server.anonKey,
        'content-type': 'application/json',
        'x-supabase-api-version': '2024-01-01',
        ...headers,
      },
      ...rest,
    });

  function answers(answer, status, code) {
    assert.deepEqual([answer.status, answer.body?.code], [status, code], answer.text.slice(0, 300));
    assert.equal(typeof answer.body.message, 'string');
  }

  /** Any 4xx with a JSON error. */
  function clearError(answer, what) {
    assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
    assert.ok(answer.body?.message ?? answer.body?.msg, `${what}: ${answer.text.slice(0, 200)}`);
  }

  describe('data API: bodies', () => {
    for (const [name, body] of Object.entries({
      'cut off': '{"job_type":',
      'no JSON': 'job_type=generation',
      empty: '',
      'two values': '{} {}',
      'a lone bracket': '[',
      'invalid UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      'very deep': '['.repeat(100_000),
    })) {
      test(name, async () => answers(await rest('POST', 'jobs', { body }), 400, 'PGRST102'));
    }

    test('a NUL byte in a string', async () => {
      const body = JSON.stringify({ user_id: ada.id, job_type: 'a\u0000b' });
      const answer = await rest('POST', 'jobs', { body });
      assert.ok(['22P05', '22021', 'PGRST102'].includes(answer.body?.code), answer.text);
      assert.equal(answer.status, 400);
    });

    test('an unknown column', async () => {
      const body = JSON.stringify({ user_id: ada.id, job_type: 'x', nope: 1 });
      answers(await rest('POST', 'jobs?columns=user_id,job_type,nope', { body }), 400, 'PGRST204');
      answers(await rest('POST', 'jobs', { body }), 400, 'PGRST204');
      answers(await rest('PATCH', 'users?id=eq.' + ada.id, { body: '{"nope":1}' }), 400, 'PGRST204');
    });

    test('a wrong type', async () => {
      const insert = (row) => rest('POST', 'jobs', { body: JSON.stringify({ job_type: 'x', ...row }) });
      answers(await insert({ user_id: 'not a uuid' }), 400, '22P02');
      answers(await insert({ user_id: 7 }), 400, '22P02');
      answers(await insert({ user_id: null }), 403, '42501');
    });

    test('rows with different columns', async () => {
      const body = JSON.stringify([{ user_id: ada.id, job_type: 'a' }, { user_id: ada.id }]);
      answers(await rest('POST', 'jobs', { body }), 400, 'PGRST102');
    });

    test('one bad row of many takes the others with it', async () => {
      const rows = [...Array(3).keys()].map(() => ({ user_id: ada.id, job_type: 'x' }));
      const body = JSON.stringify([...rows, { user_id: ada.id, job_type: null }]);
      answers(await rest('POST', 'jobs', { body }), 400, '23502');
    });

    test('a body of a type nobody reads', async () => {
      clearError(await rest('POST', 'jobs', { headers: { 'content-type': 'application/x-nope' }, body: 'x' }), 'type');
    });

    test('an answer of a type nobody writes', async () => {
      answers(await rest('GET', 'jobs', { headers: { accept: 'application/x-nope' } }), 406, 'PGRST107');
    });
  });

  describe('data API: queries', () => {
    for (const [path, status, code] of [
      ['nope', 404, 'PGRST205'],
      ['jobs/1', 404, 'PGRST125'],
      ['rpc/nope', 404, 'PGRST202'],
      ['jobs?nope=eq.1', 400, '42703'],
      ['jobs?select=nope', 400, '42703'],
      ['jobs?select=id,nope(id)', 400, 'PGRST200'],
      ['jobs?order=nope', 400, '42703'],
      ['jobs?id=eq.1', 400, '22P02'],
      ['jobs?progress=gt.x', 400, '22P02'],
      ['jobs?progress=gt.99999999999', 400, '22003'],
      ['jobs?created_at=lt.yesterdayish', 400, '22007'],
      ['jobs?id=1', 400, 'PGRST100'],
      ['jobs?id=nope.1', 400, 'PGRST100'],
      ['jobs?select=id,', 400, 'PGRST100'],
      ['jobs?select=assets(', 400, 'PGRST100'],
      ['jobs?or=(id.eq.1', 400, 'PGRST100'],
      ['jobs?order=id.sideways', 400, 'PGRST100'],
      ['jobs?limit=-1', 416, 'PGRST103'],
    ]) {
      test(`GET ${path}`, async () => answers(await rest('GET', path), status, code));
    }

    test('a limit or offset that is no number is left out of account, as upstream does', async () => {
      for (const query of ['limit=x', 'offset=1.5', 'limit=', 'limit=1e3']) {
        const answer = await rest('GET', `jobs?select=user_id&${query}`);
        assert.deepEqual([answer.status, answer.body], [200, [{ user_id: ada.id }]], query);
      }
    });

    test('a range that makes no sense', async () => {
      answers(await rest('GET', 'jobs', { headers: { range: '9-2', 'range-unit': 'items' } }), 416, 'PGRST103');
    });

    test('one object asked for where there is none', async () => {
      const headers = { accept: 'application/vnd.pgrst.object+json' };
      answers(await rest('GET', 'jobs?job_type=eq.nope', { headers }), 406, 'PGRST116');
    });

    for (const path of ['jobs?job_type=eq.%', 'jobs?job_type=eq.%zz', 'jobs?job_type=eq.%ff', 'jobs?%=eq.1', 'jo%bs', '%', '%00', 'jobs?job_type=eq.%00', 'jobs?%ff=eq.1', 'rpc/%ff', '%2e%2e/auth']) {
      test(`broken percent-encoding: ${path}`, async () => {
        const answer = await rest('GET', path);
        // As text it may simply match nothing; it must not be an error of the server.
        if (answer.status !== 200) clearError(answer, path);
        else assert.deepEqual(answer.body, []);
      });
    }

    test('raw bytes that are no UTF-8 in path, query and header', async () => {
      for (const head of ['GET /rest/v1/jo\xffbs HTTP/1.1', 'GET /rest/v1/jobs?job_type=eq.\xff\xfe HTTP/1.1']) {
        const text = await sendBytes(Buffer.from(`${head}\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1'));
        assert.match(text, /^(HTTP\/1\.1 4\d\d|$)/, head);
      }
      const header = `GET /rest/v1/jobs HTTP/1.1\r\nHost: x\r\napikey: \xff\xfe\r\nConnection: close\r\n\r\n`;
      assert.match(await sendBytes(Buffer.from(header, 'latin1')), /^HTTP\/1\.1 4\d\d/);
    });

    test('an endless query is refused or answered, not fallen over', async () => {
      const long = await rest('GET', `jobs?job_type=eq.${'a'.repeat(30_000)}`);
      assert.ok([200, 414, 431].includes(long.status), String(long.status));
      const nested = await rest('GET', `jobs?select=${'assets('.repeat(2_000)}id${')'.repeat(2_000)}`);
      assert.ok(nested.status >= 400 && nested.status < 500, `${nested.status} ${nested.text.slice(0, 200)}`);
      const logic = await rest('GET', `jobs?or=${'(and'.repeat(3_000)}(id.eq.1)${')'.repeat(3_000)}`);
      assert.ok(logic.status >= 400 && logic.status < 500, `${logic.status} ${logic.text.slice(0, 200)}`);
    });

    test('characters that should be encoded and are written as they are, as PostgREST\'s own examples do', async () => {
      for (const query of ['select=metadata->>nope', 'job_type=neq."a,b"', 'select=`', 'job_type=eq.<^>']) {
        const head = `GET /rest/v1/jobs?limit=1&${query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
        const raw = await sendBytes(`${head}apikey: ${server.anonKey}\r\nAuthorization: ${user.authorization}\r\n\r\n`);
        const encoded = await rest('GET', encodeURI(`jobs?limit=1&${query}`));
        assert.equal(raw.slice(raw.indexOf('\r\n\r\n') + 4), encoded.text, query);
        assert.ok(encoded.text, query);
      }
    });

    test('more columns, dimensions or letters than Postgres has', async () => {
      answers(await rest('GET', `jobs?select=${'id,'.repeat(1_700)}id`), 400, '54011');
      answers(await rest('GET', `jobs?job_type=eq(any).${'{'.repeat(7)}${'}'.repeat(7)}`), 400, '54000');
    });

    test('a cast to a type that has no values', async () => {
      for (const type of ['unknown', 'record', 'trigger', 'nope', 'regclass', '"', 'jobs']) {
        const answer = await rest('GET', `jobs?select=job_type::${encodeURIComponent(type)}`);
        clearError(answer, type);
      }
    });

    test('a call with an argument whose name has a hundred thousand letters', async () => {
      answers(await rest('POST', 'rpc/current_usage', { body: `{"${'k'.repeat(100_000)}":1}` }), 404, 'PGRST202');
    });

    for (const method of ['TRACE', 'PROPFIND', 'LINK', 'SEARCH']) {
      test(`method ${method}`, async () => answers(await rest(method, 'jobs'), 405, 'PGRST117'));
    }

    test('a function called with a method that may write', async () => {
      answers(await rest('DELETE', 'rpc/current_usage'), 405, 'PGRST101');
    });

    test('a schema that is not exposed', async () => {
      answers(await rest('GET', 'users', { headers: { 'accept-profile': 'auth' } }), 406, 'PGRST106');
      answers(await rest('POST', 'users', { headers: { 'content-profile': 'auth' }, body: '{}' }), 406, 'PGRST106');
    });

    test('a preference that is none, taken strictly', async () => {
      const headers = { prefer: 'handling=strict, nope=1' };
      answers(await rest('GET', 'jobs', { headers }), 400, 'PGRST122');
    });
  });

  describe('tokens', () => {
    const [header] = [() => decode(ada.session.access_token)[0]];
    const forgeries = {
      'alg none': () => unsigned(claimsOf(ada.id, { role: 'service_role' })),
      'alg None': () => unsigned(claimsOf(ada.id), 'None'),
      'another secret': () => hs256(claimsOf(ada.id), 'another-secret-that-is-at-least-32-characters'),
      'another ES256 key': () => es256(claimsOf(ada.id)),
      'another ES256 key under the real key id': () => es256(claimsOf(ada.id), header().kid),
      'HS256 under the id of the public key': () => hs256(claimsOf(ada.id), server.jwtSecret + 'x', { kid: header().kid }),
      'claims changed after signing': () => {
        const [head, , signature] = ada.session.access_token.split('.');
        const claims = { ...decode(ada.session.access_token)[1], role: 'service_role' };
        return `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
      },
      'no signature': () => ada.session.access_token.replace(/[^.]*$/, ''),
      'two parts': () => ada.session.access_token.split('.').slice(0, 2).join('.'),
      'no token at all': () => 'nonsense',
      'broken base64': () => 'a.b.c',
      'a header that is no JSON': () => `${Buffer.from('nope').toString('base64url')}.e30.x`,
      huge: () => `${'a'.repeat(8_000)}.${'b'.repeat(8_000)}.c`,
    };
    for (const [name, forge] of Object.entries(forgeries)) {
      test(`${name}: refused by both`, async () => {
        const authorization = `Bearer ${forge()}`;
        answers(await rest('GET', 'jobs', { headers: { authorization } }), 401, 'PGRST301');
        answers(await auth('GET', 'user', { headers: { authorization } }), 403, 'bad_jwt');
      });
    }

    test('expired: refused by both', async () => {
      const authorization = `Bearer ${hs256(claimsOf(ada.id, expired()))}`;
      answers(await rest('GET', 'jobs', { headers: { authorization } }), 401, 'PGRST303');
      answers(await auth('GET', 'user', { headers: { authorization } }), 403, 'bad_jwt');
    });

    test('not valid yet', async () => {
      const later = Math.floor(Date.now() / 1000) + 3600;
      const authorization = `Bearer ${hs256(claimsOf(ada.id, { nbf: later, exp: later + 60 }))}`;
      answers(await rest('GET', 'jobs', { headers: { authorization } }), 401, 'PGRST303');
    });

    test('claims of wrong types', async () => {
      for (const other of [{ exp: 'soon' }, { aud: 7 }, { iat: {} }]) {
        const authorization = `Bearer ${hs256(claimsOf(ada.id, other))}`;
        answers(await rest('GET', 'jobs', { headers: { authorization } }), 401, 'PGRST303');
      }
    });

    test('made for another audience: refused by both', async () => {
      const authorization = `Bearer ${hs256(claimsOf(ada.id, { aud: 'somebody-else' }))}`;
      answers(await rest('GET', 'jobs', { headers: { authorization } }), 401, 'PGRST303');
      answers(await auth('GET', 'user', { headers: { authorization } }), 403, 'bad_jwt');
    });

    test('a good token where another audience is asked for', async () => {
      const headers = { authorization: user.authorization, 'x-jwt-aud': 'somebody-else' };
      answers(await auth('GET', 'user', { headers }), 400, 'validation_failed');
    });

    test('a role that does not exist, or may not be taken', async () => {
      for (const role of ['nobody', 'postgres', 'supabase_admin', 'authenticator', 'pg_read_all_data', 'anon"; drop table users; --']) {
        const authorization = `Bearer ${hs256(claimsOf(ada.id, { role }))}`;
        const answer = await rest('GET', 'jobs', { headers: { authorization } });
        assert.ok([401, 403].includes(answer.status), `${role}: ${answer.status} ${answer.text}`);
        clearError(answer, role);
      }
    });

    test('a subject that is no account, or no UUID', async () => {
      const nobody = hs256(claimsOf('00000000-0000-4000-8000-000000000000'));
      assert.deepEqual((await rest('GET', 'jobs', { headers: { authorization: `Bearer ${nobody}` } })).body, []);
      answers(await auth('GET', 'user', { headers: { authorization: `Bearer ${nobody}` } }), 403, 'user_not_found');
      const odd = hs256(claimsOf('not-a-uuid'));
      clearError(await rest('GET', 'jobs', { headers: { authorization: `Bearer ${odd}` } }), 'sub');
      answers(await auth('GET', 'user', { headers: { authorization: `Bearer ${odd}` } }), 400, 'bad_jwt');
    });

    test('an authorization of another kind', async () => {
      const basic = 'Basic dXNlcjpwYXNz';
      const answer = await auth('GET', 'user', { headers: { authorization: basic } });
      answers(answer, 401, 'no_authorization');
    });

    for (const key of ['nonsense', 'sb_publishable_unknown', 'sb_secret_unknown', '', "' or 1=1 --"]) {
      test(`unknown API key ${JSON.stringify(key)}`, async () => {
        for (const path of ['/rest/v1/users', '/auth/v1/settings']) {
          const answer = await send('GET', path, { headers: { apikey: key } });
          assert.deepEqual([answer.status, answer.body?.message], [401, 'Invalid API key'], answer.text);
        }
      });
    }

    test('an API key signed with another secret', async () => {
      const key = hs256({ role: 'service_role', iss: 'supabase', exp: 4_000_000_000 }, 'x'.repeat(40));
      const answer = await send('GET', '/rest/v1/users', { headers: { apikey: key, authorization: `Bearer ${key}` } });
      assert.equal(answer.status, 401, answer.text);
      clearError(answer, 'forged key');
    });
  });

  describe('auth API', () => {
    for (const [name, body] of Object.entries({
      'cut off': '{"email":',
      'no JSON': 'email=a@test.com',
      empty: '',
      'invalid UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    })) {
      test(`a body that is ${name}`, async () => {
        for (const path of ['signup', 'token?grant_type=password', 'token?grant_type=refresh_token']) {
          answers(await auth('POST', path, { body }), 400, 'bad_json');
        }
      });
    }

    test('a body of wrong types', async () => {
      for (const body of [{ email: 7, password: 'x' }, { email: newEmail(), password: {} }, { email: [], password: [] }]) {
        const answer = await auth('POST', 'signup', { body: JSON.stringify(body) });
        clearError(answer, JSON.stringify(body));
        assert.equal(answer.status, 400);
      }
    });

    test('NUL bytes and lone surrogates in text', async () => {
      for (const body of [
        JSON.stringify({ email: newEmail(), password: PASSWORD, data: { name: 'a\u0000b' } }),
        `{"email":"${newEmail()}","password":"${PASSWORD}","data":{"name":"\\ud800"}}`,
        JSON.stringify({ email: `a\u0000@test.com`, password: PASSWORD }),
      ]) {
        clearError(await auth('POST', 'signup', { body }), body);
      }
    });

    test('an unknown grant', async () => {
      answers(await auth('POST', 'token?grant_type=nope', { body: '{}' }), 400, 'invalid_credentials');
      answers(await auth('POST', 'token', { body: '{}' }), 400, 'invalid_credentials');
    });

    test('a password that is too long', async () => {
      const body = JSON.stringify({ email: newEmail(), password: 'p'.repeat(73) });
      answers(await auth('POST', 'signup', { body }), 400, 'validation_failed');
    });

    test('no session where one is needed', async () => {
      for (const [method, path] of [['PUT', 'user'], ['POST', 'logout']]) {
        const answer = await send(method, `/auth/v1/${path}`, { headers: { 'x-supabase-api-version': '2024-01-01' }, body: '{}' });
        answers(answer, 401, 'no_authorization');
      }
    });

    test('an unknown logout scope', async () => {
      const answer = await auth('POST', 'logout?scope=everything', { headers: user });
      answers(answer, 400, 'validation_failed');
    });

    test('a page that is no number', async () => {
      for (const query of ['page=-1', 'page=x', 'per_page=x']) {
        const headers = { apikey: server.serviceRoleKey, authorization: `Bearer ${server.serviceRoleKey}` };
        clearError(await auth('GET', `admin/users?${query}`, { headers }), query);
      }
    });

    test('a user id that is no UUID', async () => {
      const headers = { apikey: server.serviceRoleKey, authorization: `Bearer ${server.serviceRoleKey}` };
      for (const method of ['GET', 'PUT', 'DELETE']) {
        answers(await auth(method, 'admin/users/not-a-uuid', { headers, body: '{}' }), 404, 'validation_failed');
      }
    });

    test('the older error shape for older clients', async () => {
      const answer = await send('POST', '/auth/v1/token?grant_type=password', {
        headers: { apikey: server.anonKey },
        body: JSON.stringify({ email: newEmail(), password: PASSWORD }),
      });
      assert.deepEqual(
        [answer.status, answer.body.code, answer.body.error_code, answer.body.msg],
        [400, 400, 'invalid_credentials', 'Invalid login credentials'],
      );
    });
  });

  describe('transport', () => {
    test('bodies that are too large', async () => {
      const body = JSON.stringify({ email: newEmail(), password: 'x'.repeat(2 * 1024 * 1024) });
      answers(await auth('POST', 'signup', { body }), 413, 'request_entity_too_large');

      // Announced but never sent: the length alone is refused, in the words of the room.
      for (const [path, error] of [['rest/v1/jobs', '"code":"PGRST102"'], ['auth/v1/signup', '"error_code":"request_entity_too_large"']]) {
        const text = await sendBytes(
          `POST /${path} HTTP/1.1\r\nHost: x\r\napikey: ${server.anonKey}\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n{`,
        );
        assert.match(text, /^HTTP\/1\.1 413/);
        assert.ok(text.includes(error), text);
      }
    });

    for (const path of ['/', '/nope', '/rest', '/rest/v2/jobs', '/restv1/jobs', '/auth/v2/user', '/auth/v1/nope', '/REST/V1/jobs', '//rest/v1/jobs', '/rest/v1/../../etc/passwd', '/.env', '/storage/v1/nope']) {
      test(`unknown route ${path}`, async () => {
        const answer = await send('GET', path, { headers: { apikey: server.anonKey } });
        assert.equal(answer.status, 404, `${answer.status} ${answer.text.slice(0, 200)}`);
        clearError(answer, path);
      });
    }

    for (const [method, path] of [['DELETE', 'signup'], ['GET', 'token'], ['PATCH', 'user'], ['TRACE', 'health'], ['POST', 'settings']]) {
      test(`unknown method ${method} /auth/v1/${path}`, async () => {
        const answer = await auth(method, path);
        assert.equal(answer.status, 405, `${answer.status} ${answer.text.slice(0, 200)}`);
      });
    }

    test('what is not HTTP', async () => {
      for (const bytes of ['nonsense\r\n\r\n', 'GET\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00', 'GET / HTTP/9.9\r\n\r\n', '\x00'.repeat(64)]) {
        assert.match(await sendBytes(Buffer.from(bytes, 'latin1')), /^(HTTP\/1\.[01] (4\d\d|505)|$)/, JSON.stringify(bytes));
      }
    });

    test('the server is as well as before', async () => {
      assert.equal((await send('GET', '/health')).status, 200);
      assert.deepEqual(ok(await service.from('users').select('id').eq('id', ada.id)), [{ id: ada.id }]);
    });
  });

  test('nothing of all this left a trace', async () => assert.deepEqual(await everythingOf(ada), untouched));
});

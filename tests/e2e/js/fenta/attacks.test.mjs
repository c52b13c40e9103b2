/** The foundation `fenta`: the attacks of S4 and Sx through the official client, by people of every role. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { anonymous, ok, PASSWORD, refused, service, signUp, untilTheEnd } from '../server.mjs';

describe('fenta', () => {
  const shared = untilTheEnd();
  // ada founded `one` and pays, eve founded `two`
  let ada, ann, ed, vic, eve, one, two;

  const found = async (person, name) =>
    ok(await person.client.from('orgs').insert({ name, slug: `${name}-${randomUUID()}`, owner_id: person.id }).select().single()).id;
  const add = async (org_id, person, role) => ok(await service.from('org_members').insert({ org_id, user_id: person.id, role }));
  const make = async (person, table, row) => ok(await person.client.from(table).insert(row).select().single()).id;
  const quota = async (org_id) => ok(await service.from('quota_limits').select('*').eq('org_id', org_id).single());
  const consume = (org_id, tokens, more) => service.rpc('consume_quota', { org_id, tokens, kai_credits: 0, render_seconds: 0, ...more });

  before(async () => {
    [ada, ann, ed, vic, eve] = await Promise.all(['ada', 'ann', 'ed', 'vic', 'eve'].map((name) => signUp(shared, { name })));
    [one, two] = [await found(ada, 'one'), await found(eve, 'two')];
    shared.after(() => service.from('orgs').delete().in('id', [one, two]));
    await add(one, ann, 'admin');
    await add(one, ed, 'editor');
    await add(one, vic, 'viewer');
    for (const [person, org_id] of [[ada, one], [eve, two]]) {
      person.project = await make(person, 'projects', { org_id, name: 'Project' });
      person.workflow = await make(person, 'workflows', { org_id, name: 'Workflow' });
      person.template = await make(person, 'templates', { org_id, name: 'Private' });
      person.shown = await make(person, 'templates', { org_id, name: 'Public', is_public: true });
      person.job = await make(person, 'jobs', { org_id, workflow_id: person.workflow });
      person.hook = ok(await person.client.rpc('create_webhook', { p_org_id: org_id, p_url: 'https://example.com/hook', p_events: ['*'] }))[0];
    }
  });

  test('S4-9 a founder is owner, has limits and is seen by the members', async () => {
    const orgs = (person) => person.client.from('orgs').select('id, plan');
    for (const person of [ada, ann, ed, vic]) assert.deepEqual(ok(await orgs(person)), [{ id: one, plan: 'free' }]);
    assert.deepEqual(ok(await orgs(eve)), [{ id: two, plan: 'free' }]);
    const members = ok(await vic.client.from('org_members').select('role').eq('user_id', ada.id));
    assert.deepEqual(members, [{ role: 'owner' }]);
    refused(await eve.client.from('orgs').insert({ name: 'x', slug: 'x', owner_id: ada.id }), 403, '42501');
    refused(await eve.client.from('org_members').insert({ org_id: one, user_id: eve.id, role: 'owner' }), 403, '42501');
  });

  test('S4-1 S4-10 S4-11 S4-18 members read and editors change: nothing recurses, nothing is out of reach', async () => {
    for (const table of ['org_members', 'workflows', 'templates', 'jobs', 'workflow_versions', 'asset_versions', 'job_logs', 'renders']) {
      assert.equal((await vic.client.from(table).select('id')).status, 200, table);
    }
    const { id } = ok(await ed.client.from('workflows').insert({ org_id: one, name: 'w' }).select().single());
    ok(await ed.client.from('workflow_versions').insert({ workflow_id: id, graph: {} }));
    assert.deepEqual(ok(await vic.client.from('workflow_versions').select('version').eq('workflow_id', id)), [{ version: 1 }]);
    ok(await service.from('job_logs').insert({ job_id: ada.job, message: 'began' }));
    ok(await service.from('renders').insert({ job_id: ada.job }));
    for (const table of ['job_logs', 'renders']) {
      assert.equal(ok(await vic.client.from(table).select('id')).length, 1, table);
      assert.deepEqual(ok(await eve.client.from(table).select('id')), [], table);
    }
    assert.deepEqual(ok(await ed.client.from('workflows').update({ name: 'v' }).eq('id', id).select('name')), [{ name: 'v' }]);
    assert.deepEqual(ok(await vic.client.from('workflows').update({ name: 'x' }).eq('id', id).select()), []);
    assert.deepEqual(ok(await vic.client.from('workflows').delete().eq('id', id).select()), []);
    refused(await vic.client.from('workflows').insert({ org_id: one, name: 'x' }), 403, '42501');
    assert.equal(ok(await ed.client.rpc('bin', { p_kind: 'workflow', p_id: id })), true);
    assert.deepEqual(ok(await vic.client.from('workflows').select('id').eq('id', id)), []);
    assert.equal(ok(await eve.client.rpc('bin', { p_kind: 'workflow', p_id: ada.workflow })), false);
    assert.deepEqual(ok(await ann.client.from('orgs').update({ name: 'One' }).eq('id', one).select('name')), [{ name: 'One' }]);
  });

  test('S4-2 S4-3 Sx-C2 Sx-C5 partitions and statistics are nobody\'s to read', async () => {
    const month = new Date().toISOString().slice(0, 7).replace('-', '_');
    for (const client of [anonymous(), ada.client]) {
      for (const table of [`usage_records_${month}`, 'usage_records_default']) refused(await client.from(table).select('*'), 404, 'PGRST205');
      const status = client === ada.client ? 403 : 401;
      refused(await client.from('mv_daily_usage').select('*'), status, '42501');
      refused(await client.from('mv_daily_usage').delete().eq('org_id', one), status, '42501');
    }
    refused(await anonymous().schema('private').from('usage_records_default').select('*'), 406, 'PGRST106');
    for (const table of ['orgs', 'org_members', 'usage_records', 'profiles', 'invoices', 'api_keys', 'webhooks']) {
      refused(await anonymous().from(table).select('id'), 401, '42501');
      refused(await anonymous().from(table).delete().eq('id', randomUUID()), 401, '42501');
    }
    ok(await consume(one, 3));
    assert.deepEqual(ok(await eve.client.rpc('daily_usage', { p_org_id: one })), []);
    refused(await anonymous().rpc('daily_usage', { p_org_id: one }), 401, '42501');
  });

  test('S4-4 nobody gives themselves a role or lifts their own suspension', async () => {
    for (const change of [{ role: 'admin' }, { status: 'active' }, { id: randomUUID() }, { created_at: '1999-01-01' }]) {
      refused(await ed.client.from('profiles').update(change).eq('id', ed.id), 403, '42501');
    }
    ok(await ed.client.from('profiles').update({ name: 'Ed' }).eq('id', ed.id));
    assert.deepEqual(ok(await ed.client.from('profiles').update({ name: 'x' }).eq('id', ada.id).select()), []);
    assert.deepEqual(ok(await ed.client.from('profiles').select('id, name, role')), [{ id: ed.id, name: 'Ed', role: 'user' }]);
  });

  test('S4-5 S4-22 members are managed from above, and an owner stays who pays', async () => {
    const members = (person) => person.client.from('org_members');
    for (const role of ['owner', 'viewer']) refused(await members(ed).insert({ org_id: one, user_id: eve.id, role }), 403, '42501');
    for (const role of ['owner', 'admin']) refused(await members(ann).insert({ org_id: one, user_id: eve.id, role }), 403, '42501');
    assert.deepEqual(ok(await members(ed).update({ role: 'owner' }).eq('user_id', ed.id).select()), []);
    assert.deepEqual(ok(await members(ann).update({ role: 'viewer' }).eq('user_id', ada.id).select()), []);
    assert.deepEqual(ok(await members(ann).delete().eq('user_id', ada.id).select()), []);
    refused(await members(ann).update({ role: 'admin' }).eq('user_id', ed.id), 403, '42501');
    refused(await members(ada).delete().eq('user_id', ada.id).eq('org_id', one), 409, 'PT409');
    refused(await members(ada).update({ role: 'admin' }).eq('user_id', ada.id).eq('org_id', one), 409, 'PT409');
    for (const heir of [vic, eve]) {
      refused(await ada.client.rpc('transfer_org', { p_org_id: one, p_user_id: heir.id }), 409, 'PT409');
    }
    refused(await ed.client.rpc('transfer_org', { p_org_id: one, p_user_id: ed.id }), 403, '42501');
    refused(await service.from('orgs').update({ owner_id: eve.id }).eq('id', one), 409, 'PT409');
  });

  test('S4-6 nobody writes money, limits or the state of work', async () => {
    const insert = (table, row) => ada.client.from(table).insert({ org_id: one, ...row });
    for (const [table, row] of [
      ['credit_packs', { pack_type: 'x', credits_purchased: 1, credits_remaining: 1000000 }],
      ['invoices', { amount_usd: 0, status: 'paid' }],
      ['usage_records', { resource_type: 'llm_tokens', llm_tokens_output: -1000000 }],
      ['quota_limits', { tokens_limit: null }],
      ['kai_generations', { type: 'image' }],
      ['jobs', { status: 'completed', cost_total_usd: -5 }],
      ['webhook_deliveries', { webhook_id: ada.hook.id, event: 'x', payload: {} }],
    ]) {
      refused(await insert(table, row), 403, '42501');
    }
    for (const [table, change] of [
      ['orgs', { plan: 'enterprise' }], ['orgs', { stripe_customer_id: 'cus_x' }], ['orgs', { owner_id: ed.id }], ['orgs', { deleted_at: null }],
      ['quota_limits', { tokens_limit: null }], ['quota_limits', { tokens_used: 0 }], ['credit_packs', { credits_remaining: 9 }],
      ['jobs', { status: 'completed' }], ['workflows', { run_count: 0 }], ['templates', { usage_count: 9 }],
    ]) {
      refused(await ada.client.from(table).update(change).eq(table === 'orgs' ? 'id' : 'org_id', one), 403, '42501');
    }
    assert.equal((await quota(one)).tokens_limit, 100000);
  });

  test('S4-6 S4-16 Sx-C4 the backend\'s functions are the backend\'s', async () => {
    for (const [name, args] of [
      ['consume_quota', { org_id: one, tokens: 1, kai_credits: 0, render_seconds: 0 }],
      ['reset_quota', { p_org_id: one }],
      ['add_credit_pack', { p_org_id: one, p_pack_type: 'x', p_credits: 1000, p_price_usd: 0, p_stripe_payment_id: 'pi' }],
      ['apply_stripe_event', { event: {} }],
      ['claim_jobs', {}],
      ['claim_webhook_deliveries', {}],
      ['finish_webhook_delivery', { p_delivery_id: randomUUID(), p_http_status: 200 }],
      ['integration_credentials', { p_integration_id: randomUUID() }],
      ['verify_api_key', { p_key: 'x' }],
    ]) {
      refused(await ada.client.rpc(name, args), 403, '42501');
      refused(await anonymous().rpc(name, args), 401, '42501');
    }
    const check = { org_id: one, tokens: 1, kai_credits: 1, render_seconds: 1 };
    refused(await anonymous().rpc('check_quota', check), 401, '42501');
    assert.equal(ok(await eve.client.rpc('check_quota', check)), false);
    assert.equal(ok(await vic.client.rpc('check_quota', check)), true);
    for (const name of ['handle_new_user', 'update_quota_usage', 'my_orgs', 'decide_quota', 'create_usage_partitions']) {
      refused(await ada.client.rpc(name), 404, 'PGRST202');
    }
  });

  test('S4-7 secrets reach nobody\'s browser', async () => {
    const credentials = { token: 'sk-1' };
    const id = ok(await ada.client.rpc('set_integration', { p_org_id: one, p_provider: 'openai', p_credentials: credentials }));
    for (const [table, column] of [['webhooks', 'secret'], ['integrations', 'credentials'], ['api_keys', 'key_hash']]) {
      refused(await ada.client.from(table).select(column), 403, '42501');
      refused(await ada.client.from(table).select('id').eq(column, '{}'), 403, '42501');
      assert.deepEqual(ok(await vic.client.from(table).select('id')), [], table);
    }
    refused(await ada.client.from('webhooks').update({ secret: 'x' }).eq('id', ada.hook.id), 403, '42501');
    const [stored] = ok(await service.from('integrations').select('credentials').eq('id', id));
    assert.doesNotMatch(JSON.stringify(stored), /sk-1/);
    assert.deepEqual(ok(await service.rpc('integration_credentials', { p_integration_id: id })), credentials);
    refused(await ed.client.rpc('set_integration', { p_org_id: one, p_provider: 'kai', p_credentials: {} }), 403, '42501');
    refused(await ed.client.rpc('create_webhook', { p_org_id: one, p_url: 'https://e.com', p_events: ['*'] }), 403, '42501');
  });

  test('S4-8 a key is its maker\'s and can do no more than its maker', async () => {
    const key = { user_id: ada.id, org_id: one, name: 'evil', key_hash: 'h' };
    refused(await ed.client.from('api_keys').insert(key), 403, '42501');
    refused(await service.from('api_keys').insert({ ...key, user_id: eve.id }), 409, '23503');
    refused(await ed.client.rpc('create_api_key', { p_org_id: one, p_name: 'k', p_scopes: ['admin'] }), 403, '42501');
    refused(await ed.client.rpc('create_api_key', { p_org_id: two, p_name: 'k' }), 403, '42501');
    const [made] = ok(await ed.client.rpc('create_api_key', { p_org_id: one, p_name: 'k', p_scopes: ['read', 'write'] }));
    const known = async () => ok(await service.rpc('verify_api_key', { p_key: made.key })).map(({ user_id, scopes }) => ({ user_id, scopes }));
    assert.deepEqual(await known(), [{ user_id: ed.id, scopes: ['read', 'write'] }]);
    ok(await service.from('org_members').update({ role: 'viewer' }).eq('user_id', ed.id));
    assert.deepEqual(await known(), [{ user_id: ed.id, scopes: ['read'] }]);
    ok(await service.from('org_members').update({ role: 'editor' }).eq('user_id', ed.id));
    assert.equal(ok(await eve.client.rpc('revoke_api_key', { p_key_id: made.id })), false);
    assert.equal(ok(await ann.client.rpc('revoke_api_key', { p_key_id: made.id })), true);
    assert.deepEqual(await known(), []);
  });

  test('S4-20 nothing hangs on what another organisation has', async () => {
    const jobs = (row) => ed.client.from('jobs').insert({ org_id: one, ...row });
    for (const row of [
      { workflow_id: eve.workflow }, { project_id: eve.project }, { template_id: eve.template }, { parent_job_id: eve.job },
    ]) {
      refused(await jobs(row), 409, '23503');
    }
    ok(await jobs({ template_id: eve.shown }));
    refused(await ed.client.from('schedules').insert({ org_id: one, workflow_id: eve.workflow, cron: '0 9 * * *' }), 409, '23503');
    refused(await ed.client.from('workflows').insert({ org_id: one, name: 'x', project_id: eve.project }), 409, '23503');
    refused(await ed.client.from('jobs').insert({ org_id: two }), 403, '42501');
    refused(await ed.client.from('workflows').update({ org_id: two }).eq('id', ada.workflow), 403, '42501');
    refused(await service.from('usage_records').insert({ org_id: one, resource_type: 'storage', job_id: eve.job }), 409, '23503');
    refused(await service.from('kai_generations').insert({ org_id: one, type: 'image', result_asset_ids: [randomUUID()] }), 409, '23503');
    for (const name of ['cancel_job', 'retry_job']) refused(await ed.client.rpc(name, { p_job_id: eve.job }), 404, 'PT404');
    for (const path of [`${two}/x.png`, `${one}/../${two}/x.png`, '/etc/passwd', `${one}//x`, `${one}/${'x'.repeat(1000)}`]) {
      refused(await ed.client.from('assets').insert({ org_id: one, type: 'image', storage_path: path }), 403, '42501');
    }
  });

  test('S4-12 S4-13 S4-17 S4-28 usage counts in any month, and only what is usage', async () => {
    const before = await quota(two);
    const month = (months) => { const day = new Date(); day.setUTCMonth(day.getUTCMonth() + months); return day.toISOString(); };
    const record = (row) => service.from('usage_records').insert({ org_id: two, resource_type: 'storage', ...row });
    for (const months of [-2, 0, 5]) ok(await record({ storage_bytes: 7, created_at: month(months) }));
    assert.equal((await quota(two)).storage_bytes_used, before.storage_bytes_used + 21);
    for (const column of ['llm_tokens_prompt', 'kai_credits', 'render_seconds', 'storage_bytes', 'cost_usd']) refused(await record({ [column]: -1 }), 400, '23514');
    refused(await record({ kai_credits: 'NaN' }), 400, '23514');
    refused(await service.from('quota_limits').update({ tokens_used: -1 }).eq('org_id', two), 400, '23514');
    const pack = { org_id: two, pack_type: 'x', credits_purchased: 1, credits_remaining: 1, stripe_payment_id: randomUUID() };
    refused(await service.from('credit_packs').insert({ ...pack, credits_remaining: 2 }), 400, '23514');
    ok(await service.from('credit_packs').insert(pack));
    refused(await service.from('credit_packs').insert(pack), 409, '23505');
    assert.equal((await quota(two)).storage_bytes_used, before.storage_bytes_used + 21);
  });

  test('S4-14 S4-15 quota is the own one, needs a row, and takes no amount that is none', async () => {
    const check = (org_id, tokens) => service.rpc('check_quota', { org_id, tokens, kai_credits: 0, render_seconds: 0 });
    ok(await service.from('quota_limits').update({ tokens_limit: 10 }).eq('org_id', two));
    assert.equal(ok(await check(two, 11)), false);
    assert.equal(ok(await check(one, 11)), true);
    assert.equal(ok(await check(randomUUID(), 0)), false);
    for (const tokens of [-5, null]) {
      refused(await check(one, tokens), 400, '22023');
      refused(await consume(one, tokens), 400, '22023');
    }
    refused(await check(one, 3e9), 400, '22003');
    assert.equal(ok(await consume(randomUUID(), 0)), false);
    refused(await ed.client.from('jobs').insert({ org_id: one, config: [] }), 400, '23514');
  });

  test('S4-15c fifty callers at once stay within the limit, and a key counts once', async () => {
    const org = await found(eve, 'race');
    shared.after(() => service.from('orgs').delete().eq('id', org));
    ok(await service.from('quota_limits').update({ tokens_limit: 1000 }).eq('org_id', org));
    const calls = await Promise.all(Array.from({ length: 50 }, () => consume(org, 300)));
    assert.equal(calls.filter((call) => ok(call)).length, 3);
    await Promise.all(Array.from({ length: 50 }, async () => assert.equal(ok(await consume(org, 10, { p_idempotency_key: 'k' })), true)));
    assert.equal((await quota(org)).tokens_used, 910);
  });

  test('S4-21 suspended people and deleted organisations have nothing', async () => {
    const org = await found(eve, 'gone');
    await add(org, vic, 'editor');
    const shown = await make(eve, 'templates', { org_id: org, name: 't', is_public: true });
    ok(await service.from('profiles').update({ status: 'suspended' }).eq('id', vic.id));
    for (const table of ['orgs', 'org_members', 'workflows', 'jobs']) assert.deepEqual(ok(await vic.client.from(table).select('id')), [], table);
    refused(await vic.client.from('workflows').insert({ org_id: org, name: 'x' }), 403, '42501');
    refused(await vic.client.from('orgs').insert({ name: 'x', slug: `x-${randomUUID()}`, owner_id: vic.id }), 403, '42501');
    assert.deepEqual(ok(await vic.client.from('profiles').update({ name: 'x' }).eq('id', vic.id).select()), []);
    ok(await service.from('profiles').update({ status: 'active' }).eq('id', vic.id));
    assert.equal(ok(await vic.client.from('orgs').select('id').eq('id', org)).length, 1);
    refused(await vic.client.rpc('delete_org', { p_org_id: org }), 403, '42501');
    ok(await eve.client.rpc('delete_org', { p_org_id: org }));
    assert.deepEqual(ok(await vic.client.from('orgs').select('id').eq('id', org)), []);
    assert.deepEqual(ok(await anonymous().from('templates').select('id').eq('id', shown)), []);
    assert.deepEqual(ok(await anonymous().from('templates').select('id').eq('id', ada.shown)), [{ id: ada.shown }]);
    assert.deepEqual(ok(await anonymous().from('templates').select('id').eq('id', ada.template)), []);
    ok(await service.from('orgs').delete().eq('id', org));
  });

  test('S4-29 an account can be deleted, and what it owned has an heir', async () => {
    const max = await signUp({ after() {} }, { name: 'max' });
    const org = await found(max, 'heir');
    shared.after(() => service.from('orgs').delete().eq('id', org));
    await add(org, ann, 'admin');
    ok(await service.from('usage_records').insert({ org_id: org, user_id: max.id, resource_type: 'storage' }));
    ok(await service.auth.admin.deleteUser(max.id));
    assert.deepEqual(ok(await service.from('orgs').select('owner_id, deleted_at').eq('id', org)), [{ owner_id: ann.id, deleted_at: null }]);
    assert.deepEqual(ok(await service.from('org_members').select('user_id, role').eq('org_id', org)), [{ user_id: ann.id, role: 'owner' }]);
    const again = await anonymous().auth.signUp({ email: max.email, password: PASSWORD });
    assert.ifError(again.error);
    shared.after(() => service.auth.admin.deleteUser(again.data.user.id));
  });

  test('S4-30 schedules are ever due, and webhooks go out into the world', async () => {
    const schedule = (row) => ed.client.from('schedules').insert({ org_id: one, workflow_id: ada.workflow, cron: '0 9 * * 1-5', ...row });
    for (const cron of ['', 'never', '60 * * * *', '0 0 30 2 *', '* * * *', '*/0 * * * *']) refused(await schedule({ cron }), 400, '23514');
    for (const timezone of ['Mars/Olympus', '']) refused(await schedule({ timezone }), 400, '23514');
    ok(await schedule({ timezone: 'Europe/Berlin' }));
    const urls = [
      'http://example.com', 'https://169.254.169.254/latest', 'https://localhost/', 'https://10.0.0.1/', 'https://[::1]/', 'https://2130706433/',
      'https://user@example.com/', 'https://a.internal/', 'javascript:alert(1)', '',
    ];
    for (const p_url of urls) {
      refused(await ada.client.rpc('create_webhook', { p_org_id: one, p_url, p_events: ['*'] }), 400, '23514');
      refused(await ada.client.from('webhooks').update({ url: p_url }).eq('id', ada.hook.id), 400, '23514');
    }
  });

  test('S4-19 ids carry their kind at the edge, and no other is taken', async () => {
    const id = ok(await ada.client.rpc('prefixed_id', { prefix: 'org', id: one }));
    assert.equal(id, `org_${one.replaceAll('-', '')}`);
    assert.equal(ok(await ada.client.rpc('parse_prefixed_id', { prefix: 'org', prefixed: id })), one);
    for (const args of [{ prefix: 'wf', prefixed: id }, { prefix: 'org', prefixed: `${id}0` }, { prefix: 'org', prefixed: null }]) {
      refused(await ada.client.rpc('parse_prefixed_id', args), 400, '22023');
    }
    refused(await ada.client.from('orgs').select('id').eq('id', id), 400, '22P02');
  });

  test('S4-R1 nobody reads what belongs to another organisation', async () => {
    for (const table of ['orgs', 'org_members', 'projects', 'templates', 'workflows', 'workflow_versions', 'assets', 'jobs', 'job_logs', 'renders',
      'schedules', 'webhook_deliveries', 'usage_records', 'quota_limits', 'invoices', 'credit_packs', 'kai_generations']) {
      const rows = ada.client.from(table).select('id').eq(table === 'orgs' ? 'id' : 'org_id', two);
      assert.deepEqual(ok(await (table === 'templates' ? rows.eq('is_public', false) : rows)), [], table);
    }
    assert.deepEqual(ok(await ed.client.from('invoices').select('id')), []);
  });
});

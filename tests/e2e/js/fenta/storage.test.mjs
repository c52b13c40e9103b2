/** The foundation `fenta` at the storage door, by people of every role, one who is suspended and one who was removed. */

import { randomUUID } from 'node:crypto';
import { ok, service, signUp } from '../server.mjs';
import { storageIsClosed } from '../storage-door.mjs';

storageIsClosed('fenta', async (t) => {
  const people = {};
  for (const name of ['owner', 'admin', 'editor', 'viewer', 'suspended', 'removed', 'stranger']) {
    people[name] = await signUp(t, { name });
  }
  const { owner, suspended, removed } = people;
  const row = { name: 'Org', slug: `org-${randomUUID()}`, owner_id: owner.id };
  const org_id = ok(await owner.client.from('orgs').insert(row).select().single()).id;
  t.after(() => service.from('orgs').delete().eq('id', org_id));
  for (const [name, role] of [['admin', 'admin'], ['editor', 'editor'], ['viewer', 'viewer'], ['suspended', 'admin'], ['removed', 'admin']]) {
    ok(await service.from('org_members').insert({ org_id, user_id: people[name].id, role }));
  }
  ok(await service.from('profiles').update({ status: 'suspended' }).eq('id', suspended.id));
  ok(await service.from('org_members').delete().match({ org_id, user_id: removed.id }));
  return people;
});

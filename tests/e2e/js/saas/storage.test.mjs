/** The foundation `saas` at the storage door: it keeps no files of people, so nobody but its service has any. */

import { signUp } from '../server.mjs';
import { storageIsClosed } from '../storage-door.mjs';

storageIsClosed('saas', async (t) => ({
  ada: await signUp(t, { name: 'ada' }),
  bob: await signUp(t, { name: 'bob' }),
}));

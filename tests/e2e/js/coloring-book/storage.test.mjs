/** The foundation `coloring-book` at the storage door: it keeps no files of people, so nobody but its service has any. */

import { signUp } from '../server.mjs';
import { storageIsClosed } from '../storage-door.mjs';

storageIsClosed('coloring-book', async (t) => ({
  ada: await signUp(t, { name: 'ada' }),
  bob: await signUp(t, { name: 'bob' }),
}));

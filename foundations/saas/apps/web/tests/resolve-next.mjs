/** `next/server` as a bundler resolves it: the package has no `exports`, so plain Node wants the file's name. */

import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) => next(specifier === 'next/server' ? 'next/server.js' : specifier, context),
});

/**
 * The db:* scripts.
 *
 * `start` and `stop` call ferrobase. `migrate`, `reset` and `types` call the official CLI in the version
 * pinned here, and always name the database: no version of the CLI can take a linked project for it.
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary, fail, root, run, status } from './project.mjs';

const CLI = 'supabase@3.1.0';
const PRETTIER = 'prettier@3.10.1';
const TYPES = 'packages/types/src/database.ts';

const commands = {
  start: () => run(binary(), ['start', '--project', root, '--detach']),
  stop: () => run(binary(), ['stop', '--project', root]),
  migrate: () => run('npx', ['--yes', CLI, 'db', 'push', '--yes', remote()]),
  reset: () => run('npx', ['--yes', CLI, 'db', 'reset', '--yes', remote()]),
  types: generateTypes,
  studio: () => console.log(`Open ${status().STUDIO_URL ?? 'http://localhost:54323'} for Supabase Studio`),
};

function remote() {
  const url = status().DB_URL;
  if (!url) fail('No database: run db:start first, or set DB_URL.');
  return `--remote=${url}`;
}

/** Writes the file only when it was generated whole: a redirection would leave it empty after an error. */
function generateTypes() {
  const generated = output('npx', ['--yes', CLI, 'gen', 'types', '--lang=typescript', '--schema', 'public', remote()]);
  const types = output('npx', ['--yes', PRETTIER, '--stdin-filepath', TYPES], generated.slice(generated.indexOf('export type Json')));
  writeFileSync(join(root, TYPES), types);
  console.log(`Wrote ${TYPES}`);
}

function output(program, args, input) {
  const result = spawnSync(program, args, { cwd: root, encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'inherit'] });
  if (result.error) fail(result.error.message);
  if (result.status !== 0) process.exit(result.status ?? 1);
  return result.stdout;
}

const command = process.argv[2];
if (!Object.hasOwn(commands, command)) fail(`usage: database.mjs ${Object.keys(commands).join('|')}`);
commands[command]();

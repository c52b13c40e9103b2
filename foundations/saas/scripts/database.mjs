/**
 * The db:* scripts: ferrobase on this project's database, or on the one that DB_URL names.
 */

import { binary, fail, root, run, status } from './project.mjs';

const TYPES = 'packages/types/src/database.ts';
const database = process.env.DB_URL ? [`--remote=${process.env.DB_URL}`] : [];
const ferrobase = (...args) => run(binary(), [...args, '--project', root]);

const commands = {
  start: () => ferrobase('start', '--detach'),
  stop: () => ferrobase('stop'),
  migrate: () => ferrobase('db', 'push', ...database),
  reset: () => ferrobase('db', 'reset', ...database),
  types: () => ferrobase('gen', 'types', 'typescript', '--schema', 'public', '--file', TYPES, ...database),
  studio: () => console.log(`Open ${status().STUDIO_URL ?? 'http://localhost:54323'} for Supabase Studio`),
};

const command = process.argv[2];
if (!Object.hasOwn(commands, command)) fail(`usage: database.mjs ${Object.keys(commands).join('|')}`);
commands[command]();

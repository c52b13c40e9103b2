/**
 * The official command line, as a person runs it: against the database that `ferrobase status` names, as `postgres`,
 * in a project folder of its own.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const here = fileURLToPath(new URL('.', import.meta.url));
const program = join(here, 'node_modules/.bin/supabase');

/** The foundation whose project the server runs. */
export const foundation = resolve(here, '../../../foundations/saas');

const required = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run tests/e2e/run.sh, or export \`ferrobase status -o env\``);
  return value;
};
export const server = {
  url: required('API_URL').replace(/\/$/, ''),
  anonKey: required('ANON_KEY'),
  databaseUrl: required('DB_URL'),
};

/** The database, as `postgres`, or another one. */
export async function connect(url = server.databaseUrl) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Runs a program on this standard input; never fails: how it ended is part of the answer. */
export function run(file, args, options, input = '') {
  return new Promise((settle) => {
    const limits = { maxBuffer: 64 * 1024 * 1024, timeout: 60_000 };
    const child = execFile(file, args, { ...limits, ...options }, (error, stdout, stderr) => {
      settle({ status: error ? (error.code ?? 1) : 0, stdout, stderr });
    });
    // `migration new` takes the migration from there, to the end
    child.stdin.end(input);
  });
}

/** A copy of the foundation's project, with the command line in it. */
export class Project {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'ferrobase-cli-'));
    cpSync(join(foundation, 'supabase'), join(this.folder, 'supabase'), { recursive: true });
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What is in `supabase/migrations`. */
  migrations() {
    return readdirSync(join(this.folder, 'supabase/migrations')).sort();
  }

  /** Runs the command line without a database. */
  local(...args) {
    return this.#run(args);
  }

  /** Runs the command line on the server's database, however it ends. */
  attempt(...args) {
    return this.pipe('', ...args);
  }

  /** The same, with this on its standard input. */
  pipe(input, ...args) {
    return this.#run([...args, `--remote=${server.databaseUrl}`], input);
  }

  #run(args, input) {
    const env = { ...process.env, HOME: this.folder, DO_NOT_TRACK: '1', PGSSLMODE: 'disable' };
    return run(program, args, { cwd: this.folder, env }, input);
  }

  /** The same, and it must succeed. Answers with what it printed. */
  async supabase(...args) {
    const { status, stdout, stderr } = await this.attempt(...args);
    assert.equal(status, 0, `supabase ${args.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  }
}

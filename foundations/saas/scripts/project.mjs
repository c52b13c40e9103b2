/**
 * The running project: where its binary is, and what `ferrobase status` says about it.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** FERROBASE_BIN, else the build of the repository this folder is part of, else the one on PATH. */
export function binary() {
  if (process.env.FERROBASE_BIN) return process.env.FERROBASE_BIN;
  for (const profile of ['release', 'debug']) {
    const built = join(root, '..', '..', 'target', profile, 'ferrobase');
    if (existsSync(built)) return built;
  }
  return 'ferrobase';
}

/** Runs a program with this terminal and exits with its status if it fails. */
export function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (error) fail(error.code === 'ENOENT' ? `${program} was not found. Set FERROBASE_BIN to the binary.` : error.message);
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * The variables of the running server. What is set in the environment wins, so a project on another
 * machine can be addressed too.
 */
export function status() {
  const names = ['API_URL', 'DB_URL', 'ANON_KEY', 'SERVICE_ROLE_KEY', 'STUDIO_URL'];
  const given = Object.fromEntries(names.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));
  if (given.API_URL && given.DB_URL) return given;
  try {
    const printed = execFileSync(binary(), ['status', '-o', 'env', '--project', root], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { ...parseEnv(printed), ...given };
  } catch (error) {
    if (error.code === 'ENOENT') fail(`${binary()} was not found. Set FERROBASE_BIN to the binary.`);
    return given;
  }
}

/** Lines of the form NAME="value". */
export function parseEnv(text) {
  return Object.fromEntries(
    text
      .split('\n')
      .map((line) => /^(?:export )?([A-Z0-9_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line.trim()))
      .filter(Boolean)
      .map(([, name, double, single, bare]) => [name, double ?? single ?? bare]),
  );
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The session as @supabase/ssr keeps it: base64url JSON, cut into cookies of a bounded size. */

import { createHmac } from 'node:crypto';

const PREFIX = 'base64-';
const CHUNK = 3180;

function cookieNames(browser) {
  return [...browser.cookies.keys()].filter((name) => /^sb-.*-auth-token(\.\d+)?$/.test(name)).sort((a, b) => chunk(a) - chunk(b));
}

const chunk = (name) => Number(/\.(\d+)$/.exec(name)?.[1] ?? 0);

/** The session a browser holds, or null. */
export function readSession(browser) {
  const value = cookieNames(browser).map((name) => decodeURIComponent(browser.cookies.get(name))).join('');
  if (!value) return null;
  if (!value.startsWith(PREFIX)) throw new Error('the session cookie has an unknown encoding');
  return JSON.parse(Buffer.from(value.slice(PREFIX.length), 'base64url').toString());
}

export function writeSession(browser, session) {
  const names = cookieNames(browser);
  const base = names[0].replace(/\.\d+$/, '');
  for (const name of names) browser.cookies.delete(name);
  const value = PREFIX + Buffer.from(JSON.stringify(session)).toString('base64url');
  if (value.length <= CHUNK) browser.cookies.set(base, value);
  else for (let at = 0; at < value.length; at += CHUNK) browser.cookies.set(`${base}.${at / CHUNK}`, value.slice(at, at + CHUNK));
}

/** Turns the clock of a browser's session: its access token ended an hour ago. */
export function expire(browser, jwtSecret) {
  const session = readSession(browser);
  const [, payload] = session.access_token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const now = Math.floor(Date.now() / 1000);
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, iat: now - 7200, exp: now - 3600 })}`;
  const signature = createHmac('sha256', jwtSecret).update(signed).digest('base64url');
  writeSession(browser, { ...session, access_token: `${signed}.${signature}`, expires_at: now - 3600 });
}

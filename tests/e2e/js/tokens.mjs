/** Tokens made by hand: what an attacker, or a careless operator, might present. */

import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { server } from './server.mjs';

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);

/** The header and the claims of a token. */
export function decode(token) {
  const [header, claims] = token.split('.');
  return [header, claims].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
}

/** Claims that would be accepted if their signature were right. */
export const claimsOf = (id, other = {}) => ({
  sub: id,
  aud: 'authenticated',
  role: 'authenticated',
  iss: `${server.url}/auth/v1`,
  iat: now(),
  exp: now() + 3600,
  ...other,
});

export function hs256(claims, secret = server.jwtSecret, header = {}) {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export const unsigned = (claims, alg = 'none') => `${encode({ alg, typ: 'JWT' })}.${encode(claims)}.`;

/** Signed with a fresh key nobody knows, under the key id of the real one if given. */
export function es256(claims, kid) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = `${encode({ alg: 'ES256', typ: 'JWT', ...(kid && { kid }) })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

export const expired = () => ({ iat: now() - 7200, exp: now() - 3600 });

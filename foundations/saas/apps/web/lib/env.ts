/**
 * The environment of the web application, validated where it is read.
 *
 * `publicEnv` may be used anywhere. `env` holds secrets: reading it in a browser throws.
 * Nothing is read when the module is loaded, so a build without an environment succeeds and
 * the first request names what is missing.
 */

export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

function required(name: string, value: string | undefined): string {
  const trimmed = value?.trim();
  if (!trimmed) {
    throw new EnvironmentError(
      `${name} is not set. Copy .env.example to .env.local and fill it in from \`ferrobase status -o env\`.`,
    );
  }
  return trimmed;
}

function requiredUrl(name: string, value: string | undefined): string {
  const text = required(name, value);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new EnvironmentError(`${name} must be an http or https URL, but it is "${text}".`);
  }
  return text.replace(/\/+$/, '');
}

/** A secret key in a public variable would reach every visitor. */
function publicKey(name: string, value: string | undefined): string {
  const key = required(name, value);
  if (key.startsWith('sb_secret_') || roleOf(key) === 'service_role') {
    throw new EnvironmentError(`${name} holds a secret key; it must be the anon or publishable key.`);
  }
  return key;
}

function secretKey(name: string, value: string | undefined): string {
  const key = required(name, value);
  if (key.startsWith('sb_publishable_') || roleOf(key) === 'anon') {
    throw new EnvironmentError(`${name} holds a public key; it must be the service role or secret key.`);
  }
  return key;
}

function roleOf(key: string): unknown {
  const payload = key.split('.')[1];
  if (!payload) return undefined;
  try {
    const base64 = payload.replaceAll('-', '+').replaceAll('_', '/');
    return (JSON.parse(atob(base64)) as { role?: unknown }).role;
  } catch {
    return undefined;
  }
}

/** Values every visitor may see. The bundler replaces only the full expressions below. */
export const publicEnv = {
  get NEXT_PUBLIC_SUPABASE_URL(): string {
    return requiredUrl('NEXT_PUBLIC_SUPABASE_URL', process.env.NEXT_PUBLIC_SUPABASE_URL);
  },
  get NEXT_PUBLIC_SUPABASE_ANON_KEY(): string {
    return publicKey('NEXT_PUBLIC_SUPABASE_ANON_KEY', process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY);
  },
};

/** Secrets. For the server only. */
export const env = {
  get SUPABASE_SERVICE_ROLE_KEY(): string {
    if (typeof window !== 'undefined') {
      throw new EnvironmentError('SUPABASE_SERVICE_ROLE_KEY was read in a browser.');
    }
    return secretKey('SUPABASE_SERVICE_ROLE_KEY', process.env.SUPABASE_SERVICE_ROLE_KEY);
  },
};

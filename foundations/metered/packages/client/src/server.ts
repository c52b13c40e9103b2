/**
 * Supabase client for a server that renders pages. It acts as the signed-in user, whose session travels in cookies:
 * create one per request. `cookies` is what the framework has for reading and writing them.
 */

import type { Database } from '@metered-foundation/types';
import { type CookieMethodsServer, createServerClient } from '@supabase/ssr';

export function createClient(url: string, publishableKey: string, cookies: CookieMethodsServer) {
  return createServerClient<Database>(url, publishableKey, { cookies });
}

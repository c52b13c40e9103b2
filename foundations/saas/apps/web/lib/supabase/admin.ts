/**
 * Supabase client with the service role key: it passes over row level security.
 *
 * Only for trusted code on the server (webhooks, workers, administration). Importing this module
 * into a Client Component fails the build, and the key itself cannot be read in a browser.
 */

import 'server-only';

import type { Database } from '@saas-foundation/types';
import { createClient as createSupabaseClient } from '@supabase/supabase-js';
import { env, publicEnv } from '../env.ts';

export function createAdminClient() {
  return createSupabaseClient<Database>(
    publicEnv.NEXT_PUBLIC_SUPABASE_URL,
    env.SUPABASE_SERVICE_ROLE_KEY,
    {
      auth: {
        autoRefreshToken: false,
        persistSession: false,
      },
    },
  );
}

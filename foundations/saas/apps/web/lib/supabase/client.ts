/**
 * Supabase client for the browser: Client Components and anything else that runs there.
 */

import type { Database } from '@saas-foundation/types';
import { createBrowserClient } from '@supabase/ssr';
import { publicEnv } from '../env.ts';

export function createClient() {
  return createBrowserClient<Database>(
    publicEnv.NEXT_PUBLIC_SUPABASE_URL,
    publicEnv.NEXT_PUBLIC_SUPABASE_ANON_KEY,
  );
}

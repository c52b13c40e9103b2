/**
 * Supabase client for the server: Server Components, Route Handlers and Server Actions.
 *
 * It acts as the signed-in user, whose session travels in cookies. Create one per request.
 */

import type { Database } from '@saas-foundation/types';
import { createServerClient } from '@supabase/ssr';
import { cookies } from 'next/headers';
import { publicEnv } from '../env.ts';

export async function createClient() {
  const cookieStore = await cookies();

  return createServerClient<Database>(
    publicEnv.NEXT_PUBLIC_SUPABASE_URL,
    publicEnv.NEXT_PUBLIC_SUPABASE_ANON_KEY,
    {
      cookies: {
        getAll() {
          return cookieStore.getAll();
        },
        setAll(cookiesToSet) {
          try {
            for (const { name, value, options } of cookiesToSet) {
              cookieStore.set(name, value, options);
            }
          } catch {
            // A Server Component cannot set cookies. The middleware has already refreshed the
            // session of this request, so nothing is lost.
          }
        },
      },
    },
  );
}

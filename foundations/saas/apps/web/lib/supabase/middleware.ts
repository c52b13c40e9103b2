/**
 * Session refresh for the middleware: the one place of a request that can both read the
 * session's cookies and send new ones.
 */

import type { Database } from '@saas-foundation/types';
import { createServerClient, type CookieOptions } from '@supabase/ssr';
import { NextResponse, type NextRequest } from 'next/server';
import { publicEnv } from '../env.ts';

/**
 * Refreshes an expired session and tells who is asking.
 *
 * Return `supabaseResponse`, or copy its cookies and headers to the response you return
 * instead: without them the browser keeps the old refresh token and is signed out later.
 */
export async function updateSession(request: NextRequest) {
  let supabaseResponse = NextResponse.next({ request });
  // Cookies may be written more than once, and the headers come with the first write only.
  const written = new Map<string, { value: string; options: CookieOptions }>();
  const noStore = new Map<string, string>();

  const supabase = createServerClient<Database>(
    publicEnv.NEXT_PUBLIC_SUPABASE_URL,
    publicEnv.NEXT_PUBLIC_SUPABASE_ANON_KEY,
    {
      cookies: {
        getAll() {
          return request.cookies.getAll();
        },
        setAll(cookiesToSet, headers) {
          for (const { name, value, options } of cookiesToSet) {
            request.cookies.set(name, value);
            written.set(name, { value, options });
          }
          for (const [name, value] of Object.entries(headers)) noStore.set(name, value);

          // A new response, because it hands the changed request on to the page.
          supabaseResponse = NextResponse.next({ request });
          for (const [name, { value, options }] of written) {
            supabaseResponse.cookies.set(name, value, options);
          }
          for (const [name, value] of noStore) supabaseResponse.headers.set(name, value);
        },
      },
    },
  );

  // Do not put code between the client and this call: it is what refreshes the session. It asks
  // the server, so a user who was deleted, banned or signed out elsewhere is not let through.
  const {
    data: { user },
  } = await supabase.auth.getUser();

  return { supabaseResponse, user };
}

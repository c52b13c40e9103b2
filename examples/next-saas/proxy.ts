/**
 * Refreshes the session of every page request and keeps visitors without one out of /dashboard.
 *
 * `proxy.ts` is what Next.js 16 calls `middleware.ts`.
 */

import { updateSession } from '@saas-foundation/web/supabase/middleware';
import { NextResponse, type NextRequest } from 'next/server';

export async function proxy(request: NextRequest) {
  const { supabaseResponse, user } = await updateSession(request);
  if (user || !request.nextUrl.pathname.startsWith('/dashboard')) return supabaseResponse;

  const response = NextResponse.redirect(new URL('/login', request.url));
  // A session that turned out to be over is taken out of the browser here.
  for (const cookie of supabaseResponse.cookies.getAll()) response.cookies.set(cookie);
  return response;
}

// Next.js reads this statically, so it cannot be imported from the foundation.
export const config = {
  matcher: ['/((?!_next/static|_next/image|favicon.ico|.*\\.(?:svg|png|jpg|jpeg|gif|webp)$).*)'],
};

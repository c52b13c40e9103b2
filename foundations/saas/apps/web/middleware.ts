/**
 * Next.js middleware: keeps the session of every page request fresh.
 *
 * Next.js 16 calls this file `proxy.ts` and refuses a project that has both. `middleware.ts` is
 * the name both 15 and 16 accept; to move on, rename the file: the export is already there.
 */

import type { NextRequest } from 'next/server';
import { updateSession } from './lib/supabase/middleware.ts';

export async function middleware(request: NextRequest) {
  return (await updateSession(request)).supabaseResponse;
}

/** The name Next.js 16 looks for in `proxy.ts`. */
export { middleware as proxy };

export const config = {
  matcher: [
    /*
     * All paths except:
     * - _next/static (static files)
     * - _next/image (image optimization files)
     * - favicon.ico (favicon file)
     * - image files of the public folder
     */
    '/((?!_next/static|_next/image|favicon.ico|.*\\.(?:svg|png|jpg|jpeg|gif|webp)$).*)',
  ],
};

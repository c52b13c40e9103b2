/** Supabase client for the browser. It acts as whoever signed in; row level security decides what that is. */

import type { Database } from '@metered-foundation/types';
import { createBrowserClient } from '@supabase/ssr';

export function createClient(url: string, publishableKey: string) {
  return createBrowserClient<Database>(url, publishableKey);
}

/** What the signed-in user has used and may still use now, by metric. `remaining` is null without a limit. */
export async function currentUsage(client: ReturnType<typeof createClient>) {
  const { data } = await client.from('current_usage').select('metric, used, max_count, remaining, resets_at').order('metric').throwOnError();
  return data;
}

/**
 * Supabase client with a service key: it passes over row level security. Only for webhooks, workers and
 * administration, never in a browser.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Database, Json } from '@metered-foundation/types';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';

export type AdminClient = SupabaseClient<Database>;

/** What `increment_usage` answers. */
export interface Consumption {
  /** The ledger's entry, which a refund names. */
  entry: number;
  used: number;
  /** What is left; null without a limit. */
  remaining: number | null;
  /** When the window ends; null is never. */
  resets_at: string | null;
  /** Whether this call was made before, and counted then. */
  repeated: boolean;
}

/** What `refund_usage` answers. */
export interface Refund {
  refund: number;
  refunded: number;
  used: number;
  repeated: boolean;
}

export function createAdminClient(url: string, serviceKey: string): AdminClient {
  if (serviceKey.startsWith('sb_publishable_')) throw new Error('the admin client needs a service key, not a publishable one');
  return createClient<Database>(url, serviceKey, { auth: { autoRefreshToken: false, persistSession: false } });
}

/** Counts, or throws an error whose code is PT402 beyond the quota. With a key the same call may be made again. */
export async function incrementUsage(client: AdminClient, userId: string, metric: string, amount = 1, idempotencyKey?: string) {
  const { data } = await client
    .rpc('increment_usage', { user_id: userId, metric, amount, ...(idempotencyKey && { idempotency_key: idempotencyKey }) })
    .throwOnError();
  return data as unknown as Consumption;
}

/** Gives a consumption back, whole or in part. Throws an error whose code is PT409 when less than that is left of it. */
export async function refundUsage(client: AdminClient, userId: string, entry: number, amount?: number) {
  const { data } = await client
    .rpc('refund_usage', { user_id: userId, entry, ...(amount !== undefined && { amount }) })
    .throwOnError();
  return data as unknown as Refund;
}

/** Whether Lemon Squeezy signed this body. `signature` is the header `X-Signature`. */
export function isFromLemonSqueezy(secret: string, body: string, signature: string | null): boolean {
  if (!secret || !signature) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Takes an event whose signature was found right, any number of times and in any order. */
export async function applyLemonSqueezyEvent(client: AdminClient, body: string) {
  const { data } = await client.rpc('apply_lemon_squeezy_event', { event: JSON.parse(body) as Json }).throwOnError();
  return data;
}

/** Removes the files of deleted accounts, and says how many. Safe to run at any time, twice or at once. */
export async function purgeFiles(client: AdminClient): Promise<number> {
  for (let removed = 0; ; ) {
    const { data: files } = await client.rpc('files_to_purge', { max_files: 100 }).throwOnError();
    if (!files?.length) return removed;
    let now = 0;
    for (const [bucket, names] of Map.groupBy(files, (file) => file.bucket_id)) {
      const { data, error } = await client.storage.from(bucket).remove(names.map((file) => file.name));
      if (error) throw error;
      now += data.length;
    }
    // what cannot be removed now would be named again and again
    if (now === 0) return removed;
    removed += now;
  }
}

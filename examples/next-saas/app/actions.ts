'use server';

/** What a visitor can do. Every action asks the database as that visitor; it decides what is allowed. */

import { createAdminClient } from '@saas-foundation/web/supabase/admin';
import { createClient } from '@saas-foundation/web/supabase/server';
import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';

/** What a form shows after it was sent: the reason it was refused, if it was. */
export type FormState = { error?: string };

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim();

export async function signUp(_state: FormState, form: FormData): Promise<FormState> {
  const supabase = await createClient();
  const { error } = await supabase.auth.signUp({
    email: text(form, 'email'),
    password: String(form.get('password') ?? ''),
    options: { data: { full_name: text(form, 'name') } },
  });
  if (error) return { error: error.message };
  redirect('/dashboard');
}

export async function signIn(_state: FormState, form: FormData): Promise<FormState> {
  const supabase = await createClient();
  const { error } = await supabase.auth.signInWithPassword({
    email: text(form, 'email'),
    password: String(form.get('password') ?? ''),
  });
  if (error) return { error: error.message };
  redirect('/dashboard');
}

export async function signOut(): Promise<void> {
  const supabase = await createClient();
  await supabase.auth.signOut({ scope: 'local' });
  redirect('/login');
}

export async function createJob(_state: FormState, form: FormData): Promise<FormState> {
  const supabase = await createClient();
  const {
    data: { user },
  } = await supabase.auth.getUser();
  if (!user) redirect('/login');

  const prompt = text(form, 'prompt');
  if (!prompt) return { error: 'Say what is to be made.' };
  const { error } = await supabase
    .from('jobs')
    .insert({ user_id: user.id, job_type: 'generation', parameters: { prompt } });
  if (error) return { error: [error.message, error.hint].filter(Boolean).join('. ') };
  revalidatePath('/dashboard');
  return {};
}

/** Nobody may delete an account through the public API, not even their own: the service role does it for them. */
export async function deleteAccount(): Promise<void> {
  const supabase = await createClient();
  const {
    data: { user },
  } = await supabase.auth.getUser();
  if (!user) redirect('/login');

  const { error } = await createAdminClient().auth.admin.deleteUser(user.id);
  if (error) throw error;
  await supabase.auth.signOut({ scope: 'local' });
  redirect('/');
}

import { createClient } from '@saas-foundation/web/supabase/server';
import Link from 'next/link';
import { redirect } from 'next/navigation';

export default async function Home() {
  const supabase = await createClient();
  const {
    data: { user },
  } = await supabase.auth.getUser();
  if (user) redirect('/dashboard');

  return (
    <section className="card">
      <h1>Work that gets done while you wait</h1>
      <p className="quiet">Ask for a job, watch it run, read the result.</p>
      <p>
        <Link href="/signup">Sign up</Link> or <Link href="/login">sign in</Link>.
      </p>
    </section>
  );
}

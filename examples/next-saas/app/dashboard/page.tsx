import { createClient } from '@saas-foundation/web/supabase/server';
import { redirect } from 'next/navigation';
import { ActionForm } from '../action-form.tsx';
import { createJob, deleteAccount, signOut } from '../actions.ts';
import { JobTable } from './job-table.tsx';

const JOB_COLUMNS = 'id, status, progress, parameters';

export default async function Dashboard() {
  const supabase = await createClient();
  // The proxy redirects too, but a page that shows private data does not rely on it.
  const {
    data: { user },
  } = await supabase.auth.getUser();
  if (!user) redirect('/login');

  const [profile, jobs, limits] = await Promise.all([
    supabase.from('users').select('name, email, subscription_tier, monthly_usage').single(),
    supabase.from('jobs').select(JOB_COLUMNS).order('created_at', { ascending: false }).limit(50),
    supabase.from('tier_limits').select('tier, monthly_jobs'),
  ]);
  const error = profile.error ?? jobs.error ?? limits.error;
  if (error) throw error;

  const { name, email, subscription_tier: tier, monthly_usage: used } = profile.data!;
  const limit = limits.data!.find((row) => row.tier === tier)?.monthly_jobs;

  return (
    <>
      <section className="card row">
        <div>
          <h1>Hello, {name ?? email}</h1>
          <span className="quiet">
            {email} · {tier} tier · {limit == null ? used : `${used} of ${limit}`} jobs this month
          </span>
        </div>
        <form action={signOut}>
          <button className="plain">Sign out</button>
        </form>
      </section>

      <section className="card">
        <ActionForm action={createJob} submit="Create job">
          <label>
            What is to be made?
            <input name="prompt" placeholder="A hedgehog reading a newspaper" />
          </label>
        </ActionForm>
      </section>

      <section className="card">
        <JobTable initial={jobs.data!} columns={JOB_COLUMNS} />
      </section>

      <form action={deleteAccount}>
        <button className="plain">Delete my account</button>
      </form>
    </>
  );
}

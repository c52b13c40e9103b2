'use client';

import type { Tables } from '@saas-foundation/types';
import { createClient } from '@saas-foundation/web/supabase/client';
import { useEffect, useState } from 'react';

type Job = Pick<Tables<'jobs'>, 'id' | 'status' | 'progress' | 'parameters'>;

function promptOf({ parameters }: Job): string {
  const isObject = parameters !== null && typeof parameters === 'object' && !Array.isArray(parameters);
  return isObject && typeof parameters.prompt === 'string' ? parameters.prompt : '';
}

/** The jobs the server found, and, on request, what the browser finds now. */
export function JobTable({ initial, columns }: { initial: Job[]; columns: 'id, status, progress, parameters' }) {
  const [jobs, setJobs] = useState(initial);
  const [error, setError] = useState<string>();
  useEffect(() => setJobs(initial), [initial]);

  async function refresh() {
    const answer = await createClient()
      .from('jobs')
      .select(columns)
      .order('created_at', { ascending: false })
      .limit(50);
    setError(answer.error?.message);
    if (answer.data) setJobs(answer.data);
  }

  return (
    <>
      <div className="row">
        <strong>Your jobs</strong>
        <button className="plain" type="button" onClick={refresh}>
          Refresh
        </button>
      </div>
      {error && <p className="error">{error}</p>}
      {jobs.length === 0 ? (
        <p className="quiet">None yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Prompt</th>
              <th>Status</th>
              <th>Progress</th>
            </tr>
          </thead>
          <tbody>
            {jobs.map((job) => (
              <tr key={job.id} data-job={job.id}>
                <td>{promptOf(job)}</td>
                <td>{job.status}</td>
                <td>{job.progress} %</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

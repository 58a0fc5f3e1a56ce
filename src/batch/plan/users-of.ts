import type { Job } from './job.js';

/** The jobs that need each job, by its id; a job that nobody needs is absent. One pass: plans have tens of thousands of jobs. Pure. */
export function usersOf(jobs: readonly Job[]): ReadonlyMap<string, readonly Job[]> {
  const users = new Map<string, Job[]>();
  for (const job of jobs) {
    for (const needed of job.after) {
      const known = users.get(needed);
      if (known === undefined) users.set(needed, [job]);
      else known.push(job);
    }
  }
  return users;
}

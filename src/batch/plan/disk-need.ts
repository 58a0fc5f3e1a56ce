import type { JobState } from '../run/job-states.js';
import type { BatchPlan, Job } from './job.js';

/**
 * Most bytes that the jobs which are left need on the disk at one time, besides what is there: all outputs, all scores, and what
 * the largest of those that run side by side need while they are made. Pure.
 */
export function peakBytes(
  { jobs }: Pick<BatchPlan, 'jobs'>,
  states: ReadonlyMap<string, Pick<JobState, 'status'>>,
  jobsAtOnce: number,
): number {
  const left = jobs.filter(({ id, problem }) => problem === undefined && !isOver(states.get(id)?.status));
  const lasting = left.reduce((sum, job) => sum + lastingBytes(job), 0);
  const passing = left.map((job) => Math.max(0, job.scratchBytes - lastingBytes(job))).sort((a, b) => b - a);
  return lasting + passing.slice(0, jobsAtOnce).reduce((sum, bytes) => sum + bytes, 0);
}

function isOver(status: JobState['status'] | undefined): boolean {
  return status === 'done' || status === 'skipped';
}

/** What a job leaves until the end of the batch, at least. */
function lastingBytes({ kind, scratchBytes, output }: Job): number {
  if (kind === 'scores') return scratchBytes;
  return output === undefined || output.isInPlace ? 0 : (output.bytes ?? scratchBytes);
}

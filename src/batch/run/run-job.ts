import type { OpenBatch } from '../open-batch.js';
import type { Job } from '../plan/job.js';
import type { BatchEvent, JobOutcome } from './events.js';
import { leaseOf, workFolder } from './job-places.js';
import { withLease } from './lease.js';
import { problemOf } from './problem-of.js';
import { removeLocksOf } from './remove-locks.js';
import { runSteps } from './run-steps.js';

/** With what a job is run. */
export interface JobContext {
  readonly batch: OpenBatch;
  /** Worker threads. */
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: BatchEvent) => void;
}

/**
 * Does the steps of a job that are not done, journals each, and says how it ended. Holds the job's lease meanwhile, so that nobody
 * else does the same. A failure is an outcome; rejects only when aborted, with what the signal was aborted for.
 */
export async function runJob(job: Job, context: JobContext): Promise<JobOutcome> {
  const { batch, signal, onEvent } = context;
  onEvent({ event: 'job-start', job });
  const outcome = await tryJob(job, batch, context);
  if (outcome.status === 'failed' && signal.aborted) {
    onEvent({ event: 'job-end', job, outcome: { status: 'stopped' } });
    throw signal.reason;
  }
  onEvent({ event: 'job-end', job, outcome });
  return outcome;
}

async function tryJob(job: Job, batch: OpenBatch, context: JobContext): Promise<JobOutcome> {
  if (job.problem !== undefined) return { status: 'failed', error: job.problem };
  if (job.isSkipped === true) return { status: 'skipped' };
  try {
    return await withLease(leaseOf(batch.layout, job.id), context.signal, async (signal, before) => {
      const folder = workFolder(batch.layout, job);
      if (before !== undefined) await removeLocksOf(before, job, batch, folder);
      const isReused = await runSteps(job, folder, { ...context, signal });
      return { status: 'done', isReused };
    });
  } catch (error) {
    return { status: 'failed', error: problemOf(error) };
  }
}

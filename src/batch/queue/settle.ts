import type { BatchPlan, Job } from '../plan/job.js';
import type { QueueJobState } from './queue-work.js';

type States = ReadonlyMap<string, Pick<QueueJobState, 'status'>>;

/** The jobs that can be done now. `failed` ones count where the user asks for all that is missing, as `submit` does. */
export function readyJobs({ jobs }: Pick<BatchPlan, 'jobs'>, states: States, withFailed = false): Job[] {
  return jobs.filter(({ id, problem }) => {
    const status = states.get(id)?.status;
    return status === 'ready' || (withFailed && status === 'failed' && problem === undefined);
  });
}

/**
 * Whether nothing more will happen to a plan. `lost` are the ids of jobs that failed in the queue and left no record, such as
 * one that killed each of its workers.
 */
export function isSettled(
  { jobs }: Pick<BatchPlan, 'jobs'>,
  states: States,
  lost: ReadonlySet<string> = new Set(),
): boolean {
  const over = new Set<string>();
  // Jobs stand after those that they need, so that one pass is enough.
  for (const { id, after } of jobs) {
    const status = states.get(id)?.status ?? 'waiting';
    const isEnd = END.includes(status) || lost.has(id) || after.some((needed) => isStopped(needed));
    if (isEnd) over.add(id);
  }
  return over.size === jobs.length;

  function isStopped(id: string): boolean {
    const status = states.get(id)?.status;
    return over.has(id) && status !== 'done' && status !== 'skipped';
  }
}

const END: readonly QueueJobState['status'][] = ['done', 'skipped', 'failed', 'blocked'];

import type { Job as Entry, JobsOptions, Queue } from 'bullmq';
import { excerpt } from '../../gguf/printable.js';
import type { Job } from '../plan/job.js';
import { entryId, type JobData } from './job-data.js';

/** The jobs of one plan in a queue. */
export interface PlanInQueue {
  readonly queue: Queue;
  /** Path of the manifest in job data. */
  readonly manifest: string;
  /** Of the batch, see `QueueWork`. */
  readonly fingerprint: string;
  /** Further tries of what may heal. */
  readonly retries: number;
}

/** What is in the queue of a job. `none`: nothing. `live`: it waits, is delayed or active. */
export type EntryState = 'none' | 'live' | 'completed' | 'failed';

/** What is in the queue of each job. */
export async function entryStates(plan: PlanInQueue, jobs: readonly Job[]): Promise<Map<string, EntryState>> {
  const found = jobs.map(async ({ id }) => {
    const state = await plan.queue.getJobState(entryId({ manifest: plan.manifest, job: id }));
    return [id, ENTRY_STATES[state] ?? 'live'] as const;
  });
  return new Map(await Promise.all(found));
}

/** Adds jobs. One that has an entry already, in whatever state, is left as it is: by BullMQ, in one step with the adding. */
export async function addEntries(plan: PlanInQueue, jobs: readonly Job[]): Promise<void> {
  if (jobs.length === 0) return;
  const { manifest, fingerprint } = plan;
  await plan.queue.addBulk(
    jobs.map(({ id }) => {
      const data: JobData = { v: 1, manifest, job: id, plan: fingerprint };
      // The name is for people who look at the queue; a worker takes no notice of it.
      return { name: excerpt(id), data, opts: { ...entryOptions(plan.retries), jobId: entryId(data) } };
    }),
  );
}

/** Removes the entries of jobs that ended, so that they can be added again; and tells the others of the plan as it is now. */
export async function renewEntries(plan: PlanInQueue, jobs: readonly Job[]): Promise<void> {
  await Promise.all(jobs.map((job) => renewEntry(plan, job)));
}

async function renewEntry({ queue, manifest, fingerprint }: PlanInQueue, { id }: Job): Promise<void> {
  const entry: Entry | undefined = await queue.getJob(entryId({ manifest, job: id }));
  if (entry === undefined) return;
  if ((await entry.isCompleted()) || (await entry.isFailed())) await entry.remove();
  else await entry.updateData({ v: 1, manifest, job: id, plan: fingerprint } satisfies JobData);
}

const ENTRY_STATES: Readonly<Record<string, EntryState>> = {
  unknown: 'none',
  completed: 'completed',
  failed: 'failed',
};

/** Entries of ended jobs are kept for this long, for who looks at the queue; what is done stands in the journal. */
const KEEP_SECONDS = 7 * 24 * 3600;
/** Pause before the second try, doubled before each further one: a full disk or a busy share heals in minutes if at all. */
const BACKOFF_MS = 10_000;

function entryOptions(retries: number): JobsOptions {
  return {
    attempts: retries + 1,
    backoff: { type: 'exponential', delay: BACKOFF_MS },
    removeOnComplete: { age: KEEP_SECONDS },
    removeOnFail: { age: KEEP_SECONDS },
    // A stack of ours helps nobody who looks at a queue.
    stackTraceLimit: 0,
  };
}

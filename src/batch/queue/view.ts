import type { Job } from '../plan/job.js';
import { entryId } from './job-data.js';
import { askQueue, openQueue, type QueuePlace } from './open-queue.js';
import { manifestBelow } from './roots.js';

/** What the queue knows of a job. Text comes from Redis as it is: not for a terminal. */
export interface QueueEntry {
  readonly state: 'waiting' | 'active' | 'delayed' | 'completed' | 'failed';
  /** Host and process id of the worker that has it or had it last. */
  readonly worker?: string;
  /** Since when it is active or has ended, in milliseconds since 1970. */
  readonly since?: number;
  /** Why its last try failed. */
  readonly reason?: string;
}

/** A look at the jobs of a manifest in a queue, which may be taken again and again. */
export interface QueueView extends AsyncDisposable {
  /** What is in the queue, by the ids of jobs. */
  look(jobs: readonly Job[]): Promise<ReadonlyMap<string, QueueEntry>>;
}

/** Where to look and for what. */
export interface ViewOptions extends QueuePlace {
  readonly manifest: string;
  readonly roots: readonly string[];
}

/** Opens a look at a queue. Rejects with `unavailable` where there is no Redis. */
export async function viewQueue(options: ViewOptions): Promise<QueueView> {
  const manifest = await manifestBelow(options.roots, options.manifest);
  const open = await openQueue(options);
  const lookAt = async ({ id }: Job): Promise<readonly (readonly [string, QueueEntry])[]> => {
    const entry = await open.queue.getJob(entryId({ manifest, job: id }));
    if (entry === undefined) return [];
    const found = await entry.getState();
    const state = STATES.find((each) => each === found);
    if (state === undefined) return [];
    const { processedBy, processedOn, finishedOn, failedReason } = entry;
    const since = finishedOn ?? processedOn;
    const facts: QueueEntry = {
      state,
      ...(processedBy === undefined ? {} : { worker: processedBy }),
      ...(since === undefined ? {} : { since }),
      ...(failedReason === undefined || failedReason === '' ? {} : { reason: failedReason }),
    };
    return [[id, facts]];
  };
  return {
    look: (jobs) => askQueue(options.address, async () => new Map((await Promise.all(jobs.map(lookAt))).flat())),
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

const STATES = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;

import type { Job } from '../plan/job.js';
import { addEntries, entryStates, type PlanInQueue, renewEntries } from './entries.js';
import { askQueue, openQueue, type QueuePlace } from './open-queue.js';
import type { OpenWork } from './queue-work.js';
import { manifestBelow, manifestFile } from './roots.js';
import { isSettled, readyJobs } from './settle.js';

/** What is submitted and where to. */
export interface SubmitOptions extends QueuePlace {
  readonly manifest: string;
  /** The shared folder, or several. */
  readonly roots: readonly string[];
  readonly open: OpenWork;
}

/** What came of it. */
export interface Submitted {
  readonly jobs: number;
  /** Ids of the jobs that were added. */
  readonly added: readonly string[];
  /** Of those that were in the queue already. */
  readonly queued: readonly string[];
  /** Jobs that need others first: workers add them. */
  readonly later: number;
  readonly done: number;
  /** Jobs that cannot be done, and those that need them. */
  readonly impossible: number;
  readonly notes: readonly string[];
}

/**
 * Adds the jobs of a manifest that can be done now. A job stands in the queue once, however often it is submitted; one that
 * failed is tried again.
 */
export async function submitBatch(options: SubmitOptions): Promise<Submitted> {
  const { roots, signal, address } = options;
  const manifest = await manifestBelow(roots, options.manifest);
  // Redis is asked first: that takes a moment, and planning may take minutes.
  await using open = await openQueue(options);
  await using work = await options.open(await manifestFile(roots, manifest), { roots, signal });
  const states = await work.states();
  const { jobs, notes } = work.plan;
  const { fingerprint, retries } = work;
  const plan: PlanInQueue = { queue: open.queue, manifest, fingerprint, retries };
  const ready = readyJobs(work.plan, states, true);
  const isDone = ({ id }: Job): boolean => DONE.includes(states.get(id)?.status);
  const missing = jobs.filter((job) => !isDone(job));
  const { added, queued } = await askQueue(address, () => addReady(plan, missing, ready));
  // With nothing left to do there is no worker that would make the results.
  if (ready.length === 0 && isSettled(work.plan, states)) await work.finish();
  const impossible = impossibleIds(missing).size;
  const later = missing.length - ready.length - impossible;
  return { jobs: jobs.length, added, queued, later, done: jobs.length - missing.length, impossible, notes };
}

const DONE: readonly (string | undefined)[] = ['done', 'skipped'];

/** Jobs stand after those that they need. */
function impossibleIds(jobs: readonly Job[]): Set<string> {
  const ids = new Set<string>();
  for (const { id, after, problem } of jobs) {
    if (problem !== undefined || after.some((needed) => ids.has(needed))) ids.add(id);
  }
  return ids;
}

async function addReady(
  plan: PlanInQueue,
  missing: readonly Job[],
  ready: readonly Job[],
): Promise<Pick<Submitted, 'added' | 'queued'>> {
  // Of later ones too: a worker adds them only if no entry of an earlier run stands in their place.
  await renewEntries(plan, missing);
  const before = await entryStates(plan, ready);
  const isNew = ({ id }: Job): boolean => before.get(id) === 'none';
  await addEntries(plan, ready.filter(isNew));
  const ids = (some: readonly Job[]): string[] => some.map(({ id }) => id);
  return { added: ids(ready.filter(isNew)), queued: ids(ready.filter((job) => !isNew(job))) };
}

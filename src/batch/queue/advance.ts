import type { Job } from '../plan/job.js';
import { addEntries, type EntryState, entryStates } from './entries.js';
import type { QueueJobState } from './queue-work.js';
import { isSettled, readyJobs } from './settle.js';
import type { OpenedBatch } from './work-book.js';

/** What became of a batch when it was looked at. */
export interface Advance {
  /** Ids of the jobs that were added. */
  readonly added: readonly string[];
  /** Whether nothing more will happen; the results were made then. */
  readonly isSettled: boolean;
  /**
   * Ids of jobs that the queue knows to be done and of which no journal says so: another machine did them, and this one does
   * not see its journal yet, since network shares tell of new files with a delay.
   */
  readonly unseen: readonly string[];
}

/**
 * Adds what has become ready, and makes the results when nothing more will happen. Safe at any time and on any number of
 * machines at once: an entry is added once, and results are made of what the journals say. `ending` is a job whose entry is
 * still there, and about to end for good.
 */
export async function advanceBatch({ work, plan }: OpenedBatch, ending?: string): Promise<Advance> {
  const states = await work.states();
  const ready = readyJobs(work.plan, states).filter(({ id }) => id !== ending);
  const entries = await entryStates(plan, [...ready, ...failedJobs(work.plan.jobs, states, ending)]);
  const idsOf = (state: EntryState): string[] => ready.map(({ id }) => id).filter((id) => entries.get(id) === state);
  const added = idsOf('none');
  await addEntries(
    plan,
    ready.filter(({ id }) => added.includes(id)),
  );
  const lost = new Set([...idsOf('failed'), ...(ending === undefined ? [] : [ending])]);
  // One that failed and is tried again is no more over than one that waits.
  const isTriedAgain = failedJobs(work.plan.jobs, states, ending).some(({ id }) => entries.get(id) === 'live');
  const isOver = !isTriedAgain && isSettled(work.plan, states, lost);
  if (isOver) await work.finish();
  return { added, isSettled: isOver, unseen: idsOf('completed') };
}

function failedJobs(
  jobs: readonly Job[],
  states: ReadonlyMap<string, QueueJobState>,
  ending: string | undefined,
): readonly Job[] {
  return jobs.filter(({ id }) => id !== ending && states.get(id)?.status === 'failed');
}

import { addEntries, entryStates } from './entries.js';
import { isSettled, readyJobs } from './settle.js';
import type { OpenedBatch } from './work-book.js';

/** What became of a batch when it was looked at. */
export interface Advance {
  /** Ids of the jobs that were added. */
  readonly added: readonly string[];
  readonly isSettled: boolean;
  /**
   * Ids of jobs that the queue knows to be done and of which no journal says so: another machine did them, and this one does
   * not see its journal yet, since network shares tell of new files with a delay.
   */
  readonly unseen: readonly string[];
}

/**
 * Adds what has become ready, and makes the results when nothing more will happen. Safe at any time and on any number of
 * machines at once: an entry is added once, and results are made of what the journals say. `lost` is a job that is about to
 * fail in the queue without a record.
 */
export async function advanceBatch({ work, plan }: OpenedBatch, lost?: string): Promise<Advance> {
  const states = await work.states();
  const ready = readyJobs(work.plan, states).filter(({ id }) => id !== lost);
  const entries = await entryStates(plan, ready);
  const idsOf = (state: string): string[] => ready.map(({ id }) => id).filter((id) => entries.get(id) === state);
  const added = idsOf('none');
  await addEntries(
    plan,
    ready.filter(({ id }) => added.includes(id)),
  );
  const failed = new Set([...idsOf('failed'), ...(lost === undefined ? [] : [lost])]);
  const isOver = isSettled(work.plan, states, failed);
  if (isOver) await work.finish();
  return { added, isSettled: isOver, unseen: idsOf('completed') };
}

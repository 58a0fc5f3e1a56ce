import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import { isGgufError } from '../../errors.js';
import { type Advance, advanceBatch } from './advance.js';
import { redisMessage } from './connect.js';
import type { WorkBook } from './work-book.js';
import type { WorkerOptions, WorkerTimes } from './worker.js';

/** What it takes. */
export interface Keeper {
  readonly options: Pick<WorkerOptions, 'signal' | 'drain' | 'onEvent' | 'address'>;
  readonly times: Pick<WorkerTimes, 'idleMs' | 'unseenMs'>;
  readonly book: WorkBook;
  readonly queue: Queue;
  readonly isUp: () => boolean;
}

/**
 * Sees to it, whenever nothing is in the queue, that nothing is missing there. Resolves when the worker is stopped and, where it
 * drains the queue, when nothing is left.
 */
export async function keepGoing({ options, times, book, queue, isUp }: Keeper): Promise<void> {
  const { signal, drain, onEvent, address } = options;
  let unseenSince: number | undefined;
  while (!signal.aborted) {
    try {
      if (isUp() && !(await isBusy(queue))) {
        const { added, unseen } = await sweep(book, onEvent);
        unseenSince = unseen === 0 ? undefined : (unseenSince ?? performance.now());
        const isPatient = unseenSince !== undefined && performance.now() - unseenSince < times.unseenMs;
        if (drain && added === 0 && !isPatient) return;
      }
    } catch (error) {
      if (isUp()) onEvent({ event: 'note', text: redisMessage(address, error) });
    }
    await sleep(times.idleMs, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Looks at the batches that this worker knows. It finds jobs that a machine with an old view of the share did not see to be
 * ready, and all of them after a Redis without persistence was restarted.
 */
async function sweep(book: WorkBook, onEvent: WorkerOptions['onEvent']): Promise<{ added: number; unseen: number }> {
  const sum = { added: 0, unseen: 0 };
  for (const manifest of book.unsettled()) {
    const found = await lookAt(book, manifest, onEvent);
    if (found === undefined) continue;
    const { added, unseen, isSettled } = found;
    if (added.length > 0) onEvent({ event: 'added', manifest, jobs: added });
    sum.added += added.length;
    sum.unseen += unseen.length;
    if (!isSettled) continue;
    book.markSettled(manifest);
    onEvent({ event: 'settled', manifest });
  }
  return sum;
}

/** A batch whose manifest is gone, or wrong by now, is none of this worker's any more. */
async function lookAt(
  book: WorkBook,
  manifest: string,
  onEvent: WorkerOptions['onEvent'],
): Promise<Advance | undefined> {
  try {
    return await book.use(manifest, (batch) => advanceBatch(batch));
  } catch (error) {
    if (!isGgufError(error)) throw error;
    book.markSettled(manifest);
    onEvent({ event: 'note', text: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

async function isBusy(queue: Queue): Promise<boolean> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
  return Object.values(counts).some((count) => count > 0);
}

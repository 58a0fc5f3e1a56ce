import { once } from 'node:events';
import { hostname } from 'node:os';
import { atMost } from './at-most.js';
import { type RedisLink, redisMessage } from './connect.js';
import { keepGoing } from './keep-going.js';
import { loadQueue } from './load.js';
import { openQueue, type QueuePlace, SHARED_OPTIONS } from './open-queue.js';
import { type ProcessContext, processEntry } from './process-entry.js';
import type { OpenWork } from './queue-work.js';
import { workBook } from './work-book.js';
import type { WorkerEvent } from './worker-events.js';

/** What a worker works on. */
export interface WorkerOptions extends Omit<QueuePlace, 'isPatient' | 'onNote'> {
  /** Jobs at once. */
  readonly jobs: number;
  /** Folders that manifests and all that they name must be in. */
  readonly roots: readonly string[];
  readonly open: OpenWork;
  /** Whether to end when nothing is left in the queue. */
  readonly drain: boolean;
  readonly onEvent: (event: WorkerEvent) => void;
  readonly times?: Partial<WorkerTimes>;
}

/** Times of a worker in milliseconds, which tests make shorter. */
export interface WorkerTimes {
  /** A job whose worker lets this pass without a sign of life, of which it gives two, is taken over. */
  readonly lockMs: number;
  /** How often workers look for such jobs. */
  readonly stalledMs: number;
  /** Until a job is tried again that another process holds. */
  readonly heldMs: number;
  /** How often an idle worker looks whether something became ready. */
  readonly idleMs: number;
  /** How long a worker that drains the queue waits for journals of other machines to appear: network shares keep what they know of a folder for up to a minute. */
  readonly unseenMs: number;
  /** How long it waits, once stopped, for Redis to take its jobs back. */
  readonly goodbyeMs: number;
}

const TIMES: WorkerTimes = {
  lockMs: 30_000,
  stalledMs: 15_000,
  heldMs: 15_000,
  idleMs: 1000,
  unseenMs: 90_000,
  goodbyeMs: 5000,
};

/**
 * Works on the jobs of a queue until `signal` is aborted or, with `drain`, nothing is left. Jobs in the middle are then stopped
 * and put back. Rejects with `unavailable` if Redis cannot be used at the beginning; later it waits for it to come back.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { address, signal, roots, onEvent } = options;
  const times = { ...TIMES, ...options.times };
  const { Worker, errors } = await loadQueue();
  const onNote = (text: string): void => onEvent({ event: 'note', text });
  await using open = await openQueue({ ...options, isPatient: true, onNote });
  const { queue, link } = open;
  // Only once no new job is taken are the running ones stopped: one that was put back must not come again.
  const stop = new AbortController();
  await using book = workBook(queue, options.open, { roots, signal: stop.signal });
  const running = new Set<Promise<unknown>>();
  const context: ProcessContext = { book, signal: stop.signal, errors, heldMs: times.heldMs, running, onEvent };
  const worker = new Worker(options.queueName, async (entry, token = '') => await processEntry(entry, token, context), {
    connection: link.client,
    ...SHARED_OPTIONS,
    name: workerName(),
    concurrency: options.jobs,
    lockDuration: times.lockMs,
    stalledInterval: times.stalledMs,
    // `processEntry` counts, so that a job which is given up is told of.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    runRetryDelay: 1000,
  });
  // Each try to connect again is an error too; that the connection is lost has been said.
  worker.on('error', (error) => {
    if (link.isUp() && !isOfConnection(error)) onNote(redisMessage(address, error));
  });
  const keeper = { options, times, book, queue, isUp: () => link.isUp() };
  try {
    // What it asks Redis for waits while Redis is away; whoever stops the worker does not.
    await Promise.race([keepGoing(keeper), aborted(signal)]);
  } finally {
    const closed = worker.close().catch(() => undefined);
    stop.abort(signal.reason);
    await Promise.allSettled(running);
    await partFrom(closed, link, times.goodbyeMs);
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** How other programs see this worker: which machine, which process. */
function workerName(): string {
  return `${hostname()}:${process.pid}`;
}

/** Waits for Redis to take the jobs back. Where it does not come back their locks run out, and others take them. */
async function partFrom(closed: Promise<unknown>, link: RedisLink, patienceMs: number): Promise<void> {
  await atMost(patienceMs, closed);
  link.cut();
  // A connection that is open and silent is given up after two seconds.
  await atMost(3000, closed);
}

function isOfConnection(error: Error): boolean {
  return /^Connection is closed|ECONN|EPIPE|ETIMEDOUT|^Stream isn't writeable/.test(error.message);
}

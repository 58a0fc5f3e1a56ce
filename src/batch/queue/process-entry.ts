import type { Job as Entry } from 'bullmq';
import { excerpt } from '../../gguf/printable.js';
import { MAX_MANIFEST_RETRIES } from '../../limits.js';
import type { Problem } from '../plan/job.js';
import type { JobOutcome } from '../run/events.js';
import { problemOf } from '../run/problem-of.js';
import { advanceBatch } from './advance.js';
import { entryId, type JobData, jobDataSchema } from './job-data.js';
import type { QueuePackages } from './load.js';
import type { OpenedBatch, WorkBook } from './work-book.js';
import type { WorkerEvent } from './worker-events.js';

/** What a worker needs for each entry of the queue. */
export interface ProcessContext {
  readonly book: WorkBook;
  /** Aborted when the worker is to stop. */
  readonly signal: AbortSignal;
  readonly errors: QueuePackages['errors'];
  /** Milliseconds until a job that another process holds is tried again. */
  readonly heldMs: number;
  /** Gets the jobs that are being done. */
  readonly running: Set<Promise<unknown>>;
  readonly onEvent: (event: WorkerEvent) => void;
}

/**
 * A job may lose so many workers: one machine after the other may be switched off, but a job that needs more memory than any
 * machine has must not go round for ever.
 */
export const MAX_STALLS = 20;
/** As often as this a job waits for a worker to whom its plan is the one that was submitted. */
const MAX_MISFITS = 20;
/** And as long, in milliseconds. */
const MISFIT_MS = 5000;

/**
 * Does what an entry of the queue asks for. The jobs that become ready by it are added before this resolves, which is before
 * the entry counts as completed: a worker that is killed at any instant leaves an entry behind that another takes over.
 */
export async function processEntry(entry: Entry, token: string, context: ProcessContext): Promise<void> {
  const data = readData(entry, context);
  let isOpen = false;
  try {
    return await context.book.use(
      data.manifest,
      async (batch) => {
        isOpen = true;
        await processJob(entry, token, data, batch, context);
      },
      data.plan,
    );
  } catch (error) {
    if (isOpen) throw error;
    return await failToOpen(entry, token, data, error, context);
  }
}

async function processJob(
  entry: Entry,
  token: string,
  data: JobData,
  batch: OpenedBatch,
  context: ProcessContext,
): Promise<void> {
  const isPlanned = batch.work.plan.jobs.some(({ id }) => id === data.job);
  if (!isPlanned || batch.plan.fingerprint !== data.plan) return await putOff(entry, token, data, context);
  if (entry.stalledCounter > MAX_STALLS) return await giveUp(data, batch, context);
  context.onEvent({ event: 'start', manifest: data.manifest, job: data.job });
  const outcome = await runUntilStopped(batch, data, context);
  await settleEntry(entry, token, data, batch, outcome, context);
}

/** Anybody who reaches Redis may have written it. */
function readData(entry: Entry, { errors, onEvent }: ProcessContext): JobData {
  const parsed = jobDataSchema.safeParse(entry.data);
  const isOurs = parsed.success && entryId(parsed.data) === entry.id;
  if (isOurs) return parsed.data;
  const place = parsed.error?.issues[0]?.path.join('.') || 'data';
  const why = parsed.success ? 'its id is not that of its job' : `its ${excerpt(place)} is not what a job has`;
  onEvent({ event: 'refused', entry: excerpt(entry.id ?? ''), why });
  throw new errors.UnrecoverableError(`refused: ${why}`);
}

async function failToOpen(
  entry: Entry,
  token: string,
  data: JobData,
  error: unknown,
  context: ProcessContext,
): Promise<never> {
  if (context.signal.aborted) return await putBack(entry, token, data, context);
  const problem = problemOf(error);
  // A share that is not mounted may be in a while; a manifest that is wrong, or that leads out of the roots, will stay so.
  const isPassing = problem.code === 'source-unreadable' || problem.code === 'system';
  const isRetried = isPassing && entry.attemptsMade < MAX_MANIFEST_RETRIES;
  context.onEvent({ event: 'failed', manifest: data.manifest, job: data.job, error: problem, isRetried });
  throw isRetried ? new Error(problem.message) : new context.errors.UnrecoverableError(problem.message);
}

async function runUntilStopped({ work }: OpenedBatch, { job }: JobData, context: ProcessContext): Promise<JobOutcome> {
  const { signal, running } = context;
  const run = work.run(job, signal);
  running.add(run);
  try {
    return await run;
  } catch (error) {
    return signal.aborted ? { status: 'stopped' } : { status: 'failed', error: problemOf(error) };
  } finally {
    running.delete(run);
  }
}

async function settleEntry(
  entry: Entry,
  token: string,
  data: JobData,
  batch: OpenedBatch,
  outcome: JobOutcome,
  context: ProcessContext,
): Promise<void> {
  const { errors, onEvent } = context;
  const place = { manifest: data.manifest, job: data.job };
  switch (outcome.status) {
    case 'done':
    case 'skipped':
      onEvent({ event: 'done', ...place, isReused: outcome.status === 'skipped' || outcome.isReused });
      return await advance(data, batch, context);
    case 'failed': {
      if (outcome.error.code === 'locked') return await delay(entry, token, data, outcome.error.message, context);
      const isRetried = batch.work.canHeal(outcome.error) && entry.attemptsMade < batch.work.retries;
      onEvent({ event: 'failed', ...place, error: outcome.error, isRetried });
      if (isRetried) throw new Error(outcome.error.message);
      await advance(data, batch, context);
      throw new errors.UnrecoverableError(outcome.error.message);
    }
    case 'blocked': {
      const message = `${outcome.by} failed, and this needs it`;
      onEvent({ event: 'failed', ...place, error: { code: 'blocked', message }, isRetried: false });
      await advance(data, batch, context);
      throw new errors.UnrecoverableError(message);
    }
    case 'stopped':
      return await putBack(entry, token, data, context);
  }
}

async function advance(data: JobData, batch: OpenedBatch, { book, onEvent }: ProcessContext): Promise<void> {
  const { manifest } = data;
  const { added, isSettled } = await advanceBatch(batch, data.job);
  if (added.length > 0) onEvent({ event: 'added', manifest, jobs: added });
  if (!isSettled) return;
  book.markSettled(manifest);
  onEvent({ event: 'settled', manifest });
}

/** For another worker, at once and before all others. */
async function putBack(
  entry: Entry,
  token: string,
  data: JobData,
  { errors, onEvent }: ProcessContext,
): Promise<never> {
  onEvent({ event: 'put-back', manifest: data.manifest, job: data.job, why: 'this worker was stopped' });
  await entry.moveToWait(token);
  throw new errors.WaitingError();
}

/** Later, and perhaps elsewhere. Does not count as a try. */
async function delay(entry: Entry, token: string, data: JobData, why: string, context: ProcessContext): Promise<never> {
  context.onEvent({ event: 'put-back', manifest: data.manifest, job: data.job, why });
  await entry.moveToDelayed(Date.now() + context.heldMs, token);
  throw new context.errors.DelayedError();
}

/** Another worker may have the version of the programs that the submitter has. If none does, the user must know. */
async function putOff(entry: Entry, token: string, data: JobData, context: ProcessContext): Promise<never> {
  const why = `the plan of ${excerpt(data.manifest)} is not the one that was submitted: the manifest or a model changed, or this machine has another version of ggufix or llama.cpp`;
  if (entry.attemptsStarted < MAX_MISFITS)
    return await delay(entry, token, data, why, { ...context, heldMs: MISFIT_MS });
  const error: Problem = { code: 'mismatch', message: `${why}; submit it again` };
  context.onEvent({ event: 'failed', manifest: data.manifest, job: data.job, error, isRetried: false });
  throw new context.errors.UnrecoverableError(error.message);
}

async function giveUp(data: JobData, batch: OpenedBatch, context: ProcessContext): Promise<never> {
  const message = `${MAX_STALLS} workers ended while they did it, perhaps for want of memory`;
  const error: Problem = { code: 'worker-died', message };
  context.onEvent({ event: 'failed', manifest: data.manifest, job: data.job, error, isRetried: false });
  await advance(data, batch, context);
  throw new context.errors.UnrecoverableError(message);
}

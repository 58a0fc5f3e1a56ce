import { access, constants, mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GgufError } from '../../errors.js';
import type { OpenBatch } from '../open-batch.js';
import type { Job, Problem } from '../plan/job.js';
import { type Admission, admit } from './admission.js';
import { bytesIn, readCapacity } from './capacity.js';
import type { BatchEvent, JobOutcome } from './events.js';
import { backOff, canHeal } from './heal.js';
import { leaseOf, workFolder } from './job-places.js';
import { jobStates } from './job-states.js';
import { withLease } from './lease.js';
import { problemOf } from './problem-of.js';
import { runJob } from './run-job.js';

/** How a local run goes. */
export interface LocalRunOptions {
  /** Jobs at a time. */
  readonly jobs: number;
  /** Threads of each. */
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: BatchEvent) => void;
}

/** How each job of a run ended, by its id. */
export type Outcomes = ReadonlyMap<string, JobOutcome>;

/**
 * Does all jobs of a batch that are not done, as many at a time as there is room for. What fails stops only what needs it, or
 * everything that has not begun where the manifest says so; what may heal is tried again. Resolves to how each job ended. Rejects
 * with `locked` where another run is at work on the batch, with `not-writable`, and when aborted, once the running jobs came to a safe point.
 */
export async function runLocal(batch: OpenBatch, options: LocalRunOptions): Promise<Outcomes> {
  await makeFolder(batch.layout.leases);
  return await withLease(leaseOf(batch.layout, 'run'), options.signal, async (signal) => {
    const run = new LocalRun(batch, { ...options, signal });
    return await run.finish();
  });
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GgufError('not-writable', `cannot write to the output folder: ${why}`, { path: folder, why }, { cause });
  }
}

/** The state of a run: what waits, what runs, what ended. */
class LocalRun {
  readonly #batch: OpenBatch;
  readonly #options: LocalRunOptions;
  readonly #outcomes = new Map<string, JobOutcome>();
  readonly #running = new Map<Job, Promise<void>>();
  /** Jobs that failed and are tried again in a while. */
  readonly #resting = new Set<Promise<void>>();
  readonly #failures = new Map<string, number>();
  #waiting: readonly Job[] = [];

  constructor(batch: OpenBatch, options: LocalRunOptions) {
    this.#batch = batch;
    this.#options = options;
  }

  async finish(): Promise<Outcomes> {
    try {
      await this.#takeStock();
      for (;;) {
        this.#options.signal.throwIfAborted();
        this.#block();
        await this.#start();
        const works = [...this.#running.values(), ...this.#resting];
        if (works.length === 0 && this.#waiting.length === 0) return this.#outcomes;
        if (works.length > 0) await Promise.race(works);
      }
    } finally {
      await Promise.all(this.#running.values());
    }
  }

  /** What an earlier run did needs nobody. */
  async #takeStock(): Promise<void> {
    const { plan } = this.#batch;
    const states = jobStates(plan, await this.#batch.records());
    const isDone = ({ id }: Job): boolean => states.get(id)?.status === 'done';
    for (const job of plan.jobs.filter(isDone)) this.#end(job, { status: 'done', isReused: true });
    this.#waiting = plan.jobs.filter((job) => !isDone(job));
  }

  #block(): void {
    const isStopped = this.#batch.manifest.settings.onFailure === 'stop' && this.#hasFailed();
    // A job that is blocked blocks others, which come after it.
    for (const job of this.#waiting) {
      const by = job.after.find((id) => isBad(this.#outcomes.get(id)));
      if (by !== undefined) this.#end(job, { status: 'blocked', by });
      else if (isStopped) this.#end(job, { status: 'stopped' });
    }
    this.#waiting = this.#waiting.filter(({ id }) => !this.#outcomes.has(id));
  }

  #hasFailed(): boolean {
    return [...this.#outcomes.values()].some(({ status }) => status === 'failed');
  }

  async #start(): Promise<void> {
    const { settings } = this.#batch.manifest;
    const ready = this.#waiting.filter((each) => this.#isReady(each));
    if (ready.length === 0 || this.#running.size >= this.#options.jobs) return;
    // Once for all that wait: limits.disk is looked up file by file.
    const capacity = await readCapacity(this.#options.jobs, settings.limits, this.#batch.layout);
    for (const job of ready) {
      if (this.#running.size >= this.#options.jobs) return;
      const admission = admit(await stillNeeded(job, this.#batch), [...this.#running.keys()], capacity);
      if (admission.kind === 'wait') continue;
      this.#waiting = this.#waiting.filter((each) => each !== job);
      if (admission.kind === 'refuse') await this.#refuse(job, noRoom(admission));
      else this.#running.set(job, this.#run(job));
    }
  }

  /** Noted, so that the results say why. */
  async #refuse(job: Job, error: Problem): Promise<void> {
    const [step] = job.steps;
    if (step !== undefined) {
      const record = { status: 'failed', key: step.key, job: job.id, step: step.name, seconds: 0, error } as const;
      await this.#batch.journal.append({ ...record, ended: Date.now() });
    }
    this.#end(job, { status: 'failed', error });
  }

  #isReady({ after }: Job): boolean {
    return after.every((id) => this.#outcomes.get(id)?.status === 'done');
  }

  async #run(job: Job): Promise<void> {
    const { signal, threads, onEvent } = this.#options;
    try {
      const tried = await runJob(job, { batch: this.#batch, threads, signal, onEvent: (event) => this.#tell(event) });
      if (tried.status === 'failed' && this.#mayTryAgain(job, tried.error)) this.#rest(job, tried.error);
      else this.#end(job, tried);
    } catch (error) {
      // The run ends by its signal, which the loop looks at; anything else is a fault of the program.
      if (!signal.aborted) this.#end(job, { status: 'failed', error: problemOf(error) });
    } finally {
      this.#running.delete(job);
      const isSettled = this.#outcomes.has(job.id);
      if (signal.aborted && !isSettled) onEvent({ event: 'job-end', job, outcome: { status: 'stopped' } });
    }
  }

  /** How a job ended is told once it is settled: it may be tried again. */
  #tell(event: BatchEvent): void {
    if (event.event !== 'job-end') this.#options.onEvent(event);
  }

  #mayTryAgain({ id, problem }: Job, error: Problem): boolean {
    return (
      problem === undefined && canHeal(error) && (this.#failures.get(id) ?? 0) < this.#batch.manifest.settings.retries
    );
  }

  #rest(job: Job, error: Problem): void {
    const { signal, onEvent } = this.#options;
    const tries = (this.#failures.get(job.id) ?? 0) + 1;
    this.#failures.set(job.id, tries);
    const seconds = backOff(tries);
    onEvent({ event: 'retry', job, error, seconds });
    const rest = sleep(seconds * 1000, undefined, { signal })
      .catch(() => undefined)
      .then(() => {
        this.#resting.delete(rest);
        this.#waiting = [...this.#waiting, job];
      });
    this.#resting.add(rest);
  }

  #end(job: Job, outcome: JobOutcome): void {
    this.#outcomes.set(job.id, outcome);
    this.#options.onEvent({ event: 'job-end', job, outcome });
  }
}

/** A job with what it does not have yet: one that was stopped has files on the disk, and one that does nothing needs no room. */
async function stillNeeded(job: Job, { layout }: OpenBatch): Promise<Job> {
  if (job.problem !== undefined || job.isSkipped === true) return { ...job, memoryBytes: 0, scratchBytes: 0 };
  const staged = await bytesIn(workFolder(layout, job));
  return { ...job, scratchBytes: Math.max(0, job.scratchBytes - staged) };
}

function isBad(outcome: JobOutcome | undefined): boolean {
  return outcome !== undefined && outcome.status !== 'done' && outcome.status !== 'skipped';
}

function noRoom({ what, need, have }: Extract<Admission, { kind: 'refuse' }>): Problem {
  const limit = what === 'disk' ? 'are free or allowed by limits.disk' : 'are there or allowed by limits.memory';
  return {
    code: what === 'disk' ? 'no-space' : 'over-limit',
    message: `needs ${need} bytes of ${what}, and ${have} ${limit}`,
  };
}

import type { BatchPlan, Problem } from '../plan/job.js';
import type { JobOutcome } from '../run/events.js';

/** A batch as the queue needs it: what is to be done, how it is done, how far it is. */
export interface QueueWork extends AsyncDisposable {
  readonly plan: BatchPlan;
  /** SHA-256, in hex, of the manifest and of the versions of all that does the steps: where it differs, results would. */
  readonly fingerprint: string;
  /** How often a job that failed of something passing is tried again. */
  readonly retries: number;
  /** How far each job of the plan is, as the journals say now. */
  states(): Promise<ReadonlyMap<string, QueueJobState>>;
  /** Does a job. A failure is an outcome; only an aborted run rejects. */
  run(jobId: string, signal: AbortSignal): Promise<JobOutcome>;
  /** Whether another try may help. */
  canHeal(error: Problem): boolean;
  /** Makes the results of what is done. May be called again. */
  finish(): Promise<void>;
}

/** How far a job is, as far as the queue must know. */
export interface QueueJobState {
  /** `blocked`: a job that it needs failed. `waiting`: one that it needs is not done yet. */
  readonly status: 'done' | 'skipped' | 'failed' | 'blocked' | 'ready' | 'waiting';
  readonly error?: Problem;
  /** Of what is done of it. */
  readonly seconds?: number;
}

/**
 * Opens the batch of a manifest. With `roots`, rejects if the manifest names a path outside of them all.
 */
export type OpenWork = (manifest: string, options: OpenOptions) => Promise<QueueWork>;

/** How a batch is opened. */
export interface OpenOptions {
  readonly roots: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

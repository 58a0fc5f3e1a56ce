import type { Job } from '../plan/job.js';

/** What a run may use at a time. */
export interface Capacity {
  readonly jobs: number;
  /** Bytes. */
  readonly memory: number;
  /** Bytes of disk that jobs may take while they run; asked for each time, since others use the disk too. */
  readonly disk: number;
}

/** Why a job is not started: it waits for others to end, or it would not have room alone either. */
export type Admission =
  | { readonly kind: 'start' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'refuse'; readonly what: 'memory' | 'disk'; readonly need: number; readonly have: number };

/** Whether a job may start beside those that run. Pure. */
export function admit(job: Job, running: readonly Job[], { jobs, memory, disk }: Capacity): Admission {
  if (running.length >= jobs) return { kind: 'wait' };
  const used = running.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  // What runs has not taken all of its room yet, or has: then the disk has less.
  const promised = running.reduce((sum, { scratchBytes }) => sum + scratchBytes, 0);
  const lacksMemory = used + job.memoryBytes > memory;
  const lacksDisk = promised + job.scratchBytes > disk;
  if (!lacksMemory && !lacksDisk) return { kind: 'start' };
  if (running.length > 0) return { kind: 'wait' };
  return lacksDisk
    ? { kind: 'refuse', what: 'disk', need: job.scratchBytes, have: disk }
    : { kind: 'refuse', what: 'memory', need: job.memoryBytes, have: memory };
}

import type { Job } from '../../../src/batch/plan/job.js';

/** A job of one step whose key is its id. */
export function jobOf(id: string, more: Partial<Job> = {}): Job {
  const steps = [{ name: 'make', key: id }] as const;
  return { id, kind: 'output', model: 'm.gguf', after: [], steps, scratchBytes: 0, memoryBytes: 0, ...more };
}

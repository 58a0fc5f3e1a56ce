import type { Job } from '../../../src/batch/plan/job.js';
import type { BatchEvent, JobOutcome } from '../../../src/batch/run/events.js';

/** An output job of a model. */
export function outputJob(label: string, model = 'models/tiny.gguf'): Job {
  return {
    id: `tiny-${label}.gguf`,
    kind: 'output',
    model,
    after: [],
    steps: [],
    scratchBytes: 0,
    memoryBytes: 0,
    output: { path: `tiny-${label}.gguf`, label, isInPlace: false, bytes: 2048, isExact: true },
  };
}

/** The progress of a job's first step. */
export function progressOf(job: Job, done: number, total = 1000): BatchEvent {
  return { event: 'progress', job, step: 'make', label: 'quantize', done, total, unit: 'bytes' };
}

/** A job that ended. */
export function endOf(job: Job, outcome: JobOutcome = { status: 'done', isReused: false }): BatchEvent {
  return { event: 'job-end', job, outcome };
}

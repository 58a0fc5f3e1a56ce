import type { StepResult } from '../../../src/batch/journal/record.js';
import type { DoneRecord, FailedRecord } from '../../../src/batch/journal/records.js';
import type { StepName } from '../../../src/batch/plan/job.js';

/** The record of a step that was done. */
export function doneRecord(key: string, result: StepResult = {}, step: StepName = 'make'): DoneRecord {
  return { status: 'done', key, job: 'job', step, seconds: 1, result };
}

/** The record of a step that failed. */
export function failedRecord(key: string, step: StepName = 'make'): FailedRecord {
  return { status: 'failed', key, job: 'job', step, seconds: 1, error: { code: 'no-space', message: 'disk full' } };
}

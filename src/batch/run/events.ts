import type { Job, Problem, StepName } from '../plan/job.js';

/** What a runner tells of itself while it works. */
export type BatchEvent =
  | { readonly event: 'job-start'; readonly job: Job }
  | { readonly event: 'step-start'; readonly job: Job; readonly step: StepName }
  | {
      readonly event: 'progress';
      readonly job: Job;
      readonly step: StepName;
      readonly label: string;
      readonly done: number;
      readonly total: number;
      readonly unit: 'bytes' | 'items';
    }
  | {
      readonly event: 'step-end';
      readonly job: Job;
      readonly step: StepName;
      readonly seconds: number;
      /** It was done by an earlier run. */
      readonly isReused: boolean;
    }
  | { readonly event: 'retry'; readonly job: Job; readonly error: Problem; readonly seconds: number }
  | { readonly event: 'job-end'; readonly job: Job; readonly outcome: JobOutcome };

/** How a job ended. `blocked`: one that it needs failed. `stopped`: the run ended before it was done. */
export type JobOutcome =
  | { readonly status: 'done' /** Every step was done by an earlier run. */; readonly isReused: boolean }
  | { readonly status: 'skipped' }
  | { readonly status: 'failed'; readonly error: Problem }
  | { readonly status: 'blocked'; readonly by: string }
  | { readonly status: 'stopped' };

import type { Problem } from '../plan/job.js';

/** What a worker tells of itself. `job` is the id of a job, `manifest` its path below the root. */
export type WorkerEvent =
  | { readonly event: 'start'; readonly manifest: string; readonly job: string }
  | { readonly event: 'done'; readonly manifest: string; readonly job: string; readonly isReused: boolean }
  | {
      readonly event: 'failed';
      readonly manifest: string;
      readonly job: string;
      readonly error: Problem;
      readonly isRetried: boolean;
    }
  /** Given back to the queue, for whoever takes it next. */
  | { readonly event: 'put-back'; readonly manifest: string; readonly job: string; readonly why: string }
  | { readonly event: 'added'; readonly manifest: string; readonly jobs: readonly string[] }
  /** Nothing more will happen to the batch of this manifest. */
  | { readonly event: 'settled'; readonly manifest: string }
  /** An entry of the queue that no worker should follow. `entry` is its id. */
  | { readonly event: 'refused'; readonly entry: string; readonly why: string }
  | { readonly event: 'note'; readonly text: string };

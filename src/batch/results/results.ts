import type { StepFile, StepResult } from '../journal/record.js';
import type { Problem } from '../plan/job.js';

/** What became of all that a manifest asks for. Paths are seen from the output folder, with slashes. */
export interface BatchResults {
  readonly models: readonly ModelResults[];
}

/** What became of the outputs of one model. */
export interface ModelResults {
  /** Its path seen from the manifest: the model's id in the plan. */
  readonly model: string;
  /** Of all its files. */
  readonly bytes: number;
  /** Of its files one after the other; known once something was quantized of it. */
  readonly sha256?: string;
  /** Why nothing can be made of it. */
  readonly problem?: Problem;
  /** The imatrix that was made of it. */
  readonly imatrix?: StepFile;
  /** What outputs were compared with the model over. */
  readonly text?: string;
  readonly outputs: readonly OutputResult[];
}

/** `skipped`: something else is at its place. `blocked`: a job that it needs failed. `open`: it was not come to yet. */
export const OUTPUT_STATUSES = ['done', 'skipped', 'failed', 'blocked', 'open'] as const;

/** How an output stands. */
export type OutputStatus = (typeof OUTPUT_STATUSES)[number];

/** What became of one output. What is not known, or was not asked for, is absent. */
export interface OutputResult extends Facts {
  readonly label: string;
  /** Where it goes; of one that is split, without the numbers of the shards. */
  readonly path: string;
  readonly isInPlace: boolean;
  readonly status: OutputStatus;
  /** Empty until it is done. */
  readonly files: readonly StepFile[];
  /** Path of its recipe. */
  readonly sidecar?: string;
  /** One line for each thing that a repair, a requantization or the manifest changed. */
  readonly changes: readonly string[];
  readonly notes: readonly string[];
  /** Of its own steps. */
  readonly seconds: number;
  /** Why it is not there. */
  readonly error?: Problem;
  /** The job that failed, of a blocked one. */
  readonly blockedBy?: string;
}

type Facts = Pick<StepResult, 'bytes' | 'bpw' | 'type' | 'recipe' | 'engine' | 'check' | 'evaluation'>;

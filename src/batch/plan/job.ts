/** What a step does. Those of a job run one after the other. */
export const STEP_NAMES = [
  ...(['source', 'imatrix', 'scores'] as const),
  ...(['make', 'fix', 'check', 'evaluate', 'split', 'hash', 'publish'] as const),
] as const;

/** What a step does. */
export type StepName = (typeof STEP_NAMES)[number];

/** A piece of a job that is journaled when it is done. */
export interface Step {
  readonly name: StepName;
  /** SHA-256, in hex, of all that the result depends on: inputs, options, versions of the programs that do it. */
  readonly key: string;
}

/** What a job makes: something that several outputs need, or one output. */
export type JobKind = 'source' | 'imatrix' | 'scores' | 'output';

/** The unit that runners deal out. */
export interface Job {
  /** Unique in its plan, and the same in every plan of the manifest: `tiny-gemma3n: Q4_K_M`. */
  readonly id: string;
  readonly kind: JobKind;
  /** Id of its model. */
  readonly model: string;
  /** Ids of jobs that must be done first. */
  readonly after: readonly string[];
  readonly steps: readonly Step[];
  /** Most bytes that it needs on the disk at once, with what it leaves. */
  readonly scratchBytes: number;
  /** Most bytes of memory that it needs, as far as headers tell. */
  readonly memoryBytes: number;
  /** What an output job makes. */
  readonly output?: PlannedOutput;
  /** Why it cannot be done: its model is damaged, its recipe does not fit. */
  readonly problem?: Problem;
  /** Something else is at its place, and the manifest says to leave that alone. */
  readonly isSkipped?: boolean;
}

/** An error as data. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** A file that a job makes, as far as headers tell. */
export interface PlannedOutput {
  /** Path of the file, relative to the output folder, with slashes; of one that is fixed in place its absolute path. */
  readonly path: string;
  readonly label: string;
  readonly isInPlace: boolean;
  /** Bytes of the file to come; of one that is planned for a size that size. */
  readonly bytes: number | undefined;
  /** Whether the bytes are exact: they are unless an imatrix or a plan is still to be made. */
  readonly isExact: boolean;
}

/** All that a manifest asks for. */
export interface BatchPlan {
  /** In an order in which they can be done. */
  readonly jobs: readonly Job[];
  /** What the user should know. */
  readonly notes: readonly string[];
}

import type { StartWork } from '../../quantizer/quantize/progress.js';
import type { StepResult } from '../journal/record.js';
import type { Layout } from '../layout.js';
import type { ReadManifest } from '../manifest/read.js';
import type { BatchTools } from '../tools.js';

/** With what a step is done. */
export interface StepContext {
  readonly manifest: ReadManifest;
  readonly layout: Layout;
  readonly tools: BatchTools;
  /** Of ggufix. */
  readonly version: string;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly startWork: StartWork;
  /** What a step left, by its key: of this job and of those before it. */
  readonly resultOf: (key: string) => StepResult | undefined;
  /** Whether a run of this batch made the file of so many bytes at a place. */
  readonly isOurs: (path: string, bytes: number) => boolean;
  /** The folder of this job's unfinished files. It is there. */
  readonly folder: string;
}

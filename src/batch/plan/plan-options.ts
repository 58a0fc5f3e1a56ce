import type { Manifest } from '../manifest/manifest.js';
import { hashOf } from '../survey/hash.js';
import type { SurveyedModel, SurveyedOutput } from '../survey/surveyed.js';

/** Versions of the programs that steps are done by, and what else their results depend on. */
export interface StepInputs {
  readonly ggufix: string;
  readonly engine: string;
  readonly imatrix: string;
  readonly perplexity: string;
  /** Hash of the config that checks go by. */
  readonly config: string;
}

/** What a plan depends on besides the models. */
export interface PlanOptions {
  readonly settings: Pick<Manifest, 'check' | 'existing' | 'splitSize'>;
  readonly inputs: StepInputs;
  /** Whether a run of this batch made the file of so many bytes that is at a place. */
  readonly isOurs: (path: string, bytes: number) => boolean;
  /** The files that the hash step of this key left, by their names. Stopped then, a run did not note that they have their place. */
  readonly finished: (key: string) => readonly { readonly path: string; readonly bytes: number }[];
}

/** The largest size of a file of an output, if there is one. */
export function splitSizeOf({ wanted }: SurveyedOutput, { settings }: PlanOptions): number | undefined {
  return wanted.splitSize ?? settings.splitSize;
}

/** Whether an output is made by a quantizer. */
export function isQuantized({ wanted: { making } }: SurveyedOutput): boolean {
  return making.kind !== 'fix' && making.kind !== 'requantize';
}

/**
 * Tells the content of a model from that of all others of the batch: files with one header and one time may differ in their
 * weights, and where they do not, each has to be repaired all the same.
 */
export function contentOf({ id, identity }: Pick<SurveyedModel, 'id' | 'identity'>): string {
  return hashOf('content', id, identity);
}

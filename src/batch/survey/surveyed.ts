import type { ManifestOutput, ManifestValues } from '../manifest/manifest.js';
import type { Problem } from '../plan/job.js';

/** A model of a batch, as far as its header and the files around it tell. */
export interface SurveyedModel {
  /** Path of its first file, seen from the manifest, with slashes. */
  readonly id: string;
  /** Absolute paths of its files: of a split model all shards. */
  readonly files: readonly [string, ...string[]];
  readonly bytes: number;
  /** Tells it from other models and from itself after a change. */
  readonly identity: string;
  /** Weights of its largest tensor. */
  readonly largestTensor: number;
  readonly imatrix?: SurveyedImatrix;
  readonly evaluation?: SurveyedText & { /** About how large the scores get. */ readonly scoresBytes: number };
  readonly outputs: readonly SurveyedOutput[];
  /** Why nothing can be made of it. */
  readonly problem?: Problem;
}

/** A text that a program of llama.cpp reads. */
export interface SurveyedText {
  /** Absolute. */
  readonly text: string;
  readonly identity: string;
  readonly chunks?: number;
}

/** Importance values that are there, or are to be made. */
export type SurveyedImatrix =
  | { readonly kind: 'file'; readonly file: string; readonly identity: string }
  | (SurveyedText & {
      readonly kind: 'make';
      /** Where it goes, seen from the output folder. */
      readonly path: string;
    });

/** A file that is there. */
export interface FileThere {
  /** Seen from the output folder, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** When it was changed last, in milliseconds since 1970. */
  readonly modified: number;
}

/** An output of a model, before anything is known of what was done already. */
export interface SurveyedOutput {
  readonly wanted: ManifestOutput;
  /** Metadata to set: of the manifest, the model and the output. */
  readonly set: ManifestValues;
  /** Where it goes, seen from the output folder, with slashes; of one in place its absolute path. */
  readonly path: string;
  /** It cannot be named: `path` only tells it from others. */
  readonly isNameless?: boolean;
  /** Bytes of the file, or shards, to come. */
  readonly bytes?: number;
  readonly isExact: boolean;
  /** Hash of what its weights come to: types, budget, recipe. */
  readonly weights: string;
  /** What is at its place now: a file, or shards that it may have become. */
  readonly there: readonly FileThere[];
  readonly notes: readonly string[];
  readonly problem?: Problem;
}

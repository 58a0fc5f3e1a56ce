import type { ProfileName } from '../../checks/profiles.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';

/** What a batch makes, of what and how: `ggufix.batch.yaml` with its short forms written out and its defaults filled in. */
export interface Manifest {
  /** Folder of the outputs, seen from the manifest's own; `undefined` only where every output is a fix in place. */
  readonly output: string | undefined;
  /** Template of the outputs' names, see `parseNameTemplate`. */
  readonly name: string;
  readonly models: readonly ManifestModel[];
  /** Of each model that has no outputs of its own. */
  readonly outputs: readonly ManifestOutput[];
  readonly imatrix?: ManifestImatrix;
  readonly evaluate?: ManifestEvaluate;
  readonly check: ManifestCheck | false;
  /** Metadata of every output. What a model says counts more, what an output says most. */
  readonly set: ManifestValues;
  readonly existing: ExistingPolicy;
  /** Largest size of one file in bytes; larger outputs are split. */
  readonly splitSize?: number;
  readonly limits: ManifestLimits;
  /** Whether other jobs go on after one has failed. */
  readonly onFailure: 'continue' | 'stop';
  /** How often a step that failed of something passing is tried again. */
  readonly retries: number;
}

/** One model, or all that a folder or a glob stands for. */
export interface ManifestModel {
  /** File, folder or glob, seen from the manifest's folder. */
  readonly source: string;
  /** `{model}` in names, in place of what the file is called. */
  readonly name?: string;
  readonly outputs?: readonly ManifestOutput[];
  readonly imatrix?: ManifestImatrix | false;
  readonly evaluate?: ManifestEvaluate | false;
  readonly set?: ManifestValues;
}

/** One file to make of each model. */
export interface ManifestOutput {
  readonly making: Making;
  /** `{label}` in names. */
  readonly label: string;
  /** A template in place of the manifest's. */
  readonly name?: string;
  /** Types of tensors by name or pattern, in the manifest's order: the last that matches decides. */
  readonly tensors: readonly { readonly pattern: string; readonly type: TensorTypeName }[];
  /** Whether the imatrix is used. Never for what does not quantize a whole model: nothing would read it. */
  readonly imatrix: boolean;
  readonly evaluate: boolean;
  readonly allowRequantize: boolean;
  readonly splitSize?: number;
  readonly set: ManifestValues;
  readonly existing?: ExistingPolicy;
}

/** How an output comes about. */
export type Making =
  | { readonly kind: 'type'; readonly name: string; readonly asIs: boolean }
  | { readonly kind: 'recipe'; readonly name: string }
  | { readonly kind: 'like'; readonly source: string }
  | { readonly kind: 'size'; readonly bytes: number }
  | { readonly kind: 'bpw'; readonly bpw: number }
  /** Its types are the output's `tensors`. */
  | { readonly kind: 'requantize' }
  | { readonly kind: 'fix'; readonly allow: 'safe' | 'unsafe'; readonly inPlace: boolean };

/** Importance values: a file that is there, or the text that one is made with. */
export type ManifestImatrix =
  | { readonly file: string }
  | {
      readonly text: string;
      /** Chunks of the text; all where absent. */
      readonly chunks?: number;
    };

/** The text that outputs are held against their model with. */
export interface ManifestEvaluate {
  readonly text: string;
  readonly chunks?: number;
}

/** How outputs are checked. */
export interface ManifestCheck {
  readonly profile: ProfileName;
  readonly targets: readonly string[];
  /** More warnings than these are a failure. */
  readonly maxWarnings?: number;
  /** A config file in place of the one that is found, or none. */
  readonly config?: string | false;
}

/** A value to set: in the type of the key that is there, else in the nearest one, or in a type that is named. */
export type ManifestValue = string | boolean | number | { readonly type: string; readonly value: ManifestTypedValue };

/** An array is one of scalars; integers beyond 2^53 are strings. */
export type ManifestTypedValue = string | boolean | number | readonly (string | boolean | number)[];

/** Types of tensors, by name or pattern. */
export type TensorTypes = Readonly<Record<string, TensorTypeName>>;

/** Values to set, by key. */
export type ManifestValues = Readonly<Record<string, ManifestValue>>;

/**
 * What becomes of a file at an output's place that no record of ours explains: the job fails, the file is taken for the
 * output, it is left alone and out of the results, or it is replaced.
 */
export type ExistingPolicy = (typeof EXISTING_POLICIES)[number];

/** Every `ExistingPolicy`. */
export const EXISTING_POLICIES = ['refuse', 'keep', 'skip', 'overwrite'] as const;

/** What a batch may use of the machine. What is absent is decided by the runner. */
export interface ManifestLimits {
  readonly jobs?: number;
  readonly threads?: number;
  /** Bytes. */
  readonly memory?: number;
  /** Bytes. */
  readonly disk?: number;
}

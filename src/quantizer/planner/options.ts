import type { MetadataEntry } from '../../gguf/model.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import type { Recipe } from '../recipes/schema.js';
import type { KeyValue } from '../recipes/written-header.js';

/** How large the file may become: all of it in bytes, or its tensors in bits a weight, as llama-quantize counts them. */
export type Budget = { readonly fileBytes: number } | { readonly bpw: number };

/**
 * Where it is known from how much each tensor matters. `expected`: from its class and depth alone. `measured`: noise is added
 * in llama.cpp, and the divergence seen, on a text or on what the model makes up. `auto`: measured where that takes no longer
 * than some minutes and can be done, else expected.
 */
export type SensitivityMode = 'auto' | 'expected' | 'measured';

/** What a plan is made with. */
export interface PlanOptions {
  readonly budget: Budget;
  /** Path of an importance matrix. */
  readonly imatrix?: string | undefined;
  /** Types to choose from; `PLANNED_TYPES` by default. */
  readonly types?: readonly TensorTypeName[] | undefined;
  /** Types of single tensors, by name. */
  readonly pins?: Readonly<Record<string, TensorTypeName>> | undefined;
  /** Classes whose tensors get one type in each layer. */
  readonly ties?: Recipe['ties'] | undefined;
  readonly sensitivity?: SensitivityMode | undefined;
  /** Path of a text to measure on; without it the model makes up its own. */
  readonly text?: string | undefined;
  /** Path of a file that says otherwise of classes or tensors (`sensitivity/file.ts`). */
  readonly sensitivityFile?: string | undefined;
  /** The metadata that the file will have, where it is not the model's own: it counts in its size. */
  readonly metadata?: readonly MetadataEntry[] | undefined;
  /** Keys that the file will get besides: they count too. */
  readonly keys?: readonly KeyValue[] | undefined;
  /** Name of the recipe. */
  readonly name?: string | undefined;
  readonly seed?: number | undefined;
  /** Folder that measurements are kept in, so that a plan of the same model is made at once and a stopped one goes on. */
  readonly cacheFolder?: string | undefined;
  /** Whether a folder that cannot be written is a warning and no error. */
  readonly isCacheOptional?: boolean | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PlanProgress) => void) | undefined;
  /** @internal Folder of the compiled child scripts; that of this module by default. */
  readonly childFolder?: URL | undefined;
}

/** How far a plan is. `done` and `total` count tensors (errors) or groups of them (sensitivity). */
export interface PlanProgress {
  readonly stage: 'errors' | 'sensitivity';
  readonly done: number;
  readonly total: number;
  /** What was done last; the name of a tensor or group. */
  readonly what: string;
}

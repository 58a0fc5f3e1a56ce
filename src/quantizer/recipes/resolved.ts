import type { TensorInfo } from '../../gguf/model.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';

/** The type that one tensor gets, and why. */
export interface TensorChoice {
  readonly tensor: TensorInfo;
  readonly type: TensorTypeName;
  /** A sentence for people. */
  readonly why: string;
}

/**
 * What a recipe comes to for one model: a choice for every tensor that llama-quantize quantizes, in file order. Nothing is
 * left to llama-quantize's own mixture: each override shifts its counters (`docs/recipes.md`).
 */
export interface ResolvedRecipe {
  readonly name: string;
  /** Name of the base file type, as in `general.file_type`: `Q4_K_M`. */
  readonly fileType: string;
  readonly choices: readonly TensorChoice[];
}

import { PER_LAYER_EMBEDDING, READABLE_TYPES } from '../../checks/requantize-embedding.js';
import type { TensorInfo } from '../../gguf/model.js';
import { bitsPerWeight, blockWeights, type TensorTypeName } from '../../gguf/tensor-types.js';
import { IMATRIX_TYPES } from '../imatrix/requires-imatrix.js';

/**
 * Types that a plan is made of unless told otherwise: what every build of llama.cpp of the last two years reads. Q1_0, Q2_0,
 * TQ1_0 and TQ2_0 are for models trained to them; MXFP4 and NVFP4 lose more than IQ4_NL at the same size.
 * Of types with the same bits the faster one comes first, and is taken where nothing else decides.
 */
export const PLANNED_TYPES: readonly TensorTypeName[] = [
  ...(['IQ1_S', 'IQ1_M', 'IQ2_XXS', 'IQ2_XS', 'IQ2_S', 'Q2_K', 'IQ3_XXS', 'Q3_K', 'IQ3_S'] as const),
  ...(['IQ4_XS', 'Q4_0', 'Q4_K', 'IQ4_NL', 'Q4_1', 'Q5_0', 'Q5_K', 'Q5_1', 'Q6_K', 'Q8_0'] as const),
  ...(['F16', 'BF16', 'F32'] as const),
];

/** What decides about the types that a tensor may get. */
export interface CandidateContext {
  readonly architecture: string | undefined;
  /** The types that the user allows. */
  readonly types: readonly TensorTypeName[];
  /** Whether the importance matrix has data of the tensor. */
  readonly hasImportance: boolean;
}

/**
 * The types that llama-quantize can give to a tensor, fewest bits first: those whose blocks divide its rows, without those
 * that need an importance matrix where it has no data, and none with more bits than the tensor has now.
 */
export function candidateTypes(tensor: TensorInfo, context: CandidateContext): readonly TensorTypeName[] {
  const { type: present } = tensor;
  if (present === undefined) return [];
  const row = tensor.dims[0] ?? 1n;
  return context.types
    .filter((type) => row % BigInt(blockWeights(type)) === 0n)
    .filter((type) => context.hasImportance || !IMATRIX_TYPES.includes(type))
    .filter((type) => bitsPerWeight(type) <= bitsPerWeight(present))
    .filter((type) => isReadable(tensor.name, type, context.architecture))
    .sort((a, b) => bitsPerWeight(a) - bitsPerWeight(b));
}

/** Ollama's engine looks rows of this table up in few types (0.9.3 to 0.24; facts in `docs/rules`). */
function isReadable(name: string, type: TensorTypeName, architecture: string | undefined): boolean {
  return architecture !== 'gemma3n' || name !== PER_LAYER_EMBEDDING || READABLE_TYPES.includes(type);
}

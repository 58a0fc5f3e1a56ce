import type { TensorTypeName } from '../../gguf/tensor-types.js';

/** Types that llama-quantize makes only with an importance matrix (llama.cpp 0.7.0, src/llama-quant.cpp). */
export const IMATRIX_TYPES: readonly TensorTypeName[] = ['IQ1_S', 'IQ1_M', 'IQ2_XXS', 'IQ2_XS', 'IQ2_S', 'IQ3_XXS'];

/** Tensors that no imatrix can know: rows are looked up in them, nothing is multiplied. */
const EMBEDDINGS: readonly string[] = ['token_embd.weight', 'per_layer_token_embd.weight'];

/** Whether the tensor is an embedding table, for which llama-quantize neither asks for data nor minds their size. */
export function isEmbedding(name: string): boolean {
  return EMBEDDINGS.includes(name);
}

/**
 * Whether llama-quantize stops where it is to make this tensor of this type and has no importance data of it.
 * `fileType` is the base of the run, as in `general.file_type`: `Q2_K_S` demands data for Q2_K too.
 */
export function needsImatrix(type: TensorTypeName, name: string, fileType: string): boolean {
  if (isEmbedding(name) || name === 'output.weight') return false;
  return IMATRIX_TYPES.includes(type) || (type === 'Q2_K' && fileType === 'Q2_K_S');
}

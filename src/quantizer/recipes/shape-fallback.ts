import { blockWeights, type TensorTypeName } from '../../gguf/tensor-types.js';

/** What a type gives way to where a row is no whole number of its blocks (llama.cpp 0.7.0, `tensor_type_fallback`). */
const SMALLER_BLOCKS: { readonly [T in TensorTypeName]?: TensorTypeName } = {
  ...{ IQ1_S: 'IQ4_NL', IQ1_M: 'IQ4_NL', IQ2_XXS: 'IQ4_NL', IQ2_XS: 'IQ4_NL', IQ2_S: 'IQ4_NL' },
  ...{ IQ3_XXS: 'IQ4_NL', IQ3_S: 'IQ4_NL', IQ4_XS: 'IQ4_NL' },
  ...{ Q2_0: 'Q4_0', Q2_K: 'Q4_0', Q3_K: 'Q4_0', TQ1_0: 'Q4_0', TQ2_0: 'Q4_0' },
  ...{ Q4_K: 'Q5_0', Q5_K: 'Q5_1', Q6_K: 'Q8_0' },
};

/**
 * The type that rows of `weights` weights get where `type` is wanted: itself, the one with smaller blocks, or F16. Where
 * llama-quantize knows no way out and would stop (Q8_0, MXFP4 and others), it is F16 as well, which it takes.
 */
export function fittingType(type: TensorTypeName, weights: bigint): TensorTypeName {
  if (fits(type, weights)) return type;
  const smaller = SMALLER_BLOCKS[type];
  return smaller !== undefined && fits(smaller, weights) ? smaller : 'F16';
}

function fits(type: TensorTypeName, weights: bigint): boolean {
  return weights % BigInt(blockWeights(type)) === 0n;
}

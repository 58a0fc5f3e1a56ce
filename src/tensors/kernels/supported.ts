import type { TensorTypeName } from '../../gguf/tensor-types.js';

// Names only: whoever asks what is possible need not load the kernels themselves.

/** Types whose tensors ggufix reads as weights: all that ggml reads. Q8_1 and Q8_K are its scratch, not for files. */
export const DEQUANTIZABLE_TYPES = [
  'F32',
  'F16',
  'BF16',
  'Q4_0',
  'Q4_1',
  'Q5_0',
  'Q5_1',
  'Q8_0',
  'Q2_K',
  'Q3_K',
  'Q4_K',
  'Q5_K',
  'Q6_K',
  'IQ1_S',
  'IQ1_M',
  'IQ2_XXS',
  'IQ2_XS',
  'IQ2_S',
  'IQ3_XXS',
  'IQ3_S',
  'IQ4_NL',
  'IQ4_XS',
  'TQ1_0',
  'TQ2_0',
  'MXFP4',
  'NVFP4',
  'Q1_0',
  'Q2_0',
] as const satisfies readonly TensorTypeName[];

/** Types that ggufix writes weights as. */
export const QUANTIZABLE_TYPES = [
  'F32',
  'F16',
  'BF16',
  'Q4_0',
  'Q4_1',
  'Q5_0',
  'Q5_1',
  'Q8_0',
] as const satisfies readonly TensorTypeName[];

/** A type that ggufix reads as weights. */
export type DequantizableType = (typeof DEQUANTIZABLE_TYPES)[number];

/** A type that ggufix writes. */
export type QuantizableType = (typeof QUANTIZABLE_TYPES)[number];

/** Whether ggufix can read tensors of this type as weights. */
export function isDequantizable(type: TensorTypeName): type is DequantizableType {
  return (DEQUANTIZABLE_TYPES as readonly TensorTypeName[]).includes(type);
}

/** Whether ggufix can write tensors of this type. */
export function isQuantizable(type: TensorTypeName): type is QuantizableType {
  return (QUANTIZABLE_TYPES as readonly TensorTypeName[]).includes(type);
}

import type { TensorTypeName } from '../../gguf/tensor-types.js';

/**
 * File types that llama-quantize 0.7.0 makes, and the type that each gives to what its own mixture does not name
 * (`llama_ftype_get_default_type`).
 */
export const BASE_TYPES = {
  ...{ F32: 'F32', F16: 'F16', BF16: 'BF16' },
  ...{ Q4_0: 'Q4_0', Q4_1: 'Q4_1', Q5_0: 'Q5_0', Q5_1: 'Q5_1', Q8_0: 'Q8_0', Q1_0: 'Q1_0', Q2_0: 'Q2_0' },
  ...{ Q2_K: 'Q2_K', Q2_K_S: 'Q2_K', Q3_K_S: 'Q3_K', Q3_K_M: 'Q3_K', Q3_K_L: 'Q3_K' },
  ...{ Q4_K_S: 'Q4_K', Q4_K_M: 'Q4_K', Q5_K_S: 'Q5_K', Q5_K_M: 'Q5_K', Q6_K: 'Q6_K' },
  ...{ IQ1_S: 'IQ1_S', IQ1_M: 'IQ1_M', IQ2_XXS: 'IQ2_XXS', IQ2_XS: 'IQ2_XS', IQ2_S: 'IQ2_XS', IQ2_M: 'IQ2_S' },
  ...{ IQ3_XXS: 'IQ3_XXS', IQ3_XS: 'IQ3_S', IQ3_S: 'IQ3_S', IQ3_M: 'IQ3_S', IQ4_NL: 'IQ4_NL', IQ4_XS: 'IQ4_XS' },
  ...{ TQ1_0: 'TQ1_0', TQ2_0: 'TQ2_0', MXFP4_MOE: 'MXFP4' },
} as const satisfies Record<string, TensorTypeName>;

/** A file type that llama-quantize makes: `Q4_K_M`. */
export type BaseType = keyof typeof BASE_TYPES;

/** Short for the medium mix, as llama-quantize takes it. */
const ALIASES: Readonly<Record<string, BaseType>> = { Q3_K: 'Q3_K_M', Q4_K: 'Q4_K_M', Q5_K: 'Q5_K_M' };

/** The file type that a user means by `text`, in any case. */
export function parseBaseType(text: string): BaseType | undefined {
  const name = text.toUpperCase();
  if (Object.hasOwn(BASE_TYPES, name)) return name as BaseType;
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
}

/** Whether tensors can be told apart in a file of this type: llama-quantize ignores all overrides for the plain ones. */
export function takesOverrides(type: BaseType): boolean {
  return type !== 'F32' && type !== 'F16' && type !== 'BF16';
}

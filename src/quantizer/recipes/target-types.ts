import { parseTensorType, TENSOR_TYPES, type TensorTypeName } from '../../gguf/tensor-types.js';

/**
 * Types that llama-quantize knows by name and dies of (GGML_ASSERT, 0.7.0): whole numbers, doubles and what ggml keeps for
 * sums in memory.
 */
const DEADLY: readonly TensorTypeName[] = ['I8', 'I16', 'I32', 'I64', 'F64', 'Q8_1', 'Q8_K'];

/** Types that llama-quantize can write a tensor as. */
export const TARGET_TYPES: readonly TensorTypeName[] = (Object.keys(TENSOR_TYPES) as TensorTypeName[]).filter(
  (type) => !DEADLY.includes(type),
);

/** The type that llama-quantize can write which a user means by `text`, in any case; `undefined` where there is none. */
export function parseTargetType(text: string): TensorTypeName | undefined {
  const type = parseTensorType(text);
  return type !== undefined && TARGET_TYPES.includes(type) ? type : undefined;
}

/** The name as ggml spells it: `q4_K`, `iq2_xxs`, `bf16`. */
export function ggmlTypeName(type: TensorTypeName): string {
  return type.toLowerCase().replace(/_k$/, '_K');
}

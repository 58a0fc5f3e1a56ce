import { type Header, weightCount } from '../../gguf/model.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';

/** Mixes that are named after none of their types. */
const MIXES: Readonly<Record<string, readonly string[]>> = {
  IQ2_M: ['IQ2_S'],
  IQ3_XS: ['IQ3_S', 'IQ3_XXS'],
  IQ3_M: ['IQ3_S'],
  MXFP4_MOE: ['MXFP4'],
};

/** Whether the file has tensors of the type that gives a mix its name: Q4_K for `Q4_K_M`. */
export function hasTypeOf({ tensors }: Header, mix: string): boolean {
  return tensors.some(({ type }) => type !== undefined && isOf(type, mix));
}

/** The type that most weights have; `undefined` for a file without tensors of known types. */
export function dominatingType({ tensors }: Header): TensorTypeName | undefined {
  const weights = new Map<TensorTypeName, bigint>();
  for (const tensor of tensors) {
    const { type } = tensor;
    if (type !== undefined) weights.set(type, (weights.get(type) ?? 0n) + weightCount(tensor));
  }
  let best: TensorTypeName | undefined;
  for (const [type, count] of weights) if (best === undefined || count > weights.get(best)!) best = type;
  return best;
}

function isOf(type: TensorTypeName, mix: string): boolean {
  return type === mix.replace(/_[SML]$/, '') || type === mix || (MIXES[mix]?.includes(type) ?? false);
}

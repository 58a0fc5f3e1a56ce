import { type Header, type TensorInfo, weightCount } from '../../gguf/model.js';
import { blockWeights, parseTensorType, type TensorTypeName } from '../../gguf/tensor-types.js';

/** Mixes that are named after none of their types. */
const MIXES: Readonly<Record<string, readonly string[]>> = {
  Q4_1_SOME_F16: ['Q4_1'],
  IQ2_S: ['IQ2_XS'],
  IQ2_M: ['IQ2_S'],
  IQ3_XS: ['IQ3_S', 'IQ3_XXS'],
  IQ3_M: ['IQ3_S'],
  // Only experts are MXFP4, so a model without any is Q8_0.
  MXFP4_MOE: ['MXFP4', 'Q8_0'],
};

/** Weights in a block of the types that cannot store every row. */
const LARGE_BLOCK = 256;

/** What llama-quantize, present and past, writes where a row is no whole number of their blocks. */
const FALLBACKS: Partial<Record<TensorTypeName, readonly TensorTypeName[]>> = {
  Q4_K: ['Q5_0'],
  Q5_K: ['Q5_1'],
  Q6_K: ['Q8_0'],
};

/** Of all types of fewer bits. */
const OTHER_FALLBACKS: readonly TensorTypeName[] = ['Q4_0', 'Q4_1', 'IQ4_NL'];

/**
 * Whether the file has tensors of the type that gives a mix its name, Q4_K for `Q4_K_M`, or of what stands in for it where
 * rows do not fit its blocks: most tensors of a model 896 wide.
 */
export function hasTypeOf({ tensors }: Header, mix: string): boolean {
  const types = typesOf(mix);
  const fallbacks = types.flatMap(fallbacksOf);
  return tensors.some(
    ({ type, dims }) => type !== undefined && (types.includes(type) || (fallbacks.includes(type) && !fits(dims))),
  );
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

function typesOf(mix: string): TensorTypeName[] {
  const names = [mix, mix.replace(/_[SML]$/, ''), ...(MIXES[mix] ?? [])];
  return names.map(parseTensorType).filter((type) => type !== undefined);
}

function fallbacksOf(type: TensorTypeName): readonly TensorTypeName[] {
  return blockWeights(type) === LARGE_BLOCK ? (FALLBACKS[type] ?? OTHER_FALLBACKS) : [];
}

function fits([row = 1n]: TensorInfo['dims']): boolean {
  return row % BigInt(LARGE_BLOCK) === 0n;
}

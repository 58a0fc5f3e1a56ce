import type { TensorInfo } from '../../../gguf/model.js';
import { weightCount } from '../../../gguf/model.js';
import { blockWeights, type TensorTypeName } from '../../../gguf/tensor-types.js';
import { sampledRows } from './sample-rows.js';

/** Weights of a tensor that a type is tried on: the error is then known to about 1 %. */
const TRIED_WEIGHTS = 65_536;
const TRIED_ROWS = 8;

/** The same for types that ggml searches for a long time for: 0.5 M weights a second and less. */
const SLOW_WEIGHTS = 16_384;
const SLOW_ROWS = 4;

/** Each type with the rows to try it on. The same rows for all types of a speed, so that they can be compared. */
export function trialsOf(
  tensor: TensorInfo,
  types: readonly TensorTypeName[],
  seed: number,
): { readonly type: TensorTypeName; readonly rows: number[] }[] {
  const columns = Number(tensor.dims[0] ?? 1n);
  const all = Number(weightCount(tensor)) / columns;
  const many = sampledRows(all, Math.max(TRIED_ROWS, Math.ceil(TRIED_WEIGHTS / columns)), seed);
  const few = sampledRows(all, Math.max(SLOW_ROWS, Math.ceil(SLOW_WEIGHTS / columns)), seed);
  return types.map((type) => ({ type, rows: isSlow(type) ? few : many }));
}

/** Types whose blocks are looked for in a grid of points. */
function isSlow(type: TensorTypeName): boolean {
  return type.startsWith('IQ') && type !== 'IQ4_NL' && blockWeights(type) === 256 && type !== 'IQ4_XS';
}

import { rowBytes, tensorTypeById } from '../../../gguf/tensor-types.js';
import { isDequantizable } from '../../../tensors/kernels/supported.js';
import { dequantizeRows } from '../../../tensors/rows.js';

/** Weights that are held as F32 at a time. */
const TILE_WEIGHTS = 2 ** 20;

/**
 * The Euclidean length of each row of a matrix, `undefined` for a type that is not read. `read` gives the first so many bytes
 * of the matrix, whose rows follow each other without a gap.
 */
export function rowLengths(
  { typeId, columns, rows }: { readonly typeId: number; readonly columns: number; readonly rows: number },
  read: (length: number) => Uint8Array,
): Float32Array | undefined {
  const type = tensorTypeById(typeId);
  if (type === undefined || !isDequantizable(type)) return undefined;
  const stride = rowBytes(type, columns);
  const data = read(rows * stride);
  const lengths = new Float32Array(rows);
  const tile = Math.max(1, Math.floor(TILE_WEIGHTS / columns));
  for (let first = 0; first < lengths.length; first += tile) {
    const end = Math.min(first + tile, lengths.length);
    const weights = dequantizeRows(type, data.subarray(first * stride, end * stride));
    for (let row = first; row < end; row += 1) lengths[row] = length(weights, (row - first) * columns, columns);
  }
  return lengths;
}

function length(weights: Float32Array, start: number, count: number): number {
  let sum = 0;
  for (let at = start; at < start + count; at += 1) sum += (weights[at] ?? 0) ** 2;
  return Math.sqrt(sum);
}

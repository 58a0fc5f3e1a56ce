import { INT64_MAX } from '../limits.js';
import { blockBytes, blockWeights, type TensorTypeName } from './tensor-types.js';

/** Bytes to add to `offset` so that it becomes a multiple of `alignment`. Safe above 2 GiB. */
export function paddingFor(offset: number, alignment: number): number {
  return (alignment - (offset % alignment)) % alignment;
}

/** `offset` moved up to the next multiple of `alignment`. */
export function alignUp(offset: number, alignment: number): number {
  return offset + paddingFor(offset, alignment);
}

/** `alignUp` for sizes that may pass 2^53. */
export function alignUpBig(offset: bigint, alignment: bigint): bigint {
  return ((offset + alignment - 1n) / alignment) * alignment;
}

/** Whether `alignment` is one that ggml accepts: a power of two that fits a u32. */
export function isAlignment(alignment: number): boolean {
  return alignment >= 1 && alignment <= 2 ** 31 && Number.isInteger(Math.log2(alignment));
}

/** Bytes of a tensor of this type and shape; `undefined` where a row is not a whole number of blocks. */
export function tensorBytes(type: TensorTypeName, dims: readonly bigint[]): bigint | undefined {
  const block = BigInt(blockWeights(type));
  if ((dims[0] ?? 1n) % block !== 0n) return undefined;
  const weights = dims.reduce((product, dim) => product * dim, 1n);
  return (weights / block) * BigInt(blockBytes(type));
}

/**
 * Whether the running product of the dimensions stays in the range of an i64, left to right as ggml multiplies:
 * (0, M, M) does, (M, M, 0) does not.
 */
export function productFits(dims: readonly bigint[]): boolean {
  let product = 1n;
  for (const dim of dims) {
    product *= dim;
    if (product > INT64_MAX) return false;
  }
  return true;
}

/** A tensor's place in the data section. */
export interface Placed {
  /** Byte offset in the data section. */
  readonly offset: number;
  readonly length: number;
}

/** Places tensors one after another in the data section, each padded, as ggml demands. Pure: reads and writes nothing. */
export function placeTensors(lengths: readonly number[], alignment: number): Placed[] {
  let offset = 0;
  return lengths.map((length) => {
    const placed = { offset, length };
    offset += alignUp(length, alignment);
    return placed;
  });
}

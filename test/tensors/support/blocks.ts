import { blockBytes, rowBytes } from '../../../src/gguf/tensor-types.js';
import type { DequantizableType } from '../../../src/tensors/kernels/index.js';
import { createRandom } from './random.js';

/** Byte offsets of the halves in a block: its scale, then its minimum. F16 is a half. */
export const HALVES: Readonly<Record<DequantizableType, readonly number[]>> = {
  F32: [],
  F16: [0],
  BF16: [],
  Q4_0: [0],
  Q4_1: [0, 2],
  Q5_0: [0],
  Q5_1: [0, 2],
  Q8_0: [0],
  Q2_K: [80, 82],
  Q3_K: [108],
  Q4_K: [0, 2],
  Q5_K: [0, 2],
  Q6_K: [208],
  IQ4_NL: [0],
  IQ4_XS: [0],
};

/** Blocks of random bytes for `weights` weights, every code and every finite scale equally likely. */
export function randomBlocks(type: DequantizableType, weights: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  const blocks = Uint8Array.from({ length: rowBytes(type, weights) }, () => random() * 256);
  eachBlock(type, blocks, (block) => {
    for (const at of HALVES[type]) makeFinite(block, at + 1, 0x7c);
    if (type === 'BF16') makeFinite(block, 1, 0x7f);
    if (type === 'F32') makeFinite(block, 3, 0x7f);
  });
  return blocks;
}

/** Random blocks, one for each of `scales`, with that as their scale and minimum, or only as the half at `places`. */
export function blocksOfScale(
  type: DequantizableType,
  scales: readonly number[],
  seed: number,
  places: readonly number[] = HALVES[type],
): Uint8Array {
  const blocks = randomBlocks(type, scales.length * (blockBytes(type) / rowBytes(type, 1)), seed);
  eachBlock(type, blocks, (block, i) => {
    for (const at of places) block.set([scales[i]! & 0xff, scales[i]! >> 8], at);
  });
  return blocks;
}

function eachBlock(type: DequantizableType, blocks: Uint8Array, act: (block: Uint8Array, i: number) => void): void {
  const bytes = blockBytes(type);
  for (let at = 0; at < blocks.length; at += bytes) act(blocks.subarray(at, at + bytes), at / bytes);
}

/** Clears a bit of an exponent that has all bits set. `mask` has those of its upper byte. */
function makeFinite(block: Uint8Array, at: number, mask: number): void {
  if ((block[at]! & mask) === mask) block[at]! ^= 0x20;
}

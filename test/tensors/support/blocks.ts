import { blockBytes, rowBytes } from '../../../src/gguf/tensor-types.js';
import type { DequantizableType } from '../../../src/tensors/kernels/index.js';
import { createRandom } from './random.js';

/**
 * Byte offsets of the halves in a block: its scale, then its minimum. F16 is a half. That of IQ1_M is spread over the
 * high nibbles of four words from there.
 */
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
  IQ1_S: [0],
  IQ1_M: [48],
  IQ2_XXS: [0],
  IQ2_XS: [0],
  IQ2_S: [0],
  IQ3_XXS: [0],
  IQ3_S: [0],
  IQ4_NL: [0],
  IQ4_XS: [0],
  TQ1_0: [52],
  TQ2_0: [64],
  MXFP4: [],
  NVFP4: [],
  Q1_0: [0],
  Q2_0: [0],
};

/** Blocks of random bytes for `weights` weights, every code and every finite scale equally likely. */
export function randomBlocks(type: DequantizableType, weights: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  const blocks = Uint8Array.from({ length: rowBytes(type, weights) }, () => random() * 256);
  eachBlock(type, blocks, (block) => {
    for (const at of HALVES[type]) {
      const half = readHalf(type, block, at);
      if ((half & 0x7c00) === 0x7c00) writeHalf(type, block, at, half ^ 0x2000);
    }
    if (type === 'BF16') makeFinite(block, 1, 0x7f);
    if (type === 'F32') makeFinite(block, 3, 0x7f);
    // Powers of two from 2^125 on, which overflow with the larger codes.
    if (type === 'MXFP4' && block[0]! >= 253) block[0]! -= 128;
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
    for (const at of places) writeHalf(type, block, at, scales[i]!);
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

function readHalf(type: DequantizableType, block: Uint8Array, at: number): number {
  if (type !== 'IQ1_M') return block[at]! | (block[at + 1]! << 8);
  return [0, 1, 2, 3].reduce((half, i) => half | ((block[at + 2 * i + 1]! >> 4) << (4 * i)), 0);
}

function writeHalf(type: DequantizableType, block: Uint8Array, at: number, half: number): void {
  if (type !== 'IQ1_M') {
    block.set([half & 0xff, half >> 8], at);
    return;
  }
  for (let i = 0; i < 4; i += 1) {
    const place = at + 2 * i + 1;
    block[place] = (block[place]! & 15) | (((half >> (4 * i)) & 15) << 4);
  }
}

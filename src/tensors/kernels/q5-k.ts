import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { halfToFloat } from './half.js';
import { scaleAndMin } from './k-scales.js';
import { type Dequantize, viewOf } from './kernel.js';

// One Q5_K block, 176 bytes for 256 weights: | d: f16 | dmin: f16 | scales: 12 bytes | qh: 32 bytes | qs: 128 bytes |.
// As Q4_K, with bit j of qh[l] as the fifth bit of weight l in sub-block j.

const f = Math.fround;
const BYTES = blockBytes('Q5_K');
const WEIGHTS = blockWeights('Q5_K');
const SUB_BLOCK = 32;

export const dequantizeQ5_K: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    const dmin = halfToFloat(view.getUint16(at + 2, true));
    for (let j = 0; j < WEIGHTS / SUB_BLOCK; j += 1) {
      const { scale, min } = scaleAndMin(blocks, at + 4, j);
      const qs = at + 48 + (j >> 1) * SUB_BLOCK;
      for (let l = 0; l < SUB_BLOCK; l += 1) {
        const low = (blocks[qs + l]! >> ((j & 1) * 4)) & 15;
        const high = (blocks[at + 16 + l]! >> j) & 1;
        out[o + j * SUB_BLOCK + l] = f(f(d * scale) * (low | (high << 4))) - f(dmin * min);
      }
    }
  }
};

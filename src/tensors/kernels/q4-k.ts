import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { halfToFloat } from './half.js';
import { scaleAndMin } from './k-scales.js';
import { type Dequantize, viewOf } from './kernel.js';

// One Q4_K block, 144 bytes for 256 weights: | d: f16 | dmin: f16 | scales: 12 bytes | qs: 128 bytes |.
// Each 32 weights share a 6-bit scale and minimum; weight = d * scale * q - dmin * min.
// Of the 32 bytes k of qs the low nibbles are sub-block 2k, the high nibbles sub-block 2k + 1.

const f = Math.fround;
const BYTES = blockBytes('Q4_K');
const WEIGHTS = blockWeights('Q4_K');
const SUB_BLOCK = 32;

export const dequantizeQ4_K: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    const dmin = halfToFloat(view.getUint16(at + 2, true));
    for (let j = 0; j < WEIGHTS / SUB_BLOCK; j += 1) {
      const { scale, min } = scaleAndMin(blocks, at + 4, j);
      const qs = at + 16 + (j >> 1) * SUB_BLOCK;
      for (let l = 0; l < SUB_BLOCK; l += 1) {
        const q = (blocks[qs + l]! >> ((j & 1) * 4)) & 15;
        out[o + j * SUB_BLOCK + l] = f(f(d * scale) * q) - f(dmin * min);
      }
    }
  }
};

import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { halfToFloat } from './half.js';
import { type Dequantize, viewOf } from './kernel.js';

// One Q2_K block, 84 bytes for 256 weights: | scales: 16 bytes | qs: 64 bytes | d: f16 | dmin: f16 |.
// Each 16 weights share a byte of scales: the low nibble scales d, the high nibble dmin;
// weight = d * scale * q - dmin * min. Bits 2k and 2k + 1 of the first 32 bytes of qs are the weights
// 32k to 32k + 31, and those of the last 32 bytes the same in the second half of the block.

const f = Math.fround;
const BYTES = blockBytes('Q2_K');
const WEIGHTS = blockWeights('Q2_K');

export const dequantizeQ2_K: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at + 80, true));
    const dmin = halfToFloat(view.getUint16(at + 82, true));
    for (let i = 0; i < WEIGHTS; i += 1) {
      const scales = blocks[at + (i >> 4)]!;
      const q = (blocks[at + 16 + (i >> 7) * 32 + (i & 31)]! >> (((i >> 5) & 3) * 2)) & 3;
      out[o + i] = f(f(d * (scales & 15)) * q) - f(dmin * (scales >> 4));
    }
  }
};

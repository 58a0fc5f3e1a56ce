import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { halfToFloat } from './half.js';
import { type Dequantize, viewOf } from './kernel.js';

// One Q2_0 block, 18 bytes for 64 weights: | d: f16 | qs: 16 bytes |, and weight = d * (q - 1). Pair i of the bits of
// qs is weight i.

const BYTES = blockBytes('Q2_0');
const WEIGHTS = blockWeights('Q2_0');

export const dequantizeQ2_0: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    for (let i = 0; i < WEIGHTS; i += 1) {
      out[o + i] = d * (((blocks[at + 2 + (i >> 2)]! >> ((i & 3) * 2)) & 3) - 1);
    }
  }
};

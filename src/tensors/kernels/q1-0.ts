import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { halfToFloat } from './half.js';
import { type Dequantize, viewOf } from './kernel.js';

// One Q1_0 block, 18 bytes for 128 weights: | d: f16 | qs: 16 bytes |. Bit i of qs is weight i: d where it is set,
// else -d.

const BYTES = blockBytes('Q1_0');
const WEIGHTS = blockWeights('Q1_0');

export const dequantizeQ1_0: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    for (let i = 0; i < WEIGHTS; i += 1) out[o + i] = ((blocks[at + 2 + (i >> 3)]! >> (i & 7)) & 1) === 1 ? d : -d;
  }
};

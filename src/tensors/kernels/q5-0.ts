import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { floatToHalf, halfToFloat } from './half.js';
import { type Dequantize, type Quantize, viewOf } from './kernel.js';
import { findPeak, inverse, toCode } from './scales.js';

// One Q5_0 block, 22 bytes for 32 weights: | d: f16 | qh: u32 | qs: 16 bytes |, and weight = d * (q - 16).
// Nibbles as in Q4_0; bit i of qh is the fifth bit of weight i.

const f = Math.fround;
const BYTES = blockBytes('Q5_0');
const WEIGHTS = blockWeights('Q5_0');
const HALF = WEIGHTS / 2;

export const dequantizeQ5_0: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    const qh = view.getUint32(at + 2, true);
    for (let j = 0; j < HALF; j += 1) {
      const pair = blocks[at + 6 + j]!;
      out[o + j] = d * (((pair & 15) | (((qh >>> j) & 1) << 4)) - 16);
      out[o + j + HALF] = d * (((pair >> 4) | (((qh >>> (j + HALF)) & 1) << 4)) - 16);
    }
  }
};

export const quantizeQ5_0: Quantize = (weights, out) => {
  const view = viewOf(out);
  for (let at = 0, w = 0; w < weights.length; at += BYTES, w += WEIGHTS) {
    const d = f(findPeak(weights, w, WEIGHTS) / -16);
    const id = inverse(d);
    let qh = 0;
    for (let j = 0; j < HALF; j += 1) {
      const low = toCode(f(f(weights[w + j]! * id) + 16.5), 31);
      const high = toCode(f(f(weights[w + j + HALF]! * id) + 16.5), 31);
      out[at + 6 + j] = (low & 15) | ((high & 15) << 4);
      qh |= ((low >> 4) << j) | ((high >> 4) << (j + HALF));
    }
    view.setUint16(at, floatToHalf(d), true);
    view.setUint32(at + 2, qh, true);
  }
};

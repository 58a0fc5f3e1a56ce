import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { floatToHalf, halfToFloat } from './half.js';
import { type Dequantize, type Quantize, viewOf } from './kernel.js';
import { findRange, inverse, toCode } from './scales.js';

// One Q5_1 block, 24 bytes for 32 weights: | d: f16 | m: f16 | qh: u32 | qs: 16 bytes |, and weight = d * q + m.
// Nibbles as in Q4_0; bit i of qh is the fifth bit of weight i.

const f = Math.fround;
const BYTES = blockBytes('Q5_1');
const WEIGHTS = blockWeights('Q5_1');
const HALF = WEIGHTS / 2;

export const dequantizeQ5_1: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    const m = halfToFloat(view.getUint16(at + 2, true));
    const qh = view.getUint32(at + 4, true);
    for (let j = 0; j < HALF; j += 1) {
      const pair = blocks[at + 8 + j]!;
      out[o + j] = f(d * ((pair & 15) | (((qh >>> j) & 1) << 4))) + m;
      out[o + j + HALF] = f(d * ((pair >> 4) | (((qh >>> (j + HALF)) & 1) << 4))) + m;
    }
  }
};

export const quantizeQ5_1: Quantize = (weights, out) => {
  const view = viewOf(out);
  for (let at = 0, w = 0; w < weights.length; at += BYTES, w += WEIGHTS) {
    const { min, max } = findRange(weights, w, WEIGHTS);
    const d = f(f(max - min) / 31);
    const id = inverse(d);
    let qh = 0;
    for (let j = 0; j < HALF; j += 1) {
      // ggml does not clamp here. It need not: (max - min) * id exceeds 31 by rounding only.
      const low = toCode(f(f(f(weights[w + j]! - min) * id) + 0.5), 31);
      const high = toCode(f(f(f(weights[w + j + HALF]! - min) * id) + 0.5), 31);
      out[at + 8 + j] = (low & 15) | ((high & 15) << 4);
      qh |= ((low >> 4) << j) | ((high >> 4) << (j + HALF));
    }
    view.setUint16(at, floatToHalf(d), true);
    view.setUint16(at + 2, floatToHalf(min), true);
    view.setUint32(at + 4, qh, true);
  }
};

import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { floatToHalf, halfToFloat } from './half.js';
import { type Dequantize, type Quantize, viewOf } from './kernel.js';
import { findRange, inverse, toCode } from './scales.js';

// One Q4_1 block, 20 bytes for 32 weights: | d: f16 | m: f16 | qs: 16 bytes |, and weight = d * q + m.
// The low nibble of qs[j] is weight j, the high nibble weight j + 16.

const f = Math.fround;
const BYTES = blockBytes('Q4_1');
const WEIGHTS = blockWeights('Q4_1');
const HALF = WEIGHTS / 2;

export const dequantizeQ4_1: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    const m = halfToFloat(view.getUint16(at + 2, true));
    for (let j = 0; j < HALF; j += 1) {
      const pair = blocks[at + 4 + j]!;
      out[o + j] = f(d * (pair & 15)) + m;
      out[o + j + HALF] = f(d * (pair >> 4)) + m;
    }
  }
};

export const quantizeQ4_1: Quantize = (weights, out) => {
  const view = viewOf(out);
  for (let at = 0, w = 0; w < weights.length; at += BYTES, w += WEIGHTS) {
    const { min, max } = findRange(weights, w, WEIGHTS);
    const d = f(f(max - min) / 15);
    const id = inverse(d);
    view.setUint16(at, floatToHalf(d), true);
    view.setUint16(at + 2, floatToHalf(min), true);
    for (let j = 0; j < HALF; j += 1) {
      const low = toCode(f(f(f(weights[w + j]! - min) * id) + 0.5), 15);
      const high = toCode(f(f(f(weights[w + j + HALF]! - min) * id) + 0.5), 15);
      out[at + 4 + j] = low | (high << 4);
    }
  }
};

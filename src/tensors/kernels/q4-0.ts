import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { floatToHalf, halfToFloat } from './half.js';
import { type Dequantize, type Quantize, viewOf } from './kernel.js';
import { findPeak, inverse, toCode } from './scales.js';

// One Q4_0 block, 18 bytes for 32 weights: | d: f16 | qs: 16 bytes |, and weight = d * (q - 8).
// The low nibble of qs[j] is weight j, the high nibble weight j + 16.

const f = Math.fround;
const BYTES = blockBytes('Q4_0');
const WEIGHTS = blockWeights('Q4_0');
const HALF = WEIGHTS / 2;

export const dequantizeQ4_0: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    for (let j = 0; j < HALF; j += 1) {
      const pair = blocks[at + 2 + j]!;
      out[o + j] = d * ((pair & 15) - 8);
      out[o + j + HALF] = d * ((pair >> 4) - 8);
    }
  }
};

export const quantizeQ4_0: Quantize = (weights, out) => {
  const view = viewOf(out);
  for (let at = 0, w = 0; w < weights.length; at += BYTES, w += WEIGHTS) {
    const d = f(findPeak(weights, w, WEIGHTS) / -8);
    const id = inverse(d);
    view.setUint16(at, floatToHalf(d), true);
    for (let j = 0; j < HALF; j += 1) {
      const low = toCode(f(f(weights[w + j]! * id) + 8.5), 15);
      const high = toCode(f(f(weights[w + j + HALF]! * id) + 8.5), 15);
      out[at + 2 + j] = low | (high << 4);
    }
  }
};

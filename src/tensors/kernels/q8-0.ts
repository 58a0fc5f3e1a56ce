import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { floatToHalf, halfToFloat } from './half.js';
import { type Dequantize, type Quantize, viewOf } from './kernel.js';
import { findPeak, inverse } from './scales.js';

// One Q8_0 block, 34 bytes for 32 weights: | d: f16 | qs: 32 × i8 |, and weight = d * q.

const f = Math.fround;
const BYTES = blockBytes('Q8_0');
const WEIGHTS = blockWeights('Q8_0');

export const dequantizeQ8_0: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    for (let i = 0; i < WEIGHTS; i += 1) out[o + i] = d * view.getInt8(at + 2 + i);
  }
};

export const quantizeQ8_0: Quantize = (weights, out) => {
  const view = viewOf(out);
  for (let at = 0, w = 0; w < weights.length; at += BYTES, w += WEIGHTS) {
    const d = f(Math.abs(findPeak(weights, w, WEIGHTS)) / 127);
    const id = inverse(d);
    view.setUint16(at, floatToHalf(d), true);
    for (let i = 0; i < WEIGHTS; i += 1) view.setInt8(at + 2 + i, roundHalfAway(f(weights[w + i]! * id)));
  }
};

/** C's roundf, then its conversion to int, which on x86-64 makes 0 of what no int can hold. */
function roundHalfAway(value: number): number {
  // The sum is exact in a double: `value` has 24 bits.
  const magnitude = Math.floor(Math.abs(value) + 0.5);
  return (value < 0 ? -magnitude : magnitude) | 0;
}

import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { halfToFloat } from './half.js';
import { type Dequantize, viewOf } from './kernel.js';

// Ternary weights: d * (digit - 1), with a digit from 0 to 2.

const WEIGHTS = blockWeights('TQ1_0');

/** Where the bytes of a TQ1_0 block start, how many make a run, and how many digits are used of each. */
const RUNS = [
  { start: 0, bytes: 32, digits: 5 },
  { start: 32, bytes: 16, digits: 5 },
  { start: 48, bytes: 4, digits: 4 },
] as const;

// One TQ1_0 block, 54 bytes for 256 weights: | qs: 48 bytes | qh: 4 bytes | d: f16 |. A byte is a fraction of 256 with
// five digits in base 3: times 3, what exceeds 8 bits is the first digit and the rest the next fraction. A run holds
// the first digits of all its bytes, then the second ones, and so on.
export const dequantizeTQ1_0: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += blockBytes('TQ1_0')) {
    const d = halfToFloat(view.getUint16(at + 52, true));
    for (const { start, bytes, digits } of RUNS) {
      for (let n = 0; n < digits; n += 1) {
        for (let j = 0; j < bytes; j += 1, o += 1) {
          const fraction = (blocks[at + start + j]! * 3 ** n) & 255;
          out[o] = d * (((fraction * 3) >> 8) - 1);
        }
      }
    }
  }
};

// One TQ2_0 block, 66 bytes for 256 weights: | qs: 64 bytes | d: f16 |. Bits 2k and 2k + 1 of the first 32 bytes are the
// weights 32k to 32k + 31, and those of the last 32 bytes the same in the second half of the block.
export const dequantizeTQ2_0: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += blockBytes('TQ2_0'), o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at + 64, true));
    for (let i = 0; i < WEIGHTS; i += 1) {
      const q = (blocks[at + (i >> 7) * 32 + (i & 31)]! >> (((i >> 5) & 3) * 2)) & 3;
      out[o + i] = d * (q - 1);
    }
  }
};

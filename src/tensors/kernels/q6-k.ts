import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { halfToFloat } from './half.js';
import { type Dequantize, viewOf } from './kernel.js';

// One Q6_K block, 210 bytes for 256 weights: | ql: 128 bytes | qh: 64 bytes | scales: 16 × i8 | d: f16 |.
// Each 16 weights share a scale; weight = d * scale * (q - 32). Each half of the block (128 weights: 64 bytes of ql,
// 32 of qh) has four rows of 32 weights. Row t, weight l: low 4 bits are a nibble of ql[l + 32 * (t & 1)] (low for
// t < 2, else high), high 2 bits are the pair t of qh[l].

const f = Math.fround;
const BYTES = blockBytes('Q6_K');
const WEIGHTS = blockWeights('Q6_K');

export const dequantizeQ6_K: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at + 208, true));
    for (let i = 0; i < WEIGHTS; i += 1) {
      const half = i >> 7;
      const row = (i >> 5) & 3;
      const l = i & 31;
      const low = (blocks[at + half * 64 + l + 32 * (row & 1)]! >> (row < 2 ? 0 : 4)) & 15;
      const high = (blocks[at + 128 + half * 32 + l]! >> (row * 2)) & 3;
      out[o + i] = f(d * view.getInt8(at + 192 + (i >> 4))) * ((low | (high << 4)) - 32);
    }
  }
};

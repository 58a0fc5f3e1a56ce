import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { halfToFloat } from './half.js';
import { type Dequantize, viewOf } from './kernel.js';

// One Q3_K block, 110 bytes for 256 weights: | hmask: 32 bytes | qs: 64 bytes | scales: 12 bytes | d: f16 |.
// Each 16 weights share a 6-bit scale; weight = d * (scale - 32) * (q - 4). The two low bits of q lie in qs as in
// Q2_K; bit k of hmask[l] is the third bit of weight 32k + l.
// Scale i: its low 4 bits are a nibble of scales[i & 7] (low for i < 8, else high), its high 2 bits the pair i >> 2
// of scales[8 + (i & 3)].

const f = Math.fround;
const BYTES = blockBytes('Q3_K');
const WEIGHTS = blockWeights('Q3_K');

export const dequantizeQ3_K: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += BYTES, o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at + 108, true));
    for (let i = 0; i < WEIGHTS; i += 1) {
      const low = (blocks[at + 32 + (i >> 7) * 32 + (i & 31)]! >> (((i >> 5) & 3) * 2)) & 3;
      const high = (blocks[at + (i & 31)]! >> (i >> 5)) & 1;
      out[o + i] = f(d * (scaleOf(blocks, at + 96, i >> 4) - 32)) * (low + high * 4 - 4);
    }
  }
};

function scaleOf(blocks: Uint8Array, scales: number, i: number): number {
  const low = (blocks[scales + (i & 7)]! >> (i < 8 ? 0 : 4)) & 15;
  const high = (blocks[scales + 8 + (i & 3)]! >> ((i >> 2) * 2)) & 3;
  return low | (high << 4);
}

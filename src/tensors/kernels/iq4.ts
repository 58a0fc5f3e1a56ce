import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { halfToFloat } from './half.js';
import { type Dequantize, viewOf } from './kernel.js';

/** What the 16 codes of IQ4_NL and IQ4_XS stand for, before scaling (ggml: kvalues_iq4nl). */
export const IQ4_VALUES = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113] as const;

const f = Math.fround;
const SUB_BLOCK = 32;

// One IQ4_NL block, 18 bytes for 32 weights: | d: f16 | qs: 16 bytes |, and weight = d * IQ4_VALUES[q].
// The low nibble of qs[j] is weight j, the high nibble weight j + 16.
export const dequantizeIQ4_NL: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  const bytes = blockBytes('IQ4_NL');
  for (let at = 0, o = 0; at < blocks.length; at += bytes, o += SUB_BLOCK) {
    unpackSubBlock(blocks, at + 2, halfToFloat(view.getUint16(at, true)), out, o);
  }
};

// One IQ4_XS block, 136 bytes for 256 weights: | d: f16 | scales_h: u16 | scales_l: 4 bytes | qs: 128 bytes |.
// Each 32 weights share a 6-bit scale; weight = d * (scale - 32) * IQ4_VALUES[q]. The low 4 bits of scale j are
// nibble j of scales_l, the high 2 bits the pair j of scales_h.
export const dequantizeIQ4_XS: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  const bytes = blockBytes('IQ4_XS');
  for (let at = 0, o = 0; at < blocks.length; at += bytes, o += blockWeights('IQ4_XS')) {
    const d = halfToFloat(view.getUint16(at, true));
    const high = view.getUint16(at + 2, true);
    for (let j = 0; j < 8; j += 1) {
      const low = (blocks[at + 4 + (j >> 1)]! >> ((j & 1) * 4)) & 15;
      const scale = low | (((high >> (2 * j)) & 3) << 4);
      unpackSubBlock(blocks, at + 8 + j * 16, f(d * (scale - 32)), out, o + j * SUB_BLOCK);
    }
  }
};

function unpackSubBlock(blocks: Uint8Array, qs: number, scale: number, out: Float32Array, o: number): void {
  for (let j = 0; j < SUB_BLOCK / 2; j += 1) {
    const pair = blocks[qs + j]!;
    out[o + j] = scale * IQ4_VALUES[pair & 15]!;
    out[o + j + SUB_BLOCK / 2] = scale * IQ4_VALUES[pair >> 4]!;
  }
}

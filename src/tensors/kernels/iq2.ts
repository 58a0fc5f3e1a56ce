import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { evenSigns, putPoint } from './grid-points.js';
import { GRIDS } from './grids.js';
import { halfToFloat } from './half.js';
import { type Dequantize, viewOf } from './kernel.js';

// A weight is d * (scale + 0.5) / 4 times a value of a point in a grid (grids.ts), with a sign.

const WEIGHTS = blockWeights('IQ2_XXS');

// One IQ2_XXS block, 66 bytes for 256 weights: | d: f16 | 8 × (four indices: 4 bytes | packed: u32) |. Each pair serves
// 32 weights: bits 7l to 7l + 6 of packed are the signs of point l, the upper four bits the scale.
export const dequantizeIQ2_XXS: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += blockBytes('IQ2_XXS'), o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    for (let p = 0; p < 32; p += 1) {
      const group = at + 2 + (p >> 2) * 8;
      const packed = view.getUint32(group + 4, true);
      const signs = evenSigns((packed >>> ((p & 3) * 7)) & 127);
      putPoint(out, o + p * 8, GRIDS.IQ2_XXS(), 8, blocks[group + (p & 3)]!, scaled(d, packed >>> 28), signs);
    }
  }
};

// One IQ2_XS block, 74 bytes for 256 weights: | d: f16 | 32 × u16 | scales: 8 bytes |. The low nine bits of a u16 are
// the index of a point, the upper seven its signs. Nibble j of the scales is that of points 2j and 2j + 1.
export const dequantizeIQ2_XS: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += blockBytes('IQ2_XS'), o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    for (let p = 0; p < 32; p += 1) {
      const packed = view.getUint16(at + 2 + p * 2, true);
      const scale = scaled(d, nibble(blocks, at + 66, p >> 1));
      putPoint(out, o + p * 8, GRIDS.IQ2_XS(), 8, packed & 511, scale, evenSigns(packed >> 9));
    }
  }
};

// One IQ2_S block, 82 bytes for 256 weights: | d: f16 | qs: 32 bytes | signs: 32 bytes | qh: 8 bytes | scales: 8 |.
// Byte p of qs is the low part of index p, pair p of qh its upper two bits; scales as in IQ2_XS.
export const dequantizeIQ2_S: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += blockBytes('IQ2_S'), o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    for (let p = 0; p < 32; p += 1) {
      const high = (blocks[at + 66 + (p >> 2)]! >> ((p & 3) * 2)) & 3;
      const scale = scaled(d, nibble(blocks, at + 74, p >> 1));
      putPoint(out, o + p * 8, GRIDS.IQ2_S(), 8, blocks[at + 2 + p]! | (high << 8), scale, blocks[at + 34 + p]!);
    }
  }
};

function scaled(d: number, scale: number): number {
  return d * (scale + 0.5) * 0.25;
}

function nibble(blocks: Uint8Array, at: number, j: number): number {
  return (blocks[at + (j >> 1)]! >> ((j & 1) * 4)) & 15;
}

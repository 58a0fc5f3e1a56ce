import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { evenSigns, putPoint } from './grid-points.js';
import { GRIDS } from './grids.js';
import { halfToFloat } from './half.js';
import { type Dequantize, viewOf } from './kernel.js';

// The points of these grids have four values (grids.ts), so two of them share a byte of signs.

const WEIGHTS = blockWeights('IQ3_XXS');

// One IQ3_XXS block, 98 bytes for 256 weights: | d: f16 | qs: 64 bytes | 8 × packed: u32 |, and weight = d * (scale +
// 0.5) / 2 * value. Byte p of qs is index p. Each packed serves 32 weights as in IQ2_XXS: four times seven bits of
// signs, then four bits of scale.
export const dequantizeIQ3_XXS: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += blockBytes('IQ3_XXS'), o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    for (let p = 0; p < 64; p += 1) {
      const packed = view.getUint32(at + 66 + (p >> 3) * 4, true);
      const signs = evenSigns((packed >>> (((p >> 1) & 3) * 7)) & 127) >> ((p & 1) * 4);
      const scale = d * ((packed >>> 28) + 0.5) * 0.5;
      putPoint(out, o + p * 4, GRIDS.IQ3_XXS(), 4, blocks[at + 2 + p]!, scale, signs);
    }
  }
};

// One IQ3_S block, 110 bytes for 256 weights: | d: f16 | qs: 64 bytes | qh: 8 | signs: 32 | scales: 4 bytes |, and
// weight = d * (2 * scale + 1) * value. Byte p of qs is the low part of index p, bit p of qh its ninth bit. Bit i of
// signs is the sign of weight i; nibble j of the scales is that of weights 32j to 32j + 31.
export const dequantizeIQ3_S: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += blockBytes('IQ3_S'), o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    for (let p = 0; p < 64; p += 1) {
      const ninth = (blocks[at + 66 + (p >> 3)]! >> (p & 7)) & 1;
      const signs = blocks[at + 74 + (p >> 1)]! >> ((p & 1) * 4);
      const scale = (blocks[at + 106 + (p >> 4)]! >> (((p >> 3) & 1) * 4)) & 15;
      putPoint(out, o + p * 4, GRIDS.IQ3_S(), 4, blocks[at + 2 + p]! | (ninth << 8), d * (2 * scale + 1), signs);
    }
  }
};

import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import { GRIDS } from './grids.js';
import { halfToFloat, scatteredHalf } from './half.js';
import { type Dequantize, viewOf } from './kernel.js';

// A weight is d * (2 * scale + 1) * (value ± 0.125): a value, -1 to 1, of a point of eight in a grid (grids.ts), moved
// by an eighth.

const WEIGHTS = blockWeights('IQ1_S');
const DELTA = 0.125;

// One IQ1_S block, 50 bytes for 256 weights: | d: f16 | qs: 32 bytes | qh: 8 × u16 |. Byte p of qs is the low part of
// index p. Each qh serves 32 weights: bits 3l to 3l + 2 are the upper part of the index of point l, then come three
// bits of scale, and the top bit is set where the values move down.
export const dequantizeIQ1_S: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += blockBytes('IQ1_S'), o += WEIGHTS) {
    const d = halfToFloat(view.getUint16(at, true));
    for (let p = 0; p < 32; p += 1) {
      const qh = view.getUint16(at + 34 + (p >> 2) * 2, true);
      const index = blocks[at + 2 + p]! | (((qh >> ((p & 3) * 3)) & 7) << 8);
      putMoved(out, o + p * 8, index, d * (2 * ((qh >> 12) & 7) + 1), (qh & 0x8000) === 0);
    }
  }
};

// One IQ1_M block, 56 bytes for 256 weights: | qs: 32 bytes | qh: 16 bytes | scales: 4 × u16 |. Byte p of qs is the low
// part of index p, nibble p of qh its upper three bits and, in the fourth, whether the values move down. The top
// nibbles of the four u16, the first the lowest, are d as a half; the other 12 bits of each are four scales of three
// bits, each for 16 weights.
export const dequantizeIQ1_M: Dequantize = (blocks, out) => {
  const view = viewOf(blocks);
  for (let at = 0, o = 0; at < blocks.length; at += blockBytes('IQ1_M'), o += WEIGHTS) {
    const d = halfToFloat(scatteredHalf(view, at + 48));
    for (let p = 0; p < 32; p += 1) {
      const high = blocks[at + 32 + (p >> 1)]! >> ((p & 1) * 4);
      const scale = (view.getUint16(at + 48 + (p >> 3) * 2, true) >> (((p >> 1) & 3) * 3)) & 7;
      putMoved(out, o + p * 8, blocks[at + p]! | ((high & 7) << 8), d * (2 * scale + 1), (high & 8) === 0);
    }
  }
};

function putMoved(out: Float32Array, o: number, index: number, scale: number, up: boolean): void {
  const delta = up ? DELTA : -DELTA;
  const grid = GRIDS.IQ1();
  for (let k = 0; k < 8; k += 1) out[o + k] = scale * (grid[index * 8 + k]! + delta);
}

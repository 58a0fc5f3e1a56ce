import { blockBytes, blockWeights } from '../../gguf/tensor-types.js';
import type { Dequantize } from './kernel.js';

/** Two times what the 16 codes of MXFP4 and NVFP4, floats of 4 bits, stand for. Code 8 is not -0 (as in ggml). */
const DOUBLED_VALUES = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

// One MXFP4 block, 17 bytes for 32 weights: | e: u8 | qs: 16 bytes |, and weight = 2^(e - 127) * value. The low nibble
// of qs[j] is weight j, the high nibble weight j + 16. The standard calls e = 255 NaN; ggml reads it as a power of two.
export const dequantizeMXFP4: Dequantize = (blocks, out) => {
  for (let at = 0, o = 0; at < blocks.length; at += blockBytes('MXFP4'), o += blockWeights('MXFP4')) {
    unpackPairs(blocks, at + 1, 16, 2 ** (blocks[at]! - 128), out, o);
  }
};

// One NVFP4 block, 36 bytes for 64 weights: | scales: 4 bytes | qs: 4 × 8 bytes |. Each 16 weights have a scale and
// eight bytes: first the low nibbles, then the high ones.
export const dequantizeNVFP4: Dequantize = (blocks, out) => {
  for (let at = 0, o = 0; at < blocks.length; at += blockBytes('NVFP4'), o += blockWeights('NVFP4')) {
    for (let j = 0; j < 4; j += 1) {
      unpackPairs(blocks, at + 4 + j * 8, 8, unsignedFloat(blocks[at + j]!) / 2, out, o + j * 16);
    }
  }
};

/** A float with no sign, four bits of exponent and three of mantissa. The top bit is ignored; 0x7f, NaN, reads as 0. */
function unsignedFloat(byte: number): number {
  if (byte === 0x7f) return 0;
  const exponent = (byte >> 3) & 15;
  const mantissa = byte & 7;
  return exponent === 0 ? mantissa * 2 ** -9 : (8 + mantissa) * 2 ** (exponent - 10);
}

function unpackPairs(blocks: Uint8Array, qs: number, count: number, scale: number, out: Float32Array, o: number): void {
  for (let j = 0; j < count; j += 1) {
    const pair = blocks[qs + j]!;
    out[o + j] = scale * DOUBLED_VALUES[pair & 15]!;
    out[o + j + count] = scale * DOUBLED_VALUES[pair >> 4]!;
  }
}

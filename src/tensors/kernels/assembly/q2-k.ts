// Q2_K: the layout is in ../q2-k.ts.

import { decodeOffsetBlocks } from './decode-blocks';
import { highNibbles, lowNibbles, storeAffine, storeScaled } from './unpack';

const BYTES: usize = 84;
const SCALES = memory.data(64, 16);
const OFFSETS = memory.data(64, 16);

export function decodeQ2_K(source: usize, weights: usize, out: usize): i32 {
  return decodeOffsetBlocks<BlockQ2_K>(source, weights, out, BYTES, 80);
}

@unmanaged
class BlockQ2_K {
  @inline
  decode(source: usize, d: f32, m: f32, out: usize): usize {
    const packed = v128.load(source);
    storeScaled(SCALES, lowNibbles(packed), f32x4.splat(d));
    storeScaled(OFFSETS, highNibbles(packed), f32x4.splat(-m));
    for (let i: usize = 0; i < 16; i++, out += 64) {
      const pairs = v128.load(source + 16 + (i >> 3) * 32 + (i & 1) * 16);
      const codes = v128.and(i16x8.shr_u(pairs, <i32>(i & 6)), i8x16.splat(3));
      storeAffine(out, codes, v128.load32_splat(SCALES + i * 4), v128.load32_splat(OFFSETS + i * 4));
    }
    return out;
  }
}

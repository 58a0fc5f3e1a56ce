// Q2_K: the layout is in ../q2-k.ts.

import { halfToFloat, isSpecial } from './half';
import { highNibbles, lowNibbles, storeAffine, storeScaled } from './unpack';

const BYTES: usize = 84;
const SCALES = memory.data(64, 16);
const OFFSETS = memory.data(64, 16);

export function decodeQ2_K(source: usize, weights: usize, out: usize): i32 {
  let special = 0;
  for (let end = out + weights * 4; out < end; source += BYTES) {
    const d: u32 = load<u16>(source, 80);
    const dmin: u32 = load<u16>(source, 82);
    special |= isSpecial(d) | isSpecial(dmin);
    const packed = v128.load(source);
    storeScaled(SCALES, lowNibbles(packed), f32x4.splat(halfToFloat(d)));
    storeScaled(OFFSETS, highNibbles(packed), f32x4.splat(-halfToFloat(dmin)));
    for (let i: usize = 0; i < 16; i++, out += 64) {
      const pairs = v128.load(source + 16 + (i >> 3) * 32 + (i & 1) * 16);
      const codes = v128.and(i16x8.shr_u(pairs, <i32>(i & 6)), i8x16.splat(3));
      storeAffine(out, codes, v128.load32_splat(SCALES + i * 4), v128.load32_splat(OFFSETS + i * 4));
    }
  }
  return special;
}

// Q5_K: the layout is in ../q5-k.ts.

import { halfToFloat, isSpecial } from './half';
import { loadScales, OFFSETS, SCALES } from './k-scales';
import { highNibbles, lowNibbles, storeAffine } from './unpack';

const BYTES: usize = 176;

export function decodeQ5_K(source: usize, weights: usize, out: usize): i32 {
  let special = 0;
  for (let end = out + weights * 4; out < end; source += BYTES) {
    const d: u32 = load<u16>(source);
    const dmin: u32 = load<u16>(source, 2);
    special |= isSpecial(d) | isSpecial(dmin);
    loadScales(source + 4, halfToFloat(d), halfToFloat(dmin));
    for (let j: usize = 0; j < 8; j++, out += 128) {
      const scale = v128.load32_splat(SCALES + j * 4);
      const offset = v128.load32_splat(OFFSETS + j * 4);
      const at = source + 48 + (j >> 1) * 32;
      storeAffine(out, codes(at, source + 16, j), scale, offset);
      storeAffine(out + 64, codes(at + 16, source + 32, j), scale, offset);
    }
  }
  return special;
}

/** 16 codes of sub-block `j`: nibbles at `low`, and bit `j` of the bytes at `high` as the fifth bit. */
@inline
function codes(low: usize, high: usize, j: usize): v128 {
  const nibbles = lowNibbles(i16x8.shr_u(v128.load(low), <i32>(j & 1) * 4));
  const bits = v128.and(i16x8.shr_u(v128.load(high), <i32>j), i8x16.splat(1));
  return v128.or(nibbles, i16x8.shl(bits, 4));
}

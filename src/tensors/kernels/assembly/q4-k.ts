// Q4_K: the layout is in ../q4-k.ts.

import { halfToFloat, isSpecial } from './half';
import { loadScales, OFFSETS, SCALES } from './k-scales';
import { highNibbles, lowNibbles, storeAffine } from './unpack';

const BYTES: usize = 144;

export function decodeQ4_K(source: usize, weights: usize, out: usize): i32 {
  let special = 0;
  for (let end = out + weights * 4; out < end; source += BYTES) {
    const d: u32 = load<u16>(source);
    const dmin: u32 = load<u16>(source, 2);
    special |= isSpecial(d) | isSpecial(dmin);
    loadScales(source + 4, halfToFloat(d), halfToFloat(dmin));
    // Each 32 bytes hold two sub-blocks of 32 weights: 128 bytes of floats each.
    for (let pair: usize = 0; pair < 4; pair++, out += 256) {
      const first = v128.load(source + pair * 32, 16);
      const second = v128.load(source + pair * 32, 32);
      const scale = v128.load32_splat(SCALES + pair * 8);
      const offset = v128.load32_splat(OFFSETS + pair * 8);
      storeAffine(out, lowNibbles(first), scale, offset);
      storeAffine(out + 64, lowNibbles(second), scale, offset);
      const nextScale = v128.load32_splat(SCALES + pair * 8, 4);
      const nextOffset = v128.load32_splat(OFFSETS + pair * 8, 4);
      storeAffine(out + 128, highNibbles(first), nextScale, nextOffset);
      storeAffine(out + 192, highNibbles(second), nextScale, nextOffset);
    }
  }
  return special;
}

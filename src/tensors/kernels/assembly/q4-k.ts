// Q4_K: the layout is in ../q4-k.ts.

import { decodeOffsetBlocks } from './decode-blocks';
import { loadScales, OFFSETS, SCALES } from './k-scales';
import { highNibbles, lowNibbles, storeAffine } from './unpack';

const BYTES: usize = 144;

export function decodeQ4_K(source: usize, weights: usize, out: usize): i32 {
  return decodeOffsetBlocks<BlockQ4_K>(source, weights, out, BYTES, 0);
}

@unmanaged
class BlockQ4_K {
  @inline
  decode(source: usize, d: f32, m: f32, out: usize): usize {
    loadScales(source + 4, d, m);
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
    return out;
  }
}

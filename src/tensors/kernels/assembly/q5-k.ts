// Q5_K: the layout is in ../q5-k.ts.

import { decodeOffsetBlocks } from './decode-blocks';
import { loadScales, OFFSETS, SCALES } from './k-scales';
import { lowNibbles, storeAffine } from './unpack';

const BYTES: usize = 176;

export function decodeQ5_K(source: usize, weights: usize, out: usize): i32 {
  return decodeOffsetBlocks<BlockQ5_K>(source, weights, out, BYTES, 0);
}

@unmanaged
class BlockQ5_K {
  @inline
  decode(source: usize, d: f32, m: f32, out: usize): usize {
    loadScales(source + 4, d, m);
    for (let j: usize = 0; j < 8; j++, out += 128) {
      const scale = v128.load32_splat(SCALES + j * 4);
      const offset = v128.load32_splat(OFFSETS + j * 4);
      const at = source + 48 + (j >> 1) * 32;
      storeAffine(out, codes(at, source + 16, j), scale, offset);
      storeAffine(out + 64, codes(at + 16, source + 32, j), scale, offset);
    }
    return out;
  }
}

/** 16 codes of sub-block `j`: nibbles at `low`, and bit `j` of the bytes at `high` as the fifth bit. */
@inline
function codes(low: usize, high: usize, j: usize): v128 {
  const nibbles = lowNibbles(i16x8.shr_u(v128.load(low), <i32>(j & 1) * 4));
  const bits = v128.and(i16x8.shr_u(v128.load(high), <i32>j), i8x16.splat(1));
  return v128.or(nibbles, i16x8.shl(bits, 4));
}

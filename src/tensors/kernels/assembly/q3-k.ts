// Q3_K: the layout is in ../q3-k.ts.

import { decodeBlocks } from './decode-blocks';
import { storeScaled } from './unpack';

const BYTES: usize = 110;
const SCALES = memory.data(64, 16);

export function decodeQ3_K(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockQ3_K>(source, weights, out, BYTES, 108);
}

@unmanaged
class BlockQ3_K {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    storeScaled(SCALES, i8x16.sub(scaleCodes(source + 96), i8x16.splat(32)), f32x4.splat(d));
    for (let i: usize = 0; i < 16; i++, out += 64) {
      const pairs = v128.load(source + 32 + (i >> 3) * 32 + (i & 1) * 16);
      const low = v128.and(i16x8.shr_u(pairs, <i32>(i & 6)), i8x16.splat(3));
      const mask = v128.load(source + (i & 1) * 16);
      const high = v128.and(i16x8.shr_u(mask, <i32>(i >> 1)), i8x16.splat(1));
      const codes = i8x16.sub(v128.or(low, i16x8.shl(high, 2)), i8x16.splat(4));
      storeScaled(out, codes, v128.load32_splat(SCALES + i * 4));
    }
    return out;
  }
}

/** The 16 six-bit scales of a block, one a byte. */
@inline
function scaleCodes(at: usize): v128 {
  const nibbles = load<u64>(at);
  const low = i64x2(nibbles & 0x0f0f0f0f0f0f0f0f, (nibbles >> 4) & 0x0f0f0f0f0f0f0f0f);
  const pairs = load<u32>(at, 8);
  const high = i32x4(pairs << 4, pairs << 2, pairs, pairs >> 2);
  return v128.or(low, v128.and(high, i8x16.splat(0x30)));
}

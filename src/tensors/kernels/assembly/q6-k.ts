// Q6_K: the layout is in ../q6-k.ts.

import { decodeBlocks } from './decode-blocks';
import { highNibbles, lowNibbles, storeScaled } from './unpack';

const BYTES: usize = 210;
const SCALES = memory.data(64, 16);

export function decodeQ6_K(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockQ6_K>(source, weights, out, BYTES, 208);
}

@unmanaged
class BlockQ6_K {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    storeScaled(SCALES, v128.load(source, 192), f32x4.splat(d));
    for (let half: usize = 0; half < 2; half++, out += 512) {
      const scales = SCALES + half * 32;
      unpackColumn(source + half * 64, source + 128 + half * 32, scales, out);
      unpackColumn(source + half * 64 + 16, source + 144 + half * 32, scales + 4, out + 64);
    }
    return out;
  }
}

/** 16 weights in each of the four rows of a half: `ql` and `qh` are where its column starts. */
@inline
function unpackColumn(ql: usize, qh: usize, scales: usize, out: usize): void {
  const even = v128.load(ql);
  const odd = v128.load(ql, 32);
  const high = v128.load(qh);
  const mask = i8x16.splat(0x30);
  storeRow(out, lowNibbles(even), v128.and(i16x8.shl(high, 4), mask), scales);
  storeRow(out + 128, lowNibbles(odd), v128.and(i16x8.shl(high, 2), mask), scales + 8);
  storeRow(out + 256, highNibbles(even), v128.and(high, mask), scales + 16);
  storeRow(out + 384, highNibbles(odd), v128.and(i16x8.shr_u(high, 2), mask), scales + 24);
}

@inline
function storeRow(out: usize, low: v128, high: v128, scale: usize): void {
  storeScaled(out, i8x16.sub(v128.or(low, high), i8x16.splat(32)), v128.load32_splat(scale));
}

// Q2_0: the layout is in ../q2-0.ts.

import { decodeBlocks } from './decode-blocks';
import { storeScaled } from './unpack';

const BYTES: usize = 18;

export function decodeQ2_0(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockQ2_0>(source, weights, out, BYTES, 0);
}

@unmanaged
class BlockQ2_0 {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    const scale = f32x4.splat(d);
    const packed = v128.load(source, 2);
    const first = codes(packed), second = codes(i16x8.shr_u(packed, 2));
    const third = codes(i16x8.shr_u(packed, 4)), fourth = codes(i16x8.shr_u(packed, 6));
    storeInterleaved(out, lowPairs(first, second), lowPairs(third, fourth), scale);
    storeInterleaved(out + 128, highPairs(first, second), highPairs(third, fourth), scale);
    return out + 256;
  }
}

/** The lowest two bits of each byte, less one. */
@inline
function codes(packed: v128): v128 {
  return i8x16.sub(v128.and(packed, i8x16.splat(3)), i8x16.splat(1));
}

@inline
function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

@inline
function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

@inline
function storeInterleaved(out: usize, even: v128, odd: v128, d: v128): void {
  storeScaled(out, v128.shuffle<u16>(even, odd, 0, 8, 1, 9, 2, 10, 3, 11), d);
  storeScaled(out + 64, v128.shuffle<u16>(even, odd, 4, 12, 5, 13, 6, 14, 7, 15), d);
}

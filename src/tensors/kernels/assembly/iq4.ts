// IQ4_NL and IQ4_XS: the layouts are in ../iq4.ts.

import { BLOCK_FLOATS } from './blocks';
import { decodeBlocks } from './decode-blocks';
import { highNibbles, lowNibbles, storeScaled } from './unpack';

const NL_BYTES: usize = 18;
const XS_BYTES: usize = 136;

export function decodeIQ4_NL(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockIQ4_NL>(source, weights, out, NL_BYTES, 0);
}

@unmanaged
class BlockIQ4_NL {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    unpackSubBlock(source + 2, f32x4.splat(d), out);
    return out + BLOCK_FLOATS;
  }
}

export function decodeIQ4_XS(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockIQ4_XS>(source, weights, out, XS_BYTES, 0);
}

@unmanaged
class BlockIQ4_XS {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    const high: u32 = load<u16>(source, 2);
    const low = load<u32>(source, 4);
    for (let j: u32 = 0; j < 8; j++, out += BLOCK_FLOATS) {
      const scale = ((low >> (4 * j)) & 15) | (((high >> (2 * j)) & 3) << 4);
      unpackSubBlock(source + 8 + j * 16, f32x4.splat(d * <f32>(<i32>scale - 32)), out);
    }
    return out;
  }
}

@inline
function unpackSubBlock(qs: usize, scale: v128, out: usize): void {
  const values = i8x16(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);
  const pairs = v128.load(qs);
  storeScaled(out, i8x16.swizzle(values, lowNibbles(pairs)), scale);
  storeScaled(out + 64, i8x16.swizzle(values, highNibbles(pairs)), scale);
}

// Q1_0: the layout is in ../q1-0.ts.

import { decodeBlocks } from './decode-blocks';
import { spreadBits, storeScaled } from './unpack';

const BYTES: usize = 18;

export function decodeQ1_0(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockQ1_0>(source, weights, out, BYTES, 0);
}

@unmanaged
class BlockQ1_0 {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    const scale = f32x4.splat(d);
    for (let j: usize = 0; j < 8; j++, out += 64) {
      storeScaled(out, i8x16.sub(spreadBits(load<u16>(source + j * 2, 2), 2), i8x16.splat(1)), scale);
    }
    return out;
  }
}

// Q1_0: the layout is in ../q1-0.ts.

import { halfToFloat, isSpecial } from './half';
import { spreadBits, storeScaled } from './unpack';

const BYTES: usize = 18;

export function decodeQ1_0(source: usize, weights: usize, out: usize): i32 {
  let special = 0;
  for (let end = out + weights * 4; out < end; source += BYTES) {
    const half: u32 = load<u16>(source);
    special |= isSpecial(half);
    const d = f32x4.splat(halfToFloat(half));
    for (let j: usize = 0; j < 8; j++, out += 64) {
      storeScaled(out, i8x16.sub(spreadBits(load<u16>(source + j * 2, 2), 2), i8x16.splat(1)), d);
    }
  }
  return special;
}

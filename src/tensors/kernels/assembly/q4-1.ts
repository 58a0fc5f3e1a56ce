// Q4_1: the layout is in ../q4-1.ts.

import {
  anyInfinite, BLOCK_FLOATS, BLOCK_WEIGHTS, finiteInverse, groupMins, groupSpans, INVERSES, isFinite4, OFFSETS,
  scanRanges, storeHalves,
} from './blocks';
import { HALF, MAGIC } from './constants';
import { decodeOffsetBlocks } from './decode-blocks';
import { rangeCodes } from './rounding';
import { highNibbles, lowNibbles, storeAffine } from './unpack';

const BYTES: usize = 20;

export function decodeQ4_1(source: usize, weights: usize, out: usize): i32 {
  return decodeOffsetBlocks<BlockQ4_1>(source, weights, out, BYTES, 0);
}

@unmanaged
class BlockQ4_1 {
  @inline
  decode(source: usize, d: f32, m: f32, out: usize): usize {
    const scale = f32x4.splat(d), offset = f32x4.splat(m);
    const pairs = v128.load(source, 4);
    storeAffine(out, lowNibbles(pairs), scale, offset);
    storeAffine(out + 64, highNibbles(pairs), scale, offset);
    return out + BLOCK_FLOATS;
  }
}

export function encodeQ4_1(x: usize, weights: usize, out: usize): i32 {
  const blocks = weights / BLOCK_WEIGHTS;
  scanRanges(x, blocks);
  const overflow = scaleQ4_1(x, blocks, out);
  const half = v128.load32_splat(HALF);
  const magic = v128.load32_splat(MAGIC);
  for (let b: usize = 0; b < blocks; b++, x += BLOCK_FLOATS, out += BYTES) {
    const id = v128.load32_splat(INVERSES + b * 4);
    const min = v128.load32_splat(OFFSETS + b * 4);
    const low = i8x16.min_u(rangeCodes(x, min, id, half, magic), i8x16.splat(15));
    const high = i8x16.min_u(rangeCodes(x + 64, min, id, half, magic), i8x16.splat(15));
    v128.store(out, v128.or(low, i16x8.shl(high, 4)), 4);
  }
  return overflow;
}

/** Second pass: stores scales and minima in `out`, and both for the codes. */
function scaleQ4_1(x: usize, blocks: usize, out: usize): i32 {
  let worst = i32x4.splat(0);
  for (let first: usize = 0; first < blocks; first += 4) {
    const mins = groupMins(x, first);
    const d = f32x4.div(groupSpans(first, mins), f32x4.splat(15));
    worst = i32x4.max_u(worst, storeHalves(out + first * BYTES, BYTES, d));
    worst = i32x4.max_u(worst, storeHalves(out + first * BYTES + 2, BYTES, mins));
    v128.store(INVERSES + first * 4, finiteInverse(d));
    // 0 for an infinite scale: else its codes are made of Inf * 0, and a NaN's bits depend on the processor.
    v128.store(OFFSETS + first * 4, v128.and(mins, isFinite4(d)));
  }
  return anyInfinite(worst);
}

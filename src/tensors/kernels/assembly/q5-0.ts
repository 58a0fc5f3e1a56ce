// Q5_0: the layout is in ../q5-0.ts.

import {
  anyInfinite, BLOCK_FLOATS, BLOCK_WEIGHTS, finiteInverse, groupSignedPeaks, INVERSES, OFFSETS, scanRanges, storeHalves,
  zeroPoint,
} from './blocks';
import { MAGIC } from './constants';
import { decodeBlocks } from './decode-blocks';
import { shiftedCodes } from './rounding';
import { fifthBits, highNibbles, joinNibbles, lowNibbles, spreadBits, storeScaled } from './unpack';

const BYTES: usize = 22;

export function decodeQ5_0(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockQ5_0>(source, weights, out, BYTES, 0);
}

@unmanaged
class BlockQ5_0 {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    const scale = f32x4.splat(d);
    const high = load<u32>(source, 2);
    const pairs = v128.load(source, 6);
    const low16 = v128.or(lowNibbles(pairs), spreadBits(high, 16));
    const high16 = v128.or(highNibbles(pairs), spreadBits(high >> 16, 16));
    storeScaled(out, i8x16.sub(low16, i8x16.splat(16)), scale);
    storeScaled(out + 64, i8x16.sub(high16, i8x16.splat(16)), scale);
    return out + BLOCK_FLOATS;
  }
}

export function encodeQ5_0(x: usize, weights: usize, out: usize): i32 {
  const blocks = weights / BLOCK_WEIGHTS;
  scanRanges(x, blocks);
  const overflow = scaleQ5_0(x, blocks, out);
  const magic = v128.load32_splat(MAGIC);
  for (let b: usize = 0; b < blocks; b++, x += BLOCK_FLOATS, out += BYTES) {
    const id = v128.load32_splat(INVERSES + b * 4);
    const offset = v128.load32_splat(OFFSETS + b * 4);
    const low = i8x16.min_u(shiftedCodes(x, id, offset, magic), i8x16.splat(31));
    const high = i8x16.min_u(shiftedCodes(x + 64, id, offset, magic), i8x16.splat(31));
    store<u32>(out, fifthBits(low) | (fifthBits(high) << 16), 2);
    v128.store(out, joinNibbles(low, high), 6);
  }
  return overflow;
}

/** Second pass: stores the scales in `out`, and for the codes their inverses and zero points. */
function scaleQ5_0(x: usize, blocks: usize, out: usize): i32 {
  let worst = i32x4.splat(0);
  for (let first: usize = 0; first < blocks; first += 4) {
    const d = f32x4.div(groupSignedPeaks(x, first), f32x4.splat(-16));
    worst = i32x4.max_u(worst, storeHalves(out + first * BYTES, BYTES, d));
    v128.store(INVERSES + first * 4, finiteInverse(d));
    v128.store(OFFSETS + first * 4, zeroPoint(d, 16.5));
  }
  return anyInfinite(worst);
}

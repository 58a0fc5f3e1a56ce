// Q8_0: the layout is in ../q8-0.ts.

import {
  anyInfinite, BLOCK_FLOATS, BLOCK_WEIGHTS, finiteInverse, groupPeaks, INVERSES, scanPeaks, storeHalves,
} from './blocks';
import { ALMOST_HALF, MAGIC, SIGN } from './constants';
import { decodeBlocks } from './decode-blocks';
import { roundedCodes } from './rounding';
import { storeScaled } from './unpack';

const BYTES: usize = 34;

export function decodeQ8_0(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockQ8_0>(source, weights, out, BYTES, 0);
}

@unmanaged
class BlockQ8_0 {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    const scale = f32x4.splat(d);
    storeScaled(out, v128.load(source, 2), scale);
    storeScaled(out + 64, v128.load(source, 18), scale);
    return out + BLOCK_FLOATS;
  }
}

export function encodeQ8_0(x: usize, weights: usize, out: usize): i32 {
  const blocks = weights / BLOCK_WEIGHTS;
  scanPeaks(x, blocks);
  const overflow = scaleQ8_0(blocks, out);
  const sign = v128.load32_splat(SIGN);
  const almostHalf = v128.load32_splat(ALMOST_HALF);
  const magic = v128.load32_splat(MAGIC);
  for (let b: usize = 0; b < blocks; b++, x += BLOCK_FLOATS, out += BYTES) {
    const id = v128.load32_splat(INVERSES + b * 4);
    v128.store(out, roundedCodes(x, id, sign, almostHalf, magic), 2);
    v128.store(out, roundedCodes(x + 64, id, sign, almostHalf, magic), 18);
  }
  return overflow;
}

/** Second pass: stores the scales in `out` and their inverses for the codes. */
function scaleQ8_0(blocks: usize, out: usize): i32 {
  let worst = i32x4.splat(0);
  for (let first: usize = 0; first < blocks; first += 4) {
    const d = f32x4.div(groupPeaks(first), f32x4.splat(127));
    worst = i32x4.max_u(worst, storeHalves(out + first * BYTES, BYTES, d));
    v128.store(INVERSES + first * 4, finiteInverse(d));
  }
  return anyInfinite(worst);
}

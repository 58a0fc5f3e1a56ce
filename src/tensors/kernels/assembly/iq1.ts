// IQ1_S and IQ1_M: the layouts are in ../iq1.ts. Values and their shifts are counted in eighths.

import { decodeBlocks } from './decode-blocks';
import { twoPoints } from './grid-points';
import { IQ1_GRID } from './grids';
import { halfToFloat, isSpecial, scatteredHalf } from './half';
import { storeScaled } from './unpack';

const S_BYTES: usize = 50;
const M_BYTES: usize = 56;

export function decodeIQ1_S(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockIQ1_S>(source, weights, out, S_BYTES, 0);
}

@unmanaged
class BlockIQ1_S {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    const eighth = d * 0.125;
    for (let j: usize = 0; j < 8; j++, out += 128) {
      const low = load<u32>(source + j * 4, 2);
      const qh: u32 = load<u16>(source + j * 2, 34);
      const scale = f32x4.splat(eighth * <f32>(((qh >> 12) & 7) << 1 | 1));
      const moves = i8x16.splat(qh & 0x8000 ? -1 : 1);
      storeMoved(out, (low & 255) | ((qh & 7) << 8), ((low >> 8) & 255) | ((qh & 0x38) << 5), moves, scale);
      storeMoved(out + 64, ((low >> 16) & 255) | ((qh & 0x1c0) << 2), (low >> 24) | ((qh & 0xe00) >> 1), moves, scale);
    }
    return out;
  }
}

export function decodeIQ1_M(source: usize, weights: usize, out: usize): i32 {
  let special = 0;
  for (let end = out + weights * 4; out < end; source += M_BYTES) {
    const half = scatteredHalf(source + 48);
    special |= isSpecial(half);
    const eighth = halfToFloat(half) * 0.125;
    for (let j: usize = 0; j < 16; j++, out += 64) {
      const low: u32 = load<u16>(source + j * 2);
      const high: u32 = load<u8>(source + j, 32);
      const scales: u32 = load<u16>(source + (j >> 2) * 2, 48);
      const scale = f32x4.splat(eighth * <f32>(((scales >> (<u32>(j & 3) * 3)) & 7) << 1 | 1));
      const moves = i64x2(high & 8 ? -1 : 0x0101010101010101, high & 0x80 ? -1 : 0x0101010101010101);
      storeMoved(out, (low & 255) | ((high & 7) << 8), (low >> 8) | ((high & 0x70) << 4), moves, scale);
    }
  }
  return special;
}

/** Two points, moved by an eighth up or down. */
@inline
function storeMoved(out: usize, first: u32, second: u32, moves: v128, scale: v128): void {
  const values = twoPoints(IQ1_GRID + (first << 3), IQ1_GRID + (second << 3));
  storeScaled(out, i8x16.add(i8x16.shl(values, 3), moves), scale);
}

// TQ1_0 and TQ2_0: the layouts are in ../tq.ts.

import { decodeBlocks } from './decode-blocks';
import { storeScaled } from './unpack';

const TQ1_BYTES: usize = 54;
const TQ2_BYTES: usize = 66;

export function decodeTQ1_0(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockTQ1_0>(source, weights, out, TQ1_BYTES, 52);
}

@unmanaged
class BlockTQ1_0 {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    const scale = f32x4.splat(d);
    let first = v128.load(source), second = v128.load(source, 16), third = v128.load(source, 32);
    for (let n: usize = 0; n < 5; n++) {
      storeDigits(out + n * 128, first, scale);
      storeDigits(out + n * 128 + 64, second, scale);
      storeDigits(out + n * 64 + 640, third, scale);
      first = tripled(first);
      second = tripled(second);
      third = tripled(third);
    }
    const ones = v128.load32_splat(source + 48);
    const threes = tripled(ones), nines = tripled(threes);
    const low = v128.shuffle<u32>(ones, threes, 0, 4, 0, 4);
    const high = v128.shuffle<u32>(nines, tripled(nines), 0, 4, 0, 4);
    storeDigits(out + 960, v128.shuffle<u64>(low, high, 0, 2), scale);
    return out + 1024;
  }
}

export function decodeTQ2_0(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockTQ2_0>(source, weights, out, TQ2_BYTES, 64);
}

@unmanaged
class BlockTQ2_0 {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    const scale = f32x4.splat(d);
    for (let i: usize = 0; i < 16; i++, out += 64) {
      const packed = v128.load(source + (i >> 3) * 32 + (i & 1) * 16);
      const digits = v128.and(i16x8.shr_u(packed, <i32>(i & 6)), i8x16.splat(3));
      storeScaled(out, i8x16.sub(digits, i8x16.splat(1)), scale);
    }
    return out;
  }
}

/** The fractions without their first digit in base 3. */
@inline
function tripled(fractions: v128): v128 {
  return i8x16.add(i8x16.add(fractions, fractions), fractions);
}

/** Writes d * (digit - 1) for the first digit of 16 fractions: 1 from 86/256 and 2 from 171/256. */
@inline
function storeDigits(out: usize, fractions: v128, d: v128): void {
  const atLeastOne = i8x16.ge_u(fractions, i8x16.splat(86));
  const atLeastTwo = i8x16.ge_u(fractions, i8x16.splat(<i8>171));
  storeScaled(out, i8x16.sub(i8x16.splat(-1), i8x16.add(atLeastOne, atLeastTwo)), d);
}

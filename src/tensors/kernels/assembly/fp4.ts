// MXFP4 and NVFP4: the layouts are in ../fp4.ts.

import { BLOCK_FLOATS } from './blocks';
import { highNibbles, lowNibbles, storeScaled } from './unpack';

const MX_BYTES: usize = 17;
const NV_BYTES: usize = 36;

/** From this exponent on, which is 2^125, some codes overflow. */
const OVERFLOWING: u32 = 253;

export function decodeMXFP4(source: usize, weights: usize, out: usize): i32 {
  let special = 0;
  for (let end = out + weights * 4; out < end; out += BLOCK_FLOATS, source += MX_BYTES) {
    const e: u32 = load<u8>(source);
    const pairs = v128.load(source, 1);
    if (e >= OVERFLOWING) special |= overflows(pairs, e);
    // The two smallest powers of two are subnormal.
    const d = f32x4.splat(reinterpret<f32>(e < 2 ? 0x200000 << e : (e - 1) << 23));
    storeValues(out, lowNibbles(pairs), d);
    storeValues(out + 64, highNibbles(pairs), d);
  }
  return special;
}

export function decodeNVFP4(source: usize, weights: usize, out: usize): i32 {
  for (let end = out + weights * 4; out < end; source += NV_BYTES) {
    for (let j: usize = 0; j < 4; j++, out += 64) {
      const pairs = v128.load64_zero(source + j * 8, 4);
      const codes = v128.shuffle<u64>(lowNibbles(pairs), highNibbles(pairs), 0, 2);
      storeValues(out, codes, f32x4.splat(halfOfUnsignedFloat(load<u8>(source + j))));
    }
  }
  // No scale is infinite or NaN.
  return 0;
}

/** Of the magnitudes 0 1 2 3 4 6 8 12, those from 8 on overflow with 2^125, from 4 on with 2^126, from 2 on with 2^127. */
function overflows(pairs: v128, e: u32): i32 {
  const limit = i8x16.splat(<i8>(6 - 2 * (e - OVERFLOWING)));
  const magnitude = i8x16.splat(7);
  const low = i8x16.ge_u(v128.and(lowNibbles(pairs), magnitude), limit);
  const high = i8x16.ge_u(v128.and(highNibbles(pairs), magnitude), limit);
  return i32(v128.any_true(v128.or(low, high)));
}

@inline
function halfOfUnsignedFloat(byte: u32): f32 {
  if (byte == 0x7f) return 0;
  const exponent = (byte >> 3) & 15;
  const mantissa = byte & 7;
  if (exponent == 0) return <f32>mantissa * <f32>0.0009765625;
  return reinterpret<f32>(((exponent + 119) << 23) | (mantissa << 20));
}

@inline
function storeValues(out: usize, codes: v128, scale: v128): void {
  const doubled = i8x16(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);
  storeScaled(out, i8x16.swizzle(doubled, codes), scale);
}

// Conversions between 16-bit and 32-bit floats, without tables and without relying on the processor's own.

import {
  DOUBLED_BIAS, DOUBLED_EXPONENT, HALF_EXPONENT, HALF_MANTISSA, HALF_SIGN, MAGNITUDE, REBASE, ROUNDING_STEP, UNBASE,
} from './constants';

/** A half's exponent and mantissa, placed in a float, make it 2^112 too small. */
const SCALAR_REBASE: f32 = reinterpret<f32>(0x77800000);

/** The value of a half, subnormal ones included. Infinite and NaN ones give nonsense: see `isSpecial`. */
@inline
export function halfToFloat(half: u32): f32 {
  const magnitude = reinterpret<f32>((half & 0x7fff) << 13) * SCALAR_REBASE;
  return reinterpret<f32>(reinterpret<u32>(magnitude) | ((half & 0x8000) << 16));
}

/** 1 where a half is infinite or NaN, else 0. */
@inline
export function isSpecial(half: u32): i32 {
  return i32((half & 0x7c00) == 0x7c00);
}

/** A half whose quarters, the lowest first, are the high nibbles of four 16-bit words. */
@inline
export function scatteredHalf(at: usize): u32 {
  const first: u32 = load<u16>(at) >> 12;
  const second: u32 = (load<u16>(at, 2) >> 8) & 0xf0;
  const third: u32 = (load<u16>(at, 4) >> 4) & 0xf00;
  const fourth: u32 = load<u16>(at, 6) & 0xf000;
  return first | second | third | fourth;
}

/** Four halves, each in the upper 16 bits of a lane whose lower bits are zero, as floats. */
@inline
export function halvesToFloats(halves: v128, bits: v128, rebase: v128): v128 {
  // The arithmetic shift copies the sign into the three bits that it frees; `bits` keeps only the first.
  return f32x4.mul(v128.and(i32x4.shr_s(halves, 3), bits), rebase);
}

/** The halves nearest to four finite floats, ties to even, in the low 16 bits of the lanes; infinite if too large. */
@inline
export function floatsToHalves(floats: v128): v128 {
  // Scaling up and down turns what a half cannot hold into infinity. Adding a power of two then rounds the mantissa
  // at the half's last bit; that power is never below 2^-14, where halves stop having fewer leading zeros.
  const magnitude = v128.and(floats, v128.load32_splat(MAGNITUDE));
  const scaled = f32x4.mul(f32x4.mul(magnitude, v128.load32_splat(REBASE)), v128.load32_splat(UNBASE));
  const exponent = v128.and(i32x4.shl(floats, 1), v128.load32_splat(DOUBLED_EXPONENT));
  const bias = i32x4.max_u(exponent, v128.load32_splat(DOUBLED_BIAS));
  const rounded = f32x4.add(i32x4.add(i32x4.shr_u(bias, 1), v128.load32_splat(ROUNDING_STEP)), scaled);
  const nonsign = i32x4.add(
    v128.and(i32x4.shr_u(rounded, 13), v128.load32_splat(HALF_EXPONENT)),
    v128.and(rounded, v128.load32_splat(HALF_MANTISSA)),
  );
  return v128.or(nonsign, v128.and(i32x4.shr_u(floats, 16), v128.load32_splat(HALF_SIGN)));
}

// Weights of the IQ2 and IQ3 types: points of a grid with signs.

import { spreadBits, storeScaled } from './unpack';

/** Two points of eight values each, at these addresses. */
@inline
export function twoPoints(first: usize, second: usize): v128 {
  return v128.load64_lane(second, v128.load64_zero(first), 1);
}

/** Four points of four values: those with the indices in the bytes of `indices` plus the ninth bits in `ninths`. */
@inline
export function fourPoints(grid: usize, indices: u32, ninths: u32): v128 {
  const first = v128.load32_zero(grid + (((indices & 255) | ((ninths & 1) << 8)) << 2));
  const second = v128.load32_lane(grid + ((((indices >> 8) & 255) | ((ninths & 2) << 7)) << 2), first, 1);
  const third = v128.load32_lane(grid + ((((indices >> 16) & 255) | ((ninths & 4) << 6)) << 2), second, 2);
  return v128.load32_lane(grid + (((indices >> 24) | ((ninths & 8) << 5)) << 2), third, 3);
}

/** Writes scale * value for 16 values, negated where their bit of `signs` is set. */
@inline
export function storeSigned(out: usize, values: v128, signs: u32, scale: v128): void {
  const negative = spreadBits(signs, -1);
  storeScaled(out, i8x16.sub(v128.xor(values, negative), negative), scale);
}

/** The 16 signs that two times seven bits stand for: of each eight an even number is negative. */
@inline
export function evenSigns(bits: u32): u32 {
  return completeSigns(bits & 127) | (completeSigns((bits >> 7) & 127) << 8);
}

@inline
function completeSigns(bits: u32): u32 {
  return bits | ((popcnt(bits) & 1) << 7);
}

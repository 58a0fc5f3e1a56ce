// F32, F16, BF16: see ../plain.ts. Decoders handle 8 weights at a time, encoders too, and so may pass the end.

import { HALF_BITS, HALF_MAGNITUDES, MAGNITUDE, REBASE } from './constants';
import { floatsToHalves, halvesToFloats } from './half';

export function decodeF32(source: usize, weights: usize, out: usize): i32 {
  const magnitude = v128.load32_splat(MAGNITUDE);
  let worst = i32x4.splat(0);
  for (let end = source + weights * 4; source < end; source += 32, out += 32) {
    const low = v128.load(source, 0);
    const high = v128.load(source, 16);
    v128.store(out, low, 0);
    v128.store(out, high, 16);
    worst = i32x4.max_u(worst, v128.and(low, magnitude));
    worst = i32x4.max_u(worst, v128.and(high, magnitude));
  }
  return i32(v128.any_true(i32x4.ge_u(worst, i32x4.splat(0x7f800000))));
}

export function encodeF32(x: usize, weights: usize, out: usize): i32 {
  memory.copy(out, x, weights * 4);
  return 0;
}

export function decodeF16(source: usize, weights: usize, out: usize): i32 {
  const zero = i32x4.splat(0);
  const magnitudes = v128.load32_splat(HALF_MAGNITUDES);
  const bits = v128.load32_splat(HALF_BITS);
  const rebase = v128.load32_splat(REBASE);
  let worst = zero;
  for (let end = source + weights * 2; source < end; source += 16, out += 32) {
    const halves = v128.load(source);
    worst = i16x8.max_u(worst, v128.and(halves, magnitudes));
    v128.store(out, halvesToFloats(v128.shuffle<u16>(zero, halves, 0, 8, 1, 9, 2, 10, 3, 11), bits, rebase), 0);
    v128.store(out, halvesToFloats(v128.shuffle<u16>(zero, halves, 4, 12, 5, 13, 6, 14, 7, 15), bits, rebase), 16);
  }
  return i32(v128.any_true(i16x8.ge_u(worst, i16x8.splat(0x7c00))));
}

export function encodeF16(x: usize, weights: usize, out: usize): i32 {
  let worst = i16x8.splat(0);
  for (let end = x + weights * 4; x < end; x += 32, out += 16) {
    const halves = i16x8.narrow_i32x4_u(floatsToHalves(v128.load(x, 0)), floatsToHalves(v128.load(x, 16)));
    worst = i16x8.max_u(worst, v128.and(halves, i16x8.splat(0x7fff)));
    v128.store(out, halves);
  }
  return i32(v128.any_true(i16x8.ge_u(worst, i16x8.splat(0x7c00))));
}

export function decodeBF16(source: usize, weights: usize, out: usize): i32 {
  const zero = i32x4.splat(0);
  const magnitudes = v128.load32_splat(HALF_MAGNITUDES);
  let worst = zero;
  for (let end = source + weights * 2; source < end; source += 16, out += 32) {
    const bfloats = v128.load(source);
    worst = i16x8.max_u(worst, v128.and(bfloats, magnitudes));
    v128.store(out, v128.shuffle<u16>(zero, bfloats, 0, 8, 1, 9, 2, 10, 3, 11), 0);
    v128.store(out, v128.shuffle<u16>(zero, bfloats, 4, 12, 5, 13, 6, 14, 7, 15), 16);
  }
  return i32(v128.any_true(i16x8.ge_u(worst, i16x8.splat(0x7f80))));
}

export function encodeBF16(x: usize, weights: usize, out: usize): i32 {
  let worst = i16x8.splat(0);
  for (let end = x + weights * 4; x < end; x += 32, out += 16) {
    const bfloats = i16x8.narrow_i32x4_u(floatsToBfloats(v128.load(x, 0)), floatsToBfloats(v128.load(x, 16)));
    worst = i16x8.max_u(worst, v128.and(bfloats, i16x8.splat(0x7fff)));
    v128.store(out, bfloats);
  }
  return i32(v128.any_true(i16x8.ge_u(worst, i16x8.splat(0x7f80))));
}

// Rounds to nearest, ties to even.
@inline
function floatsToBfloats(x: v128): v128 {
  const odd = v128.and(i32x4.shr_u(x, 16), i32x4.splat(1));
  return i32x4.shr_u(i32x4.add(i32x4.add(x, i32x4.splat(0x7fff)), odd), 16);
}

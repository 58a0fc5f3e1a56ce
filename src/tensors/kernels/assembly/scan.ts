// Scans of tensor bytes: what is not finite, how large, whether zero, how many neighbouring units are equal. A unit is
// one block of a quantized type, or 64 bytes of a plain one. What a scan finds stands in `scanResult`.

import { halfToFloat, isSpecial, scatteredHalf } from './half';
import { BF16, F16, F32, F64 } from './types';

/** i32 each: NaN, infinite, bad blocks, first bad or -1, not zero, leading, trailing, longest; then f64: the largest. */
export const scanResult: usize = memory.data(40, 16);

const GROUP: usize = 64;
const NO_PREVIOUS: usize = 0;

let nan: i32 = 0;
let infinite: i32 = 0;
let bad: i32 = 0;
let firstBad: i32 = -1;
let live: i32 = 0;
let largest: f64 = 0;

// The run of equal units that goes on, the longest that ended, and the one that began with the first unit.
let run: i32 = 0;
let longest: i32 = 0;
let leading: i32 = -1;

/**
 * Scans `groups` × 64 bytes of plain values; types other than F32, F16, BF16 and F64 are taken for integers. The 64
 * bytes before `at` are the group before if `hasPrevious`.
 */
export function scanPlain(type: i32, at: usize, groups: usize, hasPrevious: i32): void {
  begin();
  const isHalf = type == F16 || type == BF16;
  const isFloat = isHalf || type == F32;
  const mask = isHalf ? i16x8.splat(0x7fff) : type == F32 ? i32x4.splat(0x7fffffff) : type == F64
    ? i64x2.splat(0x7fffffffffffffff)
    : i32x4.splat(-1);
  const limit = type == F16 ? i16x8.splat(0x7c00) : type == BF16 ? i16x8.splat(0x7f80) : i32x4.splat(0x7f800000);
  let peaks = i32x4.splat(0);
  let previous = hasPrevious ? at - GROUP : NO_PREVIOUS;
  for (let end = at + groups * GROUP, index = 0; at < end; previous = at, at += GROUP) {
    const a = v128.and(v128.load(at, 0), mask), b = v128.and(v128.load(at, 16), mask);
    const c = v128.and(v128.load(at, 32), mask), d = v128.and(v128.load(at, 48), mask);
    let peak: v128;
    let isBad: bool = type == F64;
    if (isHalf) {
      peak = i16x8.max_u(i16x8.max_u(a, b), i16x8.max_u(c, d));
      isBad = v128.any_true(i16x8.ge_u(peak, limit));
      if (!isBad) peaks = i16x8.max_u(peaks, peak);
    } else if (type == F32) {
      peak = i32x4.max_u(i32x4.max_u(a, b), i32x4.max_u(c, d));
      isBad = v128.any_true(i32x4.ge_u(peak, limit));
      if (!isBad) peaks = i32x4.max_u(peaks, peak);
    } else {
      peak = v128.or(v128.or(a, b), v128.or(c, d));
    }
    if (isBad) settle(type, at, index);
    const isLive = v128.any_true(peak);
    live |= i32(isLive);
    countRun(isLive && previous != NO_PREVIOUS && isSame(previous, at, GROUP));
    index += type == F64 ? 8 : isHalf ? 32 : 16;
  }
  if (isFloat) takePeaks(type, peaks);
  finish();
}

/** Kinds of scales for `scanBlocks`; the numbers are those of ../../scan/units.ts. */
const HALVES: i32 = 0;
const FLOAT: i32 = 1;
const SPREAD_HALF: i32 = 2;
const EXPONENT: i32 = 3;

/**
 * Scans blocks of `size` bytes, at least 16, whose scales stand at `first` and `second`, which may be the same. The
 * block before `at` is there if `hasPrevious`.
 */
export function scanBlocks(
  kind: i32, at: usize, blocks: usize, size: usize, first: usize, second: usize, hasPrevious: i32,
): void {
  begin();
  let previous = hasPrevious ? at - size : NO_PREVIOUS;
  for (let i = 0, n = <i32>blocks; i < n; i++, previous = at, at += size) {
    let isBad = false;
    let isLive = false;
    if (kind == HALVES) {
      const x: u32 = load<u16>(at + first), y: u32 = load<u16>(at + second);
      isBad = <bool>(isSpecial(x) | isSpecial(y));
      isLive = ((x | y) & 0x7fff) != 0;
    } else if (kind == FLOAT) {
      const bits = load<u32>(at + first) & 0x7fffffff;
      isBad = bits >= 0x7f800000;
      isLive = bits != 0;
    } else if (kind == SPREAD_HALF) {
      const half = scatteredHalf(at + first);
      isBad = <bool>isSpecial(half);
      isLive = (half & 0x7fff) != 0;
    } else if (kind == EXPONENT) {
      isBad = load<u8>(at + first) == 0xff;
      // Of the 16 bytes of codes, each nibble is zero without its sign.
      isLive = v128.any_true(v128.and(v128.load(at, 1), i8x16.splat(0x77)));
    } else {
      // Four scales of 8 bits, whose top bit is ignored. 0x7f, but not 0xff, is 0 as well; none is infinite or NaN.
      const scales = i32x4.splat(load<u32>(at + first));
      const magnitudes = v128.and(scales, i8x16.splat(0x7f));
      const zeros = v128.or(i8x16.eq(magnitudes, i8x16.splat(0)), i8x16.eq(scales, i8x16.splat(0x7f)));
      isLive = !i8x16.all_true(zeros);
    }
    live |= i32(isLive);
    if (isBad) {
      bad += 1;
      if (firstBad < 0) firstBad = i;
    }
    countRun(isLive && previous != NO_PREVIOUS && isSame(previous, at, size));
  }
  finish();
}

function begin(): void {
  nan = 0;
  infinite = 0;
  bad = 0;
  firstBad = -1;
  live = 0;
  largest = 0;
  run = 0;
  longest = 0;
  leading = -1;
}

function finish(): void {
  if (leading < 0) leading = run;
  store<i32>(scanResult, nan, 0);
  store<i32>(scanResult, infinite, 4);
  store<i32>(scanResult, bad, 8);
  store<i32>(scanResult, firstBad, 12);
  store<i32>(scanResult, live, 16);
  store<i32>(scanResult, leading, 20);
  store<i32>(scanResult, run, 24);
  store<i32>(scanResult, max(longest, run), 28);
  store<f64>(scanResult, largest, 32);
}

@inline
function countRun(isEqual: bool): void {
  if (isEqual) {
    run += 1;
    return;
  }
  if (leading < 0) leading = run;
  if (run > longest) longest = run;
  run = 0;
}

@inline
function isSame(a: usize, b: usize, size: usize): bool {
  // Most blocks differ in their first bytes.
  if (v128.any_true(v128.xor(v128.load(a), v128.load(b)))) return false;
  return isSameTo(a, b, size);
}

function isSameTo(a: usize, b: usize, size: usize): bool {
  for (let i: usize = 16; i + 16 <= size; i += 16) {
    if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
  }
  const last = size - 16;
  return !v128.any_true(v128.xor(v128.load(a + last), v128.load(b + last)));
}

/** Looks at each value of a group that holds something infinite or NaN, or that vectors cannot judge. */
function settle(type: i32, at: usize, index: i32): void {
  for (const end = at + GROUP; at < end; index++) {
    let value: f64;
    if (type == F64) {
      value = load<f64>(at);
      at += 8;
    } else if (type == F32) {
      value = load<f32>(at);
      at += 4;
    } else {
      value = smallFloat(type, load<u16>(at));
      at += 2;
    }
    const magnitude = abs(value);
    // ggml looks at F64 values as floats, so 1e300 is infinite.
    const single = <f32>magnitude;
    if (single < Infinity) {
      largest = max(largest, magnitude);
      continue;
    }
    if (isNaN(single)) nan += 1;
    else infinite += 1;
    if (firstBad < 0) firstBad = index;
  }
}

function takePeaks(type: i32, peaks: v128): void {
  if (type == F32) {
    let peak = max(u32(i32x4.extract_lane(peaks, 0)), u32(i32x4.extract_lane(peaks, 1)));
    peak = max(peak, max(u32(i32x4.extract_lane(peaks, 2)), u32(i32x4.extract_lane(peaks, 3))));
    largest = max(largest, <f64>reinterpret<f32>(peak));
    return;
  }
  let folded = i16x8.max_u(peaks, i8x16.shuffle(peaks, peaks, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  folded = i16x8.max_u(folded, i8x16.shuffle(folded, folded, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3));
  const peak = max(i16x8.extract_lane_u(folded, 0), i16x8.extract_lane_u(folded, 1));
  largest = max(largest, smallFloat(type, peak));
}

function smallFloat(type: i32, bits: u32): f64 {
  if (type == F16 && isSpecial(bits)) return (bits & 0x3ff) == 0 ? Infinity : NaN;
  return type == BF16 ? <f64>reinterpret<f32>(bits << 16) : <f64>halfToFloat(bits);
}

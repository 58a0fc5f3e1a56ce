// What the quantizers of 32-weight blocks share. They go over a strip in three passes, each a small loop whose values
// fit the processor's registers: the extremes of each block, then the scales of four blocks at a time, then the codes.

import { MAGNITUDE } from './constants';
import { floatsToHalves } from './half';

/** Weights in a block, and the bytes of that many floats. */
export const BLOCK_WEIGHTS: usize = 32;
export const BLOCK_FLOATS: usize = BLOCK_WEIGHTS * 4;

/** Blocks in the longest strip, index.ts's STRIP. */
const STRIP_BLOCKS: i32 = 32;

/** For each block of a strip the inverse of its scale, and its minimum or the zero point of its codes. */
export const INVERSES = memory.data(STRIP_BLOCKS * 4, 16);
export const OFFSETS = memory.data(STRIP_BLOCKS * 4, 16);

// For each block four candidates for its extreme, one a lane.
const MAXES = memory.data(STRIP_BLOCKS * 16, 16);
const MINS = memory.data(STRIP_BLOCKS * 16, 16);

// pmax and pmin are one instruction on x86-64, max and min are eight. They differ in NaN and in the sign of zero.

/** First pass: the largest magnitude of each block, for `groupPeaks`. */
export function scanPeaks(x: usize, blocks: usize): void {
  const magnitude = v128.load32_splat(MAGNITUDE);
  for (let at = MAXES, end = MAXES + blocks * 16; at < end; at += 16, x += BLOCK_FLOATS) {
    const a = f32x4.pmax(v128.and(v128.load(x, 0), magnitude), v128.and(v128.load(x, 16), magnitude));
    const b = f32x4.pmax(v128.and(v128.load(x, 32), magnitude), v128.and(v128.load(x, 48), magnitude));
    const c = f32x4.pmax(v128.and(v128.load(x, 64), magnitude), v128.and(v128.load(x, 80), magnitude));
    const d = f32x4.pmax(v128.and(v128.load(x, 96), magnitude), v128.and(v128.load(x, 112), magnitude));
    v128.store(at, f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)));
  }
}

/** First pass: the smallest and the largest weight of each block. */
export function scanRanges(x: usize, blocks: usize): void {
  for (let at: usize = 0, end = blocks * 16; at < end; at += 16, x += BLOCK_FLOATS) {
    const a = v128.load(x, 0), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    const e = v128.load(x, 64), f = v128.load(x, 80), g = v128.load(x, 96), h = v128.load(x, 112);
    const lowMax = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
    const highMax = f32x4.pmax(f32x4.pmax(e, f), f32x4.pmax(g, h));
    const lowMin = f32x4.pmin(f32x4.pmin(a, b), f32x4.pmin(c, d));
    const highMin = f32x4.pmin(f32x4.pmin(e, f), f32x4.pmin(g, h));
    v128.store(MAXES + at, f32x4.pmax(lowMax, highMax));
    v128.store(MINS + at, f32x4.pmin(lowMin, highMin));
  }
}

/** The largest magnitudes of the blocks `first` to `first + 3`. */
@inline
export function groupPeaks(first: usize): v128 {
  return acrossMax(MAXES + first * 16);
}

/** The weight of largest magnitude of each of four blocks, the first one of several; +0 for a block of zeros. */
@inline
export function groupSignedPeaks(x: usize, first: usize): v128 {
  const max = acrossMax(MAXES + first * 16);
  const min = acrossMin(MINS + first * 16);
  const opposite = f32x4.neg(min);
  let peaks = v128.bitselect(max, min, f32x4.gt(max, opposite));
  const nonzero = f32x4.ne(peaks, f32x4.splat(0));
  const ties = v128.and(f32x4.eq(max, opposite), nonzero);
  if (v128.any_true(ties)) peaks = settleTies(x + first * BLOCK_FLOATS, peaks, i32x4.bitmask(ties));
  return v128.and(peaks, nonzero);
}

/** The smallest weight of each of four blocks; a zero has the sign of the first zero of its block. */
@inline
export function groupMins(x: usize, first: usize): v128 {
  const mins = acrossMin(MINS + first * 16);
  const zeros = f32x4.eq(mins, f32x4.splat(0));
  return v128.any_true(zeros) ? settleZeros(x + first * BLOCK_FLOATS, mins, i32x4.bitmask(zeros)) : mins;
}

/** How far the weights of each of four blocks reach above `mins`. */
@inline
export function groupSpans(first: usize, mins: v128): v128 {
  // In a block of zeros both are its first weight, as pmax and pmin keep the first of equals: never -0 - 0, which is -0.
  return f32x4.sub(acrossMax(MAXES + first * 16), mins);
}

/** 1 / scale, 0 where that is infinite: for zero scales and for those below 2^-128. */
@inline
export function finiteInverse(scale: v128): v128 {
  const inverse = f32x4.div(f32x4.splat(1), scale);
  return v128.and(inverse, isFinite4(inverse));
}

/** What to add to weight * inverse: `middle`, but 0 where d is too small to have an inverse. Such blocks get code 0. */
@inline
export function zeroPoint(d: v128, middle: f32): v128 {
  const usable = v128.or(isFinite4(f32x4.div(f32x4.splat(1), d)), f32x4.eq(d, f32x4.splat(0)));
  return v128.and(usable, f32x4.splat(middle));
}

/** All ones in the lanes whose float is neither infinite nor NaN. */
@inline
export function isFinite4(x: v128): v128 {
  return f32x4.lt(f32x4.abs(x), f32x4.splat(Infinity));
}

/** Stores a half for each of four blocks, `stride` bytes apart, and returns the halves' bits without sign. */
@inline
export function storeHalves(out: usize, stride: usize, floats: v128): v128 {
  const halves = floatsToHalves(floats);
  v128.store_lane<u16>(out, halves, 0);
  v128.store_lane<u16>(out + stride, halves, 2);
  v128.store_lane<u16>(out + stride * 2, halves, 4);
  v128.store_lane<u16>(out + stride * 3, halves, 6);
  return v128.and(halves, i32x4.splat(0x7fff));
}

/** 1 if any of the halves, which are given without sign, is infinite. */
@inline
export function anyInfinite(halves: v128): i32 {
  return i32(v128.any_true(i32x4.ge_u(halves, i32x4.splat(0x7c00))));
}

const LANES = memory.data(16, 16);

// For blocks with both +peak and -peak: rare, except in weights that were quantized before.
function settleTies(x: usize, peaks: v128, ties: i32): v128 {
  v128.store(LANES, peaks);
  for (let b: usize = 0; b < 4; b++) {
    if (((ties >> (<i32>b)) & 1) == 0) continue;
    const peak = abs(load<f32>(LANES + b * 4));
    let at = x + b * BLOCK_FLOATS;
    while (abs(load<f32>(at)) != peak) at += 4;
    store<f32>(LANES + b * 4, load<f32>(at));
  }
  return v128.load(LANES);
}

function settleZeros(x: usize, mins: v128, zeros: i32): v128 {
  v128.store(LANES, mins);
  for (let b: usize = 0; b < 4; b++) {
    if (((zeros >> (<i32>b)) & 1) == 0) continue;
    let at = x + b * BLOCK_FLOATS;
    while (load<f32>(at) != 0) at += 4;
    store<f32>(LANES + b * 4, load<f32>(at));
  }
  return v128.load(LANES);
}

// The extreme of each of four vectors, by pairing up lanes twice.

@inline
function acrossMax(vectors: usize): v128 {
  const a = v128.load(vectors, 0);
  const b = v128.load(vectors, 16);
  const c = v128.load(vectors, 32);
  const d = v128.load(vectors, 48);
  const ab = f32x4.pmax(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.pmax(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.pmax(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

@inline
function acrossMin(vectors: usize): v128 {
  const a = v128.load(vectors, 0);
  const b = v128.load(vectors, 16);
  const c = v128.load(vectors, 32);
  const d = v128.load(vectors, 48);
  const ab = f32x4.pmin(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.pmin(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.pmin(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}
